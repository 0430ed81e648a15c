/** `mycroft keys create NAME`: a key for the server, shown this once. */
import type { Invocation } from "../command.ts";
import { changeRecord } from "../control/ask-record.ts";
import { readArgument, readChoice, readWholeNumber } from "../read-options.ts";

const longestDays = 3_660;

export async function execute({ arguments: given, options, terminal }: Invocation): Promise<number> {
  const name = readArgument(given, "name");
  const role = readChoice(options, "role", ["viewer", "operator", "admin"]) ?? "viewer";
  const expiresInDays = readWholeNumber(options, "expires", { min: 1, max: longestDays });
  const asked = { name, role, ...(expiresInDays === undefined ? {} : { expiresInDays }) };
  const made = await changeRecord("createKey", asked, { options, terminal });
  if (terminal.json) {
    terminal.printJson(made);
    return 0;
  }
  terminal.print(made.key);
  const until = made.expiresAt === null ? "" : `, until ${made.expiresAt.slice(0, 10)}`;
  terminal.note(
    `This is the only time that the key is shown. It makes ${made.name} ${withArticle(role)}${until}: on the page's form, or as ` +
      `the header \`Authorization: Bearer KEY\`. \`mycroft keys revoke ${made.id}\` ends it.`,
  );
  return 0;
}

function withArticle(role: string): string {
  return role === "viewer" ? "a viewer" : `an ${role}`;
}

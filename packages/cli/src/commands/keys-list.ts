/** `mycroft keys list`: the server's keys, without the keys themselves. */
import { printable } from "@mycroft/record/text";
import type { Invocation } from "../command.ts";
import { askRecord } from "../control/ask-record.ts";
import { renderTable } from "../text/table.ts";

export async function execute({ options, terminal }: Invocation): Promise<number> {
  const { keys } = await askRecord("listKeys", {}, { options });
  if (terminal.json) {
    terminal.printJson({ keys });
    return 0;
  }
  if (keys.length === 0) {
    terminal.print("There is no key. `mycroft keys create NAME` makes one.");
    return 0;
  }
  const columns = ["Id", "Name", "Role", "Made", "Ends", "Last used"].map((title) => ({ title }));
  const rows = keys.map(({ id, name, role, createdAt, expiresAt, lastUsedAt }) => [
    id,
    { text: printable(name), style: "bold" } as const,
    role,
    dayOf(createdAt),
    expiresAt === null ? "never" : dayOf(expiresAt),
    lastUsedAt === null ? "never" : dayOf(lastUsedAt),
  ]);
  for (const line of renderTable(columns, rows, terminal)) terminal.print(line);
  return 0;
}

function dayOf(moment: string): string {
  return moment.slice(0, 10);
}

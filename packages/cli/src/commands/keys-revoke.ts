/** `mycroft keys revoke ID`: a key, and the sessions that it began, are good no more. */
import { printable } from "@mycroft/record/text";
import type { Invocation } from "../command.ts";
import { changeRecord } from "../control/ask-record.ts";
import { readArgument } from "../read-options.ts";

export async function execute({ arguments: given, options, terminal }: Invocation): Promise<number> {
  const id = readArgument(given, "id");
  const { revoked } = await changeRecord("revokeKey", { id }, { options, terminal });
  if (terminal.json) terminal.printJson({ revoked });
  else terminal.print(`The key ${id} (${printable(revoked.name)}, ${revoked.role}) is good no more.`);
  return 0;
}

/** `mycroft backfill cancel ID`: a backfill starts nothing more, and its runs under way are cancelled. */
import type { Invocation } from "../command.ts";
import { changeRecord } from "../control/ask-record.ts";
import { readArgument } from "../read-options.ts";

export async function execute({ arguments: given, options, terminal }: Invocation): Promise<number> {
  const id = readArgument(given, "id");
  const { cancelled } = await changeRecord("cancelBackfill", { id }, { options, terminal });
  if (terminal.json) terminal.printJson({ id, cancelled });
  else if (cancelled) terminal.print(`Backfill ${id} is cancelled; its runs under way are cancelled too.`);
  else terminal.print(`Backfill ${id} has ended already; there is nothing to cancel.`);
  return cancelled ? 0 : 1;
}

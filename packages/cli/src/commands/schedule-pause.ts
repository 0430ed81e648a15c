/** `mycroft schedule pause NAME`: a schedule fires no more until it is resumed. */
import type { Invocation } from "../command.ts";
import { changeRecord } from "../control/ask-record.ts";
import { readArgument } from "../read-options.ts";

export async function execute({ arguments: given, options, terminal }: Invocation): Promise<number> {
  const schedule = readArgument(given, "schedule");
  await changeRecord("pauseSchedule", { schedule }, { options, terminal });
  if (terminal.json) terminal.printJson({ schedule, paused: true });
  else terminal.print(`Schedule ${schedule} is paused; its runs under way go on.`);
  return 0;
}

/** `mycroft schedule resume NAME`: a paused schedule fires again. */
import type { Invocation } from "../command.ts";
import { askRecord, changeRecord } from "../control/ask-record.ts";
import { readArgument, readChoice } from "../read-options.ts";
import { nextText } from "../schedule/schedule-text.ts";

export async function execute({ arguments: given, options, terminal }: Invocation): Promise<number> {
  const schedule = readArgument(given, "schedule");
  const catchUp = readChoice(options, "catchUp", ["all", "latest", "none"]);
  const input = { schedule, ...(catchUp === undefined ? {} : { catchUp }) };
  await changeRecord("resumeSchedule", input, { options, terminal });
  const { schedules } = await askRecord("listSchedules", {}, { options });
  const found = schedules.find(({ name }) => name === schedule);
  if (terminal.json) terminal.printJson({ schedule, paused: false, nextFiring: found?.nextFiring ?? null });
  else
    terminal.print(`Schedule ${schedule} fires again; next: ${found === undefined ? "" : nextText(found)}.`);
  return 0;
}

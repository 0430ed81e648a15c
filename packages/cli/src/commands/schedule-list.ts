/** `mycroft schedule list`: the project's schedules, and where each stands. */
import type { ScheduleStatus } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { askRecord } from "../control/ask-record.ts";
import { momentInZones, nextText } from "../schedule/schedule-text.ts";
import { type Cell, renderTable } from "../text/table.ts";

const titles = ["Schedule", "Workflow", "Fires", "Next", "Last", "Runs"] as const;

export async function execute({ options, terminal }: Invocation): Promise<number> {
  const { schedules } = await askRecord("listSchedules", {}, { options });
  if (terminal.json) {
    terminal.printJson({ schedules });
    return 0;
  }
  if (schedules.length === 0) {
    terminal.note("The project has no schedules; add some with `schedules: [...]` in its configuration.");
    return 0;
  }
  const columns = titles.map((title) => ({ title }));
  for (const line of renderTable(columns, schedules.map(rowOf), terminal)) terminal.print(line);
  if (schedules.every(({ underWay, lastFiring }) => underWay.length === 0 && lastFiring === null))
    terminal.note("Schedules fire while `mycroft up` runs.");
  return 0;
}

function rowOf(schedule: ScheduleStatus): readonly Cell[] {
  const { name, workflow, cron, timeZone, calendar } = schedule;
  const days = calendar === null ? "" : `, ${calendar} days`;
  return [
    { text: name, style: "bold" },
    workflow,
    `${cron} ${timeZone}${days}`,
    schedule.paused || schedule.failure !== null
      ? { text: nextText(schedule), style: "yellow" }
      : nextText(schedule),
    lastText(schedule),
    runsText(schedule),
  ];
}

function lastText({ lastFiring, timeZone }: ScheduleStatus): Cell {
  if (lastFiring === null) return "never";
  const at = momentInZones(lastFiring.scheduledAt, timeZone);
  if (lastFiring.error === null) return at;
  return { text: `${at}: no run, ${lastFiring.error.code}`, style: "red" };
}

function runsText({ underWay, waiting, missed, overlapping, failed }: ScheduleStatus): string {
  const parts = [
    [underWay.length, "under way"],
    [waiting, "to come"],
    [missed, "missed"],
    [overlapping, "left out"],
    [failed, "not started"],
  ] as const;
  const texts = parts.flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`]));
  return texts.join(", ");
}

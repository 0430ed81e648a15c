/** What `mycroft up` begins with: what it is going to do, and what waits for somebody. */

import { type RunWait, readStanding } from "@mycroft/record";
import type { BackfillProgress, ScheduleStatus } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import type { LeftBehindRun } from "../host/left-behind.ts";
import type { StoreHolder } from "../host/store-holder.ts";
import { answerTo, waitJson, waitText } from "../host/wait-lines.ts";
import type { FolderProject } from "../project/open-project.ts";
import { nextText } from "../schedule/schedule-text.ts";
import { printLabelled } from "../text/print-sections.ts";

const shownItems = 10;
/** How many runs that were left behind are looked at: the newest. */
const watchedRuns = 1_000;

interface Summary {
  readonly workflows: readonly string[];
  readonly schedules: readonly ScheduleStatus[];
  readonly backfills: readonly BackfillProgress[];
  readonly resumed: readonly string[];
  readonly waiting: readonly { readonly runId: string; readonly waits: readonly RunWait[] }[];
  /** Runs that must not go on here, and why. */
  readonly withheld: readonly LeftBehindRun[];
}

/** Tells it. */
export async function tellSummary(
  holder: StoreHolder,
  page: string | null,
  open: FolderProject,
  { options, terminal }: Pick<Invocation, "options" | "terminal">,
): Promise<void> {
  const summary = await readSummary(holder, open);
  const recordFolder = open.place.folder;
  if (terminal.json) {
    terminal.printJsonLine({
      at: new Date().toISOString(),
      event: "up",
      pid: process.pid,
      recordFolder,
      page,
      isListening: holder.isListening,
      ...summary,
      waiting: summary.waiting.map(({ runId, waits }) => ({
        runId,
        waits: waits.map((wait) => waitJson(wait, options)),
      })),
      withheld: summary.withheld.map(({ header, obstacle }) => ({ runId: header.runId, obstacle })),
    });
    return;
  }
  const { style, print } = terminal;
  print(style("bold", `Up: process ${process.pid} holds ${recordFolder} until it is told to end (Ctrl-C)`));
  // Not wrapped: an address in two parts is none.
  if (page !== null) print(`  ${style("cyan", page)}`);
  const workflows = ["Workflows", listText(summary.workflows)] as const;
  printLabelled([workflows, ...rowsOf(summary, holder.isListening, options)], terminal);
}

/** What there is to do beside what was asked for; nothing where there is nothing. */
export async function summaryRows(
  holder: StoreHolder,
  open: FolderProject,
  options: Invocation["options"],
): Promise<readonly (readonly [string, string])[]> {
  return rowsOf(await readSummary(holder, open), holder.isListening, options);
}

/** Has an eye on the runs that were left behind, from now on. */
async function readSummary(holder: StoreHolder, { project }: FolderProject): Promise<Summary> {
  const runs = holder.leftBehind.filter(({ header }) => header.parent === null);
  const resumed: string[] = [];
  const waiting: Summary["waiting"][number][] = [];
  for (const { header, obstacle } of runs.slice(0, watchedRuns)) {
    if (obstacle !== null) continue;
    const { runId } = header;
    const standing = await readStanding(holder.store, runId);
    if (standing.kind === "waiting") {
      waiting.push({ runId, waits: standing.waits });
      continue;
    }
    if (standing.kind === "busy") resumed.push(runId);
    holder.activity.watch(runId);
  }
  const backfills = await holder.controls.backfills.list();
  return {
    workflows: project.workflows.map(({ name }) => name).sort(),
    schedules: await holder.controls.scheduler.list(),
    backfills: backfills.filter(({ endedAt }) => endedAt === null),
    resumed,
    waiting,
    withheld: runs.filter(({ obstacle }) => obstacle !== null),
  };
}

function rowsOf(
  { schedules, backfills, resumed, waiting, withheld }: Summary,
  isListening: boolean,
  options: Invocation["options"],
): readonly (readonly [string, string])[] {
  const waits = waiting.flatMap(({ runId, waits }) =>
    waits.map((wait) => {
      const command = answerTo(wait, options);
      return `${runId} ${waitText(wait)}${command === null ? "" : `: ${command}`}`;
    }),
  );
  const held = withheld.map(({ header, obstacle }) => `${header.runId} (${header.workflow}): it ${obstacle}`);
  return [
    ...labelled(
      "Schedules",
      schedules.map((schedule) => `${schedule.name}: ${nextText(schedule)}`),
    ),
    ...labelled(
      "Backfills",
      backfills.map(({ id, started, planned }) => `${id}: ${started} of ${planned} started`),
    ),
    ...(resumed.length === 0 ? [] : [["Resuming", listText(resumed)] as const]),
    ...labelled("Waiting", waits),
    ...labelled("Left alone", held),
    ...(isListening
      ? []
      : [["Deaf", "no socket can be made here: other commands cannot reach this process"] as const]),
  ];
}

/** One row each; the label stands at the first. */
function labelled(label: string, texts: readonly string[]): readonly (readonly [string, string])[] {
  const shown = texts.slice(0, shownItems);
  const more = texts.length - shown.length;
  const rows = more > 0 ? [...shown, `and ${more} more`] : shown;
  return rows.map((text, index) => [index === 0 ? label : "", text]);
}

function listText(names: readonly string[]): string {
  if (names.length === 0) return "none";
  const more = names.length - shownItems;
  return `${names.slice(0, shownItems).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** What `mycroft show RUN` prints: the run, its Gantt, and what went wrong or was left out. */

import type { TaskStory, Timeline } from "@mycroft/record";
import { durationText, printable, shortened, timeText } from "@mycroft/record/text";
import { decisionHash, type RunFork, type RunHeader, type RunRecord } from "@mycroft/runtime";
import { ganttLegend, renderGantt } from "./gantt.ts";
import type { ReportOptions } from "./report-options.ts";
import { foldAbove, foldedRows, statusStyles, unfoldedRows } from "./task-rows.ts";
import { waitingLines } from "./task-waits.ts";

const shownRemarks = 10;
const remarkLength = 400;
const hashDigits = 12;

export function runReport(record: RunRecord, timeline: Timeline, options: ReportOptions): readonly string[] {
  const isFolded = !options.all && timeline.tasks.length > foldAbove;
  const rows = isFolded
    ? foldedRows(timeline, record.plan.workflow.steps)
    : unfoldedRows(timeline, record.state);
  const { from, to } = timeline;
  return [
    ...headerLines(record, timeline, options),
    "",
    ...renderGantt(rows, { from, to, width: options.width, style: options.style }),
    ...(rows.length === 0 ? [] : ["", options.style("dim", ganttLegend(rows))]),
    ...waitingLines(timeline.tasks, record, options),
    ...remarkLines(timeline, options),
  ];
}

function headerLines({ header, state }: RunRecord, timeline: Timeline, options: ReportOptions): string[] {
  const { style } = options;
  const { provenance, status, createdAt } = header;
  const took = durationText(timeline.to - timeline.from);
  const lasted = state.result === null ? `under way, last heard of after ${took}` : `took ${took}`;
  const statusStyle = status === "running" ? "cyan" : statusStyles[status];
  return [
    `Run ${style("bold", header.runId)}  ${style(statusStyle, status)}`,
    `  Workflow  ${header.workflow} (plan ${header.planHash.slice(0, hashDigits)})`,
    `  As of     ${header.asOf}`,
    `  Started   ${timeText(createdAt)}, ${lasted}`,
    ...(provenance.dataHash === undefined ? [] : [`  Data      ${provenance.dataHash.slice(0, hashDigits)}`]),
    `  Code      ${printable(provenance.codeVersion)}`,
    ...originLines(header, timeline),
    ...resultLines(state.result),
  ];
}

/** What the run belongs to, and what it is found by. */
function originLines(
  { tags, startKey, parent, forkedFrom }: RunHeader,
  { tasks }: Timeline,
): readonly string[] {
  const takenOver = tasks.filter((task) => task.isTakenOver).length;
  return [
    ...(tags.length === 0 ? [] : [`  Tags      ${printable(tags.join(", "))}`]),
    ...(startKey === null ? [] : [`  Key       ${printable(startKey)}`]),
    ...(parent === null ? [] : [`  Child of  ${parent.runId}, task ${parent.task}`]),
    ...(forkedFrom === null ? [] : [`  Fork of   ${forkText(forkedFrom, takenOver)}`]),
  ];
}

function forkText({ runId, tasks }: RunFork, takenOver: number): string {
  const shown = tasks.slice(0, shownRemarks).join(", ");
  const more = tasks.length > shownRemarks ? ` and ${tasks.length - shownRemarks} more` : "";
  const from = tasks.length === 0 ? "" : ` from ${shown}${more}`;
  return `${runId}${from}; ${takenOver} ${takenOver === 1 ? "task" : "tasks"} taken over`;
}

function resultLines(result: RunRecord["state"]["result"]): readonly string[] {
  if (result === null) return [];
  const hash = `  Decision  ${decisionHash(result).slice(0, hashDigits)}`;
  if (result.status === "succeeded") return [hash];
  if (result.status === "cancelled") return [`  Cancelled ${shortened(result.reason, remarkLength)}`];
  return [`  Error     ${result.error.code}: ${shortened(result.error.message, remarkLength)}`];
}

interface Remark {
  readonly kind: "failed" | "retried" | "skipped";
  /** Remarks of one key say the same of several tasks. */
  readonly key: string;
  readonly task: string;
  readonly text: string;
}

const remarkKinds = ["failed", "retried", "skipped"] as const;
const remarkTitles: Readonly<Record<Remark["kind"], string>> = {
  failed: "Failed",
  retried: "Tried again",
  skipped: "Skipped",
};

function remarkLines(timeline: Timeline, options: ReportOptions): readonly string[] {
  const remarks = timeline.tasks.flatMap(remarksOn);
  const lines = remarkKinds.flatMap((kind) => {
    const grouped = groupsOf(
      remarks.filter((remark) => remark.kind === kind),
      options.all,
    );
    if (grouped.length === 0) return [];
    const shown = options.all ? grouped : grouped.slice(0, shownRemarks);
    const rest = grouped.length - shown.length;
    const more = rest === 0 ? [] : [`  ... and ${rest} more; --all shows them.`];
    return ["", options.style("bold", remarkTitles[kind]), ...shown, ...more];
  });
  const late = timeline.ignoredEvents;
  if (late === 0) return lines;
  return [...lines, "", `${late} late or repeated ${late === 1 ? "result was" : "results were"} ignored.`];
}

/** One line for each group of tasks of which the same is to be said. */
function groupsOf(remarks: readonly Remark[], all: boolean): readonly string[] {
  const groups = Map.groupBy(remarks, (remark) => (all ? remark.task : remark.key));
  return Array.from(groups.values(), (group) => {
    const [first] = group;
    const others = group.length === 1 ? "" : ` (and ${group.length - 1} more like it)`;
    return `  ${first?.task}${others}: ${first?.text}`;
  });
}

function remarksOn(task: TaskStory): readonly Remark[] {
  const { id, step, status, error, attempts } = task;
  const of = { task: id };
  if (status === "skipped") {
    const kind = task.skipped?.split(" because of ")[0] ?? "";
    return [{ ...of, kind: "skipped", key: `${step} ${kind}`, text: printable(task.skipped ?? "") }];
  }
  if (status === "failed" && error !== undefined) {
    const tries = attempts.length > 1 ? ` after ${attempts.length} attempts` : "";
    const text = `${error.code}${tries}: ${shortened(error.message, remarkLength)}`;
    return [{ ...of, kind: "failed", key: `${step} ${error.code}`, text }];
  }
  const failure = attempts.find((attempt) => attempt.error !== null)?.error;
  if (failure === undefined || failure === null) return [];
  const text = `${failure.code}: ${shortened(failure.message, remarkLength)}`;
  return [{ ...of, kind: "retried", key: `${step} ${failure.code}`, text }];
}

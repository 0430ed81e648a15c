/** What `mycroft show RUN --task ID` prints: one task's attempts, and what went into it and came out of it. */
import { MycroftError } from "@mycroft/errors";
import type { AttemptStory, TaskStory, Timeline } from "@mycroft/record";
import { briefly, durationText, inFull, jsonLines, shortened } from "@mycroft/record/text";
import type { RunRecord } from "@mycroft/runtime";
import { attemptLogLines } from "./log-lines.ts";
import { messageLines } from "./message-lines.ts";
import type { ReportOptions } from "./report-options.ts";
import { statusStyles, statusText } from "./task-rows.ts";
import { waitingLines } from "./task-waits.ts";

const shownNames = 5;
const messageLength = 4_000;

/**
 * @param id a task's id, or the name of a step that has one task only.
 * @throws {MycroftError} NOT_FOUND, naming the tasks that come near.
 */
export function findTask(timeline: Timeline, id: string): TaskStory {
  const exact = timeline.tasks.find((task) => task.id === id);
  if (exact !== undefined) return exact;
  const ofStep = timeline.tasks.filter((task) => task.step === id);
  const [only] = ofStep;
  if (only !== undefined && ofStep.length === 1) return only;
  const near = ofStep.length > 0 ? ofStep : timeline.tasks;
  const names = near.slice(0, shownNames).map((task) => task.id);
  const more = near.length > names.length ? ` and ${near.length - names.length} more` : "";
  const problem =
    ofStep.length > 1
      ? `The step ${id} has ${ofStep.length} tasks in this run; name one`
      : `This run has no task ${JSON.stringify(shortened(id, 100))}`;
  throw new MycroftError("TASK_UNKNOWN", `${problem}: ${names.join(", ")}${more}.`, {
    details: { task: id, known: names },
  });
}

export function taskReport(
  task: TaskStory,
  record: RunRecord,
  timeline: Timeline,
  options: ReportOptions,
): readonly string[] {
  const { style } = options;
  const limits = options.all ? inFull : briefly;
  const section = (title: string, lines: readonly string[]) => [
    "",
    style("bold", title),
    ...lines.map((line) => `  ${line}`),
  ];
  const input = task.attempts.at(-1)?.input;
  return [
    `Task ${style("bold", task.id)}  ${style(statusStyles[task.status], statusText(task.status))}`,
    workLine(task),
    ...(task.skipped === undefined ? [] : [`  Skipped   ${task.skipped}`]),
    ...(task.isTakenOver ? ["  Done      in the run that this one began from; not done again here"] : []),
    ...waitingLines([task], record, options),
    ...(task.attempts.length === 0
      ? []
      : section(
          "Attempts",
          task.attempts.map((attempt) => attemptLine(attempt, timeline.from)),
        )),
    ...logSections(task, timeline.from, options).flatMap(([title, lines]) => section(title, lines)),
    ...messageSections(task, options).flatMap(([title, lines]) => section(title, lines)),
    ...(input === undefined ? [] : section("Input", jsonLines(input, limits))),
    ...(task.output === undefined ? [] : section("Output", jsonLines(task.output, limits))),
    ...(task.error === undefined ? [] : section("Error", jsonLines({ ...task.error }, limits))),
  ];
}

/** One for each attempt that wrote to its log. */
function logSections(
  { attempts }: TaskStory,
  runStart: number,
  options: ReportOptions,
): [string, readonly string[]][] {
  return attempts.flatMap(({ attempt, log }): [string, readonly string[]][] => {
    if (log === null) return [];
    const title = attempts.length === 1 ? "Log" : `Log of attempt ${attempt}`;
    return [[title, attemptLogLines(log, runStart, options)]];
  });
}

/** One for each attempt that sent, asked, wrote or read something. */
function messageSections({ attempts }: TaskStory, { all }: ReportOptions): [string, readonly string[]][] {
  const talking = attempts.filter(({ messages }) => messages.length > 0);
  return talking.map(({ attempt, messages }) => {
    const title = attempts.length === 1 ? "Messages" : `Messages of attempt ${attempt}`;
    return [title, messageLines(messages, all)];
  });
}

function workLine({ target, kind }: TaskStory): string {
  if (target === null) return `  Kind      ${kind}`;
  return `  ${target.kind === "workflow" ? "Runs " : "Calls"}     ${target.kind} ${target.name}`;
}

/** `2  at 512 ms, waited 3 ms, ran 8 ms  failed  host/1  version 1.0.0  TASK_FAILED: ...`. */
function attemptLine(attempt: AttemptStory, runStart: number): string {
  const { queuedAt, startedAt, endedAt, error } = attempt;
  const waited = startedAt === null ? [] : [`waited ${durationText(startedAt - queuedAt)}`];
  const ran = endedAt === null ? ["under way"] : [`ran ${durationText(endedAt - (startedAt ?? queuedAt))}`];
  const parts = [
    `${attempt.attempt}`,
    [`at ${durationText(queuedAt - runStart)}`, ...waited, ...ran].join(", "),
    ...(attempt.outcome === "underWay" ? [] : [attempt.outcome]),
    ...(attempt.worker === null ? [] : [`by ${shortened(attempt.worker, 100)}`]),
    ...(attempt.version === null ? [] : [`version ${shortened(attempt.version, 100)}`]),
    ...(attempt.isCached ? ["from an earlier, equal request"] : []),
    ...(attempt.childRunId === null ? [] : [`run ${attempt.childRunId}`]),
    ...(error === null ? [] : [`${error.code}: ${shortened(error.message, messageLength)}`]),
  ];
  return parts.join("  ");
}

/** What the tasks of a run under way wait for, until when, what happens then, and the command that answers them. */
import { allSteps } from "@mycroft/engine";
import type { TaskStory } from "@mycroft/record";
import { type RunWait, waitOf } from "@mycroft/record";
import { jsonBrief, printable } from "@mycroft/record/text";
import type { RunRecord } from "@mycroft/runtime";
import { answerTo, waitText } from "../host/wait-lines.ts";
import { nextCommands } from "../text/next-commands.ts";
import type { ReportOptions } from "./report-options.ts";

const shownTasks = 10;
const shownCharacters = 300;

/** Empty when none of them waits for anything outside. */
export function waitingLines(
  tasks: readonly TaskStory[],
  record: RunRecord,
  { all, style, commandOptions }: ReportOptions,
): readonly string[] {
  if (record.state.result !== null) return [];
  const waits = tasks.flatMap((task) => [
    ...childRunLines(task, commandOptions),
    ...ownWaitLines(task, record, commandOptions),
  ]);
  if (waits.length === 0) return [];
  const shown = all ? waits : waits.slice(0, shownTasks);
  const rest = waits.length - shown.length;
  const more = rest === 0 ? [] : [`  ... and ${rest} more; --all shows them.`];
  return ["", style("bold", "Waiting"), ...shown.flat().map((line) => `  ${line}`), ...more];
}

type Lines = readonly string[];

function ownWaitLines(
  task: TaskStory,
  record: RunRecord,
  options: ReportOptions["commandOptions"],
): readonly Lines[] {
  const wait = waitOf(record, task);
  if (wait === null) return [];
  const command = answerTo(wait, options);
  const isShown = wait.kind === "approval" && wait.shown !== null;
  return [
    [
      `${waitText(wait)}${atDeadline(wait, record)}`,
      ...(isShown ? [`  on ${printable(jsonBrief(wait.shown, shownCharacters))}`] : []),
      ...(command === null ? [] : [`  ${command}`]),
    ],
  ];
}

/** A child run says itself what it waits for. */
function childRunLines(task: TaskStory, options: ReportOptions["commandOptions"]): readonly Lines[] {
  const { childRunId = null, endedAt = null } = task.attempts.at(-1) ?? {};
  if (childRunId === null || endedAt !== null) return [];
  const [command = ""] = nextCommands([["show", childRunId]], options);
  return [[`for run ${childRunId} (${task.id})`, `  ${command}`]];
}

/** What the step says of the end of its time. */
function atDeadline({ task, until }: RunWait, { plan, state }: RunRecord): string {
  const name = state.tasks.get(task)?.step.name;
  const step = [...allSteps(plan.workflow.steps)].find((one) => one.name === name);
  if (until === null) return "";
  if (step?.kind === "approve")
    return step.default === "approve" ? ", then it is approved" : ", then it is rejected";
  if (step?.kind !== "waitFor") return "";
  return step.default === undefined ? ", then it fails" : ", then it goes on without it";
}

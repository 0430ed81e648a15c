/** `mycroft logs RUN`: what agents and functions have written to their logs, by time. */
import type { LogLevel } from "@mycroft/engine";
import { type LogReading, logLevels, readTimeline, type Timeline } from "@mycroft/record";
import { counted } from "@mycroft/record/text";
import { type RunHeader, readRun } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { headerJson } from "../decision/run-json.ts";
import { readRecord } from "../host/read-record.ts";
import { readArgument, readChoice, readFlag, readText } from "../read-options.ts";
import { runLogLines } from "../run-report/log-lines.ts";
import { findTask } from "../run-report/task-report.ts";
import { nextCommands } from "../text/next-commands.ts";

/** Unless all are asked for, the last ones. */
const shownLines = 200;

export async function execute({ arguments: given, options, terminal }: Invocation): Promise<number> {
  const level = readChoice(options, "level", logLevels) ?? "debug";
  const record = await readRecord(options, (store) => readRun(store, readArgument(given, "run")));
  const timeline = readTimeline(record);
  const named = readText(options, "task");
  const task = named === undefined ? undefined : findTask(timeline, named).id;
  const log = timeline.log.read(level, task);
  if (terminal.json) {
    terminal.printJson({ run: headerJson(record.header), lines: log.lines, leftOut: log.leftOut });
    return 0;
  }
  const all = readFlag(options, "all");
  const shown = all ? log.lines : log.lines.slice(-shownLines);
  for (const line of runLogLines(shown, timeline.from, { style: terminal.style, all })) terminal.print(line);
  const scope: Scope = { of: task === undefined ? "this run" : "this task", level, shown: shown.length };
  const others = [...taskNotes(timeline, task), ...originNotes(timeline, record.header, options)];
  for (const note of [...lineNotes(log, scope), ...others]) terminal.note(note);
  return 0;
}

interface Scope {
  readonly of: string;
  readonly level: LogLevel;
  readonly shown: number;
}

function lineNotes({ lines, leftOut }: LogReading, { of, level, shown }: Scope): readonly string[] {
  const before = lines.length - shown;
  return [
    ...(lines.length > 0
      ? []
      : level === "debug"
        ? [`Nothing is in the log of ${of}. Agents and functions write to it with context.log.info("...").`]
        : [`No line in the log of ${of} weighs as much as ${level}.`]),
    ...(before === 0
      ? []
      : [`${before} earlier ${before === 1 ? "line is" : "lines are"} not shown; --all shows them.`]),
    ...(leftOut === 0
      ? []
      : [`${leftOut} ${leftOut === 1 ? "line was" : "lines were"} too much for the record.`]),
  ];
}

/** Lines that are not on record yet. */
function taskNotes({ tasks }: Timeline, only: string | undefined): readonly string[] {
  const asked = only === undefined ? tasks : tasks.filter(({ id }) => id === only);
  const underWay = asked.filter(({ attempts }) => attempts.at(-1)?.outcome === "underWay").length;
  if (underWay === 0) return [];
  return [
    `${counted(underWay, "attempt is", "attempts are")} under way: lines are on record when an attempt has ended.`,
  ];
}

/** Lines that are on another run's record. */
function originNotes(
  { tasks }: Timeline,
  { forkedFrom }: RunHeader,
  options: Invocation["options"],
): readonly string[] {
  const takenOver = tasks.filter(({ isTakenOver }) => isTakenOver).length;
  if (takenOver === 0 || forkedFrom === null) return [];
  const [command = ""] = nextCommands([["logs", forkedFrom.runId]], options);
  return [
    `${counted(takenOver, "task was", "tasks were")} taken over: \`${command}\` shows what they wrote.`,
  ];
}

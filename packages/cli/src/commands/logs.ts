/** `mycroft logs RUN`: what agents and functions have written to their logs, by time. */
import { logLevels, type RunLog, readRunLog, readTimeline } from "@mycroft/record";
import { readRun } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { headerJson } from "../decision/run-json.ts";
import { readRecord } from "../host/read-record.ts";
import { readArgument, readChoice, readFlag, readText } from "../read-options.ts";
import { runLogLines } from "../run-report/log-lines.ts";
import { findTask } from "../run-report/task-report.ts";

/** Unless all are asked for, the last ones. */
const shownLines = 200;

export async function execute({ arguments: given, options, terminal }: Invocation): Promise<number> {
  const level = readChoice(options, "level", logLevels) ?? "debug";
  const record = await readRecord(options, (store) => readRun(store, readArgument(given, "run")));
  const timeline = readTimeline(record);
  const named = readText(options, "task");
  const task = named === undefined ? undefined : findTask(timeline, named).id;
  const log = readRunLog(timeline.tasks, level, task);
  if (terminal.json) {
    terminal.printJson({ run: headerJson(record.header), lines: log.lines, leftOut: log.leftOut });
    return 0;
  }
  const all = readFlag(options, "all");
  const shown = all ? log.lines : log.lines.slice(-shownLines);
  for (const line of runLogLines(shown, timeline.from, { style: terminal.style, all })) terminal.print(line);
  for (const note of notes(log, shown.length, task === undefined ? "this run" : "this task"))
    terminal.note(note);
  return 0;
}

function notes({ lines, leftOut }: RunLog, shown: number, of: string): readonly string[] {
  const before = lines.length - shown;
  return [
    ...(lines.length === 0
      ? [`Nothing is in the log of ${of}. Agents write with context.log.info("...").`]
      : []),
    ...(before === 0
      ? []
      : [`${before} earlier ${before === 1 ? "line is" : "lines are"} not shown; --all shows them.`]),
    ...(leftOut === 0
      ? []
      : [`${leftOut} ${leftOut === 1 ? "line was" : "lines were"} too much for the record.`]),
  ];
}

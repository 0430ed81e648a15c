/** `mycroft show RUN`: how a run went, step by step; with `--task`, one task in full. */

import { readTimeline, type TaskStory, type Timeline, waitOf } from "@mycroft/record";
import { type RunRecord, readRun } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { headerJson, runJson } from "../decision/run-json.ts";
import { readRecord } from "../host/read-record.ts";
import { waitJson } from "../host/wait-lines.ts";
import { readArgument, readFlag, readText } from "../read-options.ts";
import type { ReportOptions } from "../run-report/report-options.ts";
import { runReport } from "../run-report/run-report.ts";
import { findTask, taskReport } from "../run-report/task-report.ts";
import { nextCommands } from "../text/next-commands.ts";

export async function execute({ arguments: given, options, terminal }: Invocation): Promise<number> {
  const record = await readRecord(options, (store) => readRun(store, readArgument(given, "run")));
  const timeline = readTimeline(record);
  const id = readText(options, "task");
  const { width, style } = terminal;
  const report = { all: readFlag(options, "all"), width, style, commandOptions: options };
  if (id !== undefined) {
    const task = findTask(timeline, id);
    if (terminal.json) terminal.printJson({ run: headerJson(record.header), task });
    else for (const line of taskReport(task, record, timeline, report)) terminal.print(line);
    return 0;
  }
  if (terminal.json) {
    terminal.printJson(showJson(record, timeline, report));
    return 0;
  }
  for (const line of runReport(record, timeline, report)) terminal.print(line);
  const { runId } = record.header;
  const task = timeline.tasks.find(({ error }) => error !== undefined) ?? timeline.tasks.at(-1);
  if (task === undefined) return 0;
  for (const line of nextCommands([["show", runId, "--task", task.id]], options))
    terminal.note(`Next: ${line}`);
  return 0;
}

/** Inputs, outputs, logs and messages only on request: they are most of a record. */
function showJson(record: RunRecord, timeline: Timeline, { all, commandOptions }: ReportOptions) {
  const waits = timeline.tasks.flatMap((task) => waitOf(record, task) ?? []);
  return {
    ...runJson(record, null),
    input: record.state.input,
    result: record.state.result,
    ignoredEvents: timeline.ignoredEvents,
    waits: waits.map((wait) => waitJson(wait, commandOptions)),
    tasks: timeline.tasks.map((task) => (all ? task : withoutPayloads(task))),
  };
}

function withoutPayloads({ output: _, attempts, ...task }: TaskStory) {
  return {
    ...task,
    attempts: attempts.map(({ input: __, messages: ___, log: ____, ...attempt }) => attempt),
  };
}

/** A run with its tasks, as one answer. */
import { contentHash, type JsonValue, type RunResult } from "@mycroft/engine";
import { apiLimits, type RunDetail } from "@mycroft/protocol";
import { cut } from "@mycroft/record/text";
import { decisionHash } from "@mycroft/runtime";
import { boundedJson } from "./bounded-json.ts";
import { runSummary } from "./run-summary.ts";
import { waitsOf } from "./run-waits.ts";
import { taskSummary } from "./task-views.ts";
import { countsOf, type ToldRun } from "./told-run.ts";

const mostTasks = 5_000;

export function runDetail(told: ToldRun, obstacle: string | null): RunDetail {
  const { header, fold } = told;
  const { state } = fold;
  const stories = told.stories();
  const { result } = state;
  const input: JsonValue = state.input ?? null;
  return {
    run: runSummary(header),
    input: boundedJson(input),
    inputHash: contentHash(input),
    decisionHash: result === null ? null : decisionHash(result),
    result: result === null ? null : resultView(result),
    counts: countsOf(stories),
    tasks: stories.slice(0, mostTasks).map((story) => taskSummary(story, state, told.nodes)),
    omittedTasks: Math.max(0, stories.length - mostTasks),
    waits: waitsOf(told),
    ignoredEvents: state.ignored,
    decisions: stories.flatMap(({ id, kind, status, output }) => {
      const subject = kind === "resolve" && status === "succeeded" ? subjectOf(output) : null;
      return subject === null ? [] : [{ subject, task: id }];
    }),
    obstacle,
  };
}

function resultView(result: RunResult): NonNullable<RunDetail["result"]> {
  const none = { output: null, error: null, reason: null };
  switch (result.status) {
    case "succeeded":
      return { ...none, status: "succeeded", output: boundedJson(result.output) };
    case "failed": {
      const { code, message } = result.error;
      return { ...none, status: "failed", error: { code, message: cut(message, 10 * apiLimits.shownText) } };
    }
    case "cancelled":
      return { ...none, status: "cancelled", reason: cut(result.reason, 10 * apiLimits.shownText) };
  }
}

function subjectOf(output: JsonValue | undefined): string | null {
  const { subject } = Object(output) as { readonly subject?: unknown };
  return typeof subject === "string" ? subject : null;
}

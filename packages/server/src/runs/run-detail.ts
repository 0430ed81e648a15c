/** A run with its tasks, as one answer. */
import type { JsonValue, RunResult } from "@mycroft/engine";
import { apiLimits, type RunDetail } from "@mycroft/protocol";
import { cut } from "@mycroft/record/text";
import { boundedJson } from "./bounded-json.ts";
import { runHashes } from "./run-hashes.ts";
import { runSummary } from "./run-summary.ts";
import type { ToldRun } from "./told-run.ts";

const mostTasks = 5_000;

/** What else is told of it, which other records and other processes say. */
export type AroundRun = Pick<RunDetail, "waits" | "obstacle">;

export async function runDetail(told: ToldRun, around: AroundRun): Promise<RunDetail> {
  // It may go on meanwhile: what is told of it is looked at when they are there.
  const hashes = await runHashes(told);
  const { header, fold } = told;
  const { state } = fold;
  const { tasks, counts, omitted } = told.everything(mostTasks);
  const { result } = state;
  const input: JsonValue = state.input ?? null;
  return {
    run: runSummary(header),
    input: boundedJson(input),
    inputHash: hashes.input,
    decisionHash: hashes.decision,
    result: result === null ? null : resultView(result),
    ...{ counts, tasks, omittedTasks: omitted },
    ignoredEvents: state.ignored,
    decisions: told.stories().flatMap(({ id, kind, status, output }) => {
      const subject = kind === "resolve" && status === "succeeded" ? subjectOf(output) : null;
      return subject === null ? [] : [{ subject, task: id }];
    }),
    ...around,
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

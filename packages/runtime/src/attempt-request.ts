/** What a worker is handed to execute: the engine's command, with what the run adds to it. */
import type { StartAttempt } from "@mycroft/engine";
import type { AttemptRequest } from "./ports/gateway.ts";
import type { NewRun } from "./ports/store.ts";

export function attemptRequest(
  { runId, asOf }: Pick<NewRun, "runId" | "asOf">,
  { task, step, attempt, target, input, timeoutMs, heartbeatTimeoutMs, cacheTtlMs }: StartAttempt,
): AttemptRequest {
  return {
    runId,
    task,
    step,
    attempt,
    target,
    input,
    asOf,
    timeoutMs,
    heartbeatTimeoutMs: heartbeatTimeoutMs ?? null,
    cacheTtlMs: cacheTtlMs ?? null,
    idempotencyKey: `${runId}/${task}`,
  };
}

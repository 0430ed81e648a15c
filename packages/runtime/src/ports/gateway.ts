/** A gateway reaches agents, functions and policies, however they are reached, and never throws at a run. */
import type { JsonValue, TaskError } from "@mycroft/engine";

export interface AttemptRequest {
  readonly runId: string;
  readonly task: string;
  readonly step: string;
  readonly attempt: number;
  readonly target: { readonly kind: "agent" | "function" | "policy"; readonly name: string };
  readonly input: JsonValue;
  /** The day beyond which the attempt may not look (P5). */
  readonly asOf: string;
  readonly timeoutMs: number;
  /** Equal for every attempt of one task: an agent with effects uses it to have them once (P2). */
  readonly idempotencyKey: string;
}

export type AttemptOutcome =
  | { readonly ok: true; readonly output: JsonValue; readonly version: string }
  | { readonly ok: false; readonly error: TaskError; readonly version?: string };

export interface Gateway {
  /** Always resolves; aborting `signal` ends the attempt early. */
  execute(request: AttemptRequest, signal: AbortSignal): Promise<AttemptOutcome>;
}

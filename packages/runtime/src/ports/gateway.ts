/** A gateway reaches agents, functions and policies, however they are reached, and never throws at a run. */
import type { JsonValue, LogLine, MessageRecord, TaskError } from "@mycroft/engine";

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
  /** The attempt is given up when it says nothing for this long; null when it need not say anything. */
  readonly heartbeatTimeoutMs: number | null;
  /** For how long its output may stand in for that of an equal request; null when it may not. */
  readonly cacheTtlMs: number | null;
  /** Equal for every attempt of one task: an agent with effects uses it to have them once (P2). */
  readonly idempotencyKey: string;
}

/** How a gateway and whoever it reaches stay in touch with the worker while an attempt is under way. */
export interface AttemptControl {
  /** Aborted when the attempt is given up: its outcome is not wanted any more. Made when it is first read. */
  readonly signal: AbortSignal;
  /** Says that the attempt gets on: its heartbeat timeout begins again. */
  heartbeat(): void;
  /** `tell` gives what passed between the attempt and other agents; it is called when the attempt is reported. */
  onReport?(tell: () => readonly MessageRecord[]): void;
  /** Keeps what is said of the work, for the attempt's report; what is said later is lost. Absent where nobody keeps it. */
  log?(line: Omit<LogLine, "at">): void;
}

export type AttemptOutcome =
  | {
      readonly ok: true;
      readonly output: JsonValue;
      readonly version: string;
      /** Whether it was taken from an earlier, equal request. */
      readonly isCached?: boolean;
    }
  | { readonly ok: false; readonly error: TaskError; readonly version?: string };

export interface Gateway {
  /** Always resolves; aborting `control.signal` ends the attempt early. */
  execute(request: AttemptRequest, control: AttemptControl): Promise<AttemptOutcome>;
}

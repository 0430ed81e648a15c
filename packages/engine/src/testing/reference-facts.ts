/** What the reference keeps of a run: what came from outside, and when. Everything else is computed from it. */
import type { CarriedOutcome } from "../run-event.ts";
import type { JsonValue, TaskError, Verdict } from "../workflow-definition.ts";

export interface ReferenceTask {
  readonly id: string;
  readonly status: string;
  readonly attempt: number;
  readonly output?: JsonValue;
  readonly error?: TaskError;
  readonly skipped?: string;
}

export interface Cancellation {
  readonly reason: string;
  readonly attempt: number;
  /** The tasks in the body of the task as they were left. */
  readonly within: readonly ReferenceTask[];
}

export interface Facts {
  readonly runId: string;
  start: { readonly at: number; readonly input: JsonValue } | null;
  /** When the event came of which the consequences are being looked at, and which one it is. */
  now: number;
  event: number;
  /** How the attempts of each task ended, and for how many of them the delay after it is over. */
  readonly ended: Map<
    string,
    {
      readonly at: number;
      readonly outcome: { readonly output: JsonValue } | { readonly error: TaskError };
    }[]
  >;
  readonly delaysOver: Map<string, number>;
  /** When the turn of each task came, and by which event. */
  readonly begun: Map<string, { readonly at: number; readonly event: number }>;
  /** The tasks whose deadline or time came. */
  readonly timesUp: Set<string>;
  readonly verdicts: Map<
    string,
    { readonly verdict: Verdict; readonly by: string | null; readonly comment: string | null }
  >;
  /** The payloads of the signals that tasks have taken. */
  readonly taken: Map<string, JsonValue>;
  readonly cancelled: Map<string, Cancellation>;
  readonly carried: Map<string, CarriedOutcome>;
}

export function noFacts(runId: string): Facts {
  return {
    runId,
    start: null,
    now: 0,
    event: 0,
    ended: new Map(),
    delaysOver: new Map(),
    begun: new Map(),
    timesUp: new Set(),
    verdicts: new Map(),
    taken: new Map(),
    cancelled: new Map(),
    carried: new Map(),
  };
}

/** What agents and functions are given besides their input. */
import type { MarketView } from "./market-view.ts";
import type { Messages } from "./messages.ts";

export interface CallContext {
  /** Market data up to the run's `asOf`, or null when the project has none. */
  readonly market: MarketView | null;
  /** Aborted when the attempt times out, or its outcome is not wanted any more. */
  readonly signal: AbortSignal;
  /** Says that the call gets on: its step's heartbeat timeout begins again. It costs next to nothing. */
  readonly heartbeat: () => void;
  /** Equal for every attempt of one task: use it to have effects once. */
  readonly idempotencyKey: string;
  /** The way to other agents, and the run's blackboard. */
  readonly messages: Messages;
}

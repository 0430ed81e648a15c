/** What agents and functions are given besides their input. */
import type { Logger } from "./logger.ts";
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
  /** The attempt's log: `mycroft logs RUN` shows it, and so does the run's page. Backtests keep none, nor has an agent any that a function asks. */
  readonly log: Logger;
  /** The way to other agents, and the run's blackboard. */
  readonly messages: Messages;
}

/**
 * Prunes what is older than the store's retention, and documents that have expired (P8): soon after it was opened, and
 * once a day while it stays open.
 */
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import type { Clock, Timer } from "@mycroft/runtime";

export type RetentionOutcome =
  | { readonly ok: true; readonly forgottenRuns: number }
  | { readonly ok: false; readonly error: MycroftError };

export interface RetentionOptions {
  readonly clock: Clock;
  /** `Infinity` keeps runs for ever; documents expire all the same. */
  readonly retentionDays: number;
  readonly prune: (settledBefore: number) => Promise<number>;
  /** Whether there is anything to prune: spares the rest of the work when there is not. */
  readonly isDue: (settledBefore: number) => boolean;
  readonly onOutcome: (outcome: RetentionOutcome) => void;
}

const dayMs = 24 * 3_600_000;

/** Returns what ends it. */
export function startRetention({
  clock,
  retentionDays,
  prune,
  isDue,
  onOutcome,
}: RetentionOptions): () => void {
  let isStopped = false;
  let timer: Timer | undefined;
  const pass = async (): Promise<void> => {
    if (isStopped) return;
    const settledBefore = clock.now() - retentionDays * dayMs;
    timer = clock.setTimer(clock.now() + dayMs, () => void pass());
    try {
      const forgottenRuns = isDue(settledBefore) ? await prune(settledBefore) : 0;
      onOutcome({ ok: true, forgottenRuns });
    } catch (thrown) {
      // Closing the store in between is no failure: the next opening goes on.
      if (!isStopped) onOutcome({ ok: false, error: asMycroftError(thrown) });
    }
  };
  clock.defer(() => void pass());
  return () => {
    isStopped = true;
    timer?.cancel();
  };
}

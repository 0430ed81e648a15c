/**
 * Prunes what is older than the store's retention, and documents that have expired (P8): soon after the store was
 * opened, and once a day while it stays open. Of all processes that have the same store open, one at a time does so.
 */
import { asMycroftError, type MycroftError } from "@mycroft/errors";

export type RetentionOutcome =
  | { readonly ok: true; readonly forgottenRuns: number }
  | { readonly ok: false; readonly error: MycroftError };

export interface RetentionOptions {
  /** Prunes, unless another process is at it. */
  readonly prune: () => Promise<number>;
  /** It must not throw. */
  readonly onOutcome: (outcome: RetentionOutcome) => void;
}

const dayMs = 24 * 3_600_000;

/** Returns what ends it: it resolves when no pass is under way any more. */
export function startRetention({ prune, onOutcome }: RetentionOptions): () => Promise<void> {
  let isStopped = false;
  const pass = async (): Promise<void> => {
    try {
      onOutcome({ ok: true, forgottenRuns: await prune() });
    } catch (thrown) {
      // Closing the store in between is no failure: the next opening goes on.
      if (!isStopped) onOutcome({ ok: false, error: asMycroftError(thrown) });
    }
  };
  let underWay = pass();
  const timer = setInterval(() => {
    underWay = underWay.then(pass);
  }, dayMs);
  timer.unref();
  return async () => {
    isStopped = true;
    clearInterval(timer);
    await underWay;
  };
}

/**
 * Finds attempts that were sent to the queue and never came back (a lost message, a dead worker) and sends them
 * again (P4). It looks at all attempts under way once in a while, so it costs nothing per attempt.
 */
import { type AttemptUnderWay, attemptsUnderWay } from "@mycroft/engine";
import type { LiveRun } from "./live-run.ts";
import type { Clock, Timer } from "./ports/clock.ts";
import type { TaskMessage } from "./ports/queue.ts";

export interface SilentAttemptsOptions {
  readonly clock: Clock;
  readonly everyMs: number;
  readonly runs: () => Iterable<LiveRun>;
  readonly redispatch: (messages: readonly TaskMessage[]) => void;
  readonly message: (runId: string, attempt: AttemptUnderWay) => TaskMessage;
}

export class SilentAttempts {
  readonly #options: SilentAttemptsOptions;
  /** When each attempt that is under way was first seen here. */
  #firstSeenAt = new Map<string, number>();
  #timer: Timer | null = null;

  constructor(options: SilentAttemptsOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, everyMs } = this.#options;
    this.#timer = clock.setTimer(clock.now() + everyMs, () => {
      this.#look();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #look(): void {
    const now = this.#options.clock.now();
    const seen = new Map<string, number>();
    const silent: TaskMessage[] = [];
    for (const run of this.#options.runs()) {
      for (const attempt of attemptsUnderWay(run.state)) {
        const key = `${run.header.runId}/${attempt.task}/${attempt.attempt}`;
        // A clock that was set back must not make an attempt wait for the time that it went back.
        const since = Math.min(this.#firstSeenAt.get(key) ?? now, now);
        // It may have waited in the queue before it was executed: only an attempt that has had a whole interval
        // and its timeout is silent.
        // An attempt that memory alone knows of is not sent (P1): its commit is waiting for the store.
        const isSilent = run.isDurable && now - since >= attempt.timeoutMs + this.#options.everyMs;
        if (isSilent) silent.push(this.#options.message(run.header.runId, attempt));
        seen.set(key, isSilent ? now : since);
      }
    }
    this.#firstSeenAt = seen;
    this.#options.redispatch(silent);
  }
}

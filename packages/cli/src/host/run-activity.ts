/**
 * Knows which of a process's runs have something to do, which only wait, and which have settled. It is told of every
 * update, and looks at the record when a run has been quiet for a moment: never more often than is worth what a look
 * at that run costs.
 */
import type { MycroftError } from "@mycroft/errors";
import { asMycroftError } from "@mycroft/errors";
import { type RunWait, readStanding, type Standing } from "@mycroft/record";
import type { Clock, RunUpdate, Store, Timer } from "@mycroft/runtime";

export interface RunActivityOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Runs that this process must not work on: they never come to rest. */
  readonly isWithheld: (runId: string) => boolean;
  /** Told each time that a run has begun to wait for something else than before. */
  readonly onWaiting?: (runId: string, waits: readonly RunWait[]) => void;
  /** Told once of each run that settles; not of runs within others. */
  readonly onSettled?: (runId: string) => void;
  readonly onError?: (error: MycroftError) => void;
}

interface Watched {
  standing: Standing;
  /** What it was last said to wait for. */
  told: string;
  timer: Timer | null;
  /** How far off the timer was when it was set. */
  dueInMs: number;
  isLooking: boolean;
  /** How long after an update there is a look. */
  delayMs: number;
  /** Whether something has happened since the look that is under way began. */
  isStale: boolean;
}

/** A run that does nothing for so long is looked at. */
const quietMs = 100;
/** A run that has something to do is looked at again after so long, should an update have been lost (P4). */
const againMs = 10_000;
/** A look may take this share of the time between looks. */
const lookShare = 0.05;
const longestDelayMs = 60_000;
/** Whoever has no person to wait with waits no longer than this for something to happen by itself. */
const patienceMs = 60_000;

export class RunActivity {
  readonly #options: RunActivityOptions;
  readonly #runs = new Map<string, Watched>();
  #isClosed = false;
  #restWaiters: { readonly isMet: () => boolean; readonly resolve: () => void }[] = [];

  constructor(options: RunActivityOptions) {
    this.#options = options;
  }

  take({ runId, status }: RunUpdate): void {
    const root = rootOf(runId);
    if (root !== runId) {
      // A child run's end concerns its parent's run too.
      if (this.#runs.has(root)) this.watch(root);
    } else if (status === "running") this.watch(root);
    else this.#drop(root);
  }

  /** Something may have happened to the run. */
  watch(runId: string): void {
    if (this.#options.isWithheld(runId)) return;
    const run = this.#runs.get(runId) ?? this.#add(runId);
    run.standing = { kind: "busy" };
    run.isStale = true;
    if (!run.isLooking) this.#lookIn(run.delayMs, runId, run);
  }

  /** Somebody knows that the run has settled, whether an update has said so or not. */
  settle(runId: string): void {
    if (this.#runs.has(runId)) this.#drop(runId);
  }

  /** What the run waits for; null when it has something to do, will have soon, or has settled. */
  waitsOf(runId: string): readonly RunWait[] | null {
    const standing = this.#runs.get(runId)?.standing;
    return standing !== undefined && this.#isAtRest(standing) && standing.kind === "waiting"
      ? standing.waits
      : null;
  }

  /** How many runs have something to do, or wait for less than a minute. */
  get busy(): number {
    let count = 0;
    for (const { standing } of this.#runs.values()) if (!this.#isAtRest(standing)) count += 1;
    return count;
  }

  /** Resolves when the run waits, and for longer than a minute. */
  untilWaiting(runId: string): Promise<void> {
    return this.#until(() => this.waitsOf(runId) !== null);
  }

  /** Resolves when no run has anything to do for a minute. */
  untilQuiet(): Promise<void> {
    return this.#until(() => this.busy === 0);
  }

  /** Looks no more; runs that settle are still told. */
  close(): void {
    this.#isClosed = true;
    for (const run of this.#runs.values()) run.timer?.cancel();
  }

  #add(runId: string): Watched {
    const run: Watched = {
      ...{ standing: { kind: "busy" }, told: "", delayMs: quietMs },
      ...{ timer: null, dueInMs: 0, isLooking: false, isStale: true },
    };
    this.#runs.set(runId, run);
    return run;
  }

  /** A look that is due sooner stays so. */
  #lookIn(delayMs: number, runId: string, run: Watched): void {
    if (this.#isClosed || (run.timer !== null && run.dueInMs <= delayMs)) return;
    run.timer?.cancel();
    run.dueInMs = delayMs;
    run.timer = this.#options.clock.setDelay(delayMs, () => {
      run.timer = null;
      void this.#look(runId, run);
    });
  }

  #drop(runId: string): void {
    this.#runs.get(runId)?.timer?.cancel();
    this.#runs.delete(runId);
    this.#options.onSettled?.(runId);
    this.#tell();
  }

  async #look(runId: string, run: Watched): Promise<void> {
    const { store, clock, onError = () => {} } = this.#options;
    run.isLooking = true;
    run.isStale = false;
    const startedAt = clock.elapsed();
    let standing: Standing = { kind: "busy" };
    try {
      standing = await readStanding(store, runId);
    } catch (thrown) {
      if (!this.#isClosed) onError(asMycroftError(thrown));
    }
    run.isLooking = false;
    if (this.#runs.get(runId) !== run) return;
    run.delayMs = Math.min(longestDelayMs, Math.max(quietMs, (clock.elapsed() - startedAt) / lookShare));
    if (run.isStale) this.#lookIn(run.delayMs, runId, run);
    else this.#take(runId, run, standing);
  }

  #take(runId: string, run: Watched, standing: Standing): void {
    run.standing = standing;
    if (standing.kind === "settled") {
      this.#drop(runId);
      return;
    }
    if (standing.kind === "busy") this.#lookIn(Math.max(againMs, run.delayMs), runId, run);
    else {
      const told = JSON.stringify(standing.waits);
      if (told !== run.told) this.#options.onWaiting?.(runId, standing.waits);
      run.told = told;
    }
    this.#tell();
  }

  #isAtRest(standing: Standing): boolean {
    return isAtRest(standing, this.#options.clock.now());
  }

  #until(isMet: () => boolean): Promise<void> {
    if (isMet()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#restWaiters.push({ isMet, resolve });
    });
  }

  #tell(): void {
    const met = this.#restWaiters.filter((waiter) => waiter.isMet());
    this.#restWaiters = this.#restWaiters.filter((waiter) => !met.includes(waiter));
    for (const { resolve } of met) resolve();
  }
}

/** Whether a run only waits, and for longer than somebody without a person at hand waits with it. */
export function isAtRest(standing: Standing, now: number): boolean {
  if (standing.kind !== "waiting") return false;
  return standing.waits.every(({ until }) => until === null || until > now + patienceMs);
}

/** A child run's id begins with that of its parent. */
export function rootOf(runId: string): string {
  const end = runId.indexOf(".");
  return end === -1 ? runId : runId.slice(0, end);
}

/** Jobs of this process: what is under way, how far it is, and how what has ended came out. A bounded number of either (P8). */
import { asMycroftError, MycroftError } from "@mycroft/errors";
import type { JobState } from "@mycroft/protocol";
import { cut } from "@mycroft/record/text";

const jobLimits = {
  underWay: 2,
  remembered: 100,
  /** Characters of the reason why a job failed, which may be as long as somebody else has made it. */
  reason: 4_000,
} as const;

export interface JobPorts {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

export interface JobOptions {
  /** Awaited before anybody is told that the job has failed; what it throws goes to `onError`. */
  readonly onFailed?: (state: JobState) => Promise<void>;
}

interface Job {
  state: JobState;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

export class JobBoard {
  readonly #jobs = new Map<string, Job>();
  readonly #now: () => number;
  readonly #onError: (error: MycroftError) => void;

  constructor(now: () => number, onError: (error: MycroftError) => void) {
    this.#now = now;
    this.#onError = onError;
  }

  /** Null for a job that this process knows nothing of. */
  stateOf(id: string): JobState | null {
    return this.#jobs.get(id)?.state ?? null;
  }

  /**
   * Begins the work, unless it is under way already.
   * @throws {MycroftError} LIMIT_EXCEEDED when as many jobs are under way as may be.
   */
  start(id: string, work: (ports: JobPorts) => Promise<void>, options: JobOptions = {}): void {
    if (this.#jobs.get(id)?.state.status === "running") return;
    const underWay = [...this.#jobs.values()].filter(({ state }) => state.status === "running").length;
    if (underWay >= jobLimits.underWay) {
      throw new MycroftError(
        "LIMIT_EXCEEDED",
        `${underWay} experiments are under way, and no more than ${jobLimits.underWay} may be at once. Wait for one to end, or cancel it.`,
        { retryable: true, details: { underWay, limit: jobLimits.underWay } },
      );
    }
    const abort = new AbortController();
    const startedAt = this.#time();
    const state: JobState = { status: "running", done: 0, total: 0, startedAt, endedAt: null, error: null };
    const onProgress = (done: number, total: number) => this.#change(id, abort, { done, total });
    // Not in this turn, so that the job is on the board before anything of it ends.
    const ended = Promise.resolve()
      .then(() => {
        abort.signal.throwIfAborted();
        return work({ signal: abort.signal, onProgress });
      })
      .then(
        () => this.#end(id, abort, { status: "done", error: null }),
        (thrown) => this.#fail(id, abort, thrown, options),
      );
    this.#jobs.delete(id);
    this.#jobs.set(id, { state, abort, ended });
    this.#forgetOldest();
  }

  /** Resolves when it has ended, with whether it was under way. */
  async cancel(id: string): Promise<boolean> {
    const job = this.#jobs.get(id);
    if (job?.state.status !== "running") return false;
    job.abort.abort();
    await job.ended;
    return true;
  }

  forget(id: string): void {
    this.#jobs.delete(id);
  }

  /** Ends all jobs; what they have put on record stays. */
  async close(): Promise<void> {
    await Promise.all([...this.#jobs.keys()].map((id) => this.cancel(id)));
  }

  async #fail(id: string, abort: AbortController, thrown: unknown, { onFailed }: JobOptions): Promise<void> {
    if (abort.signal.aborted) {
      this.#end(id, abort, { status: "cancelled", error: null });
      return;
    }
    const error = asMycroftError(thrown);
    if (error.code === "INTERNAL") this.#onError(error);
    const { code } = error;
    // What nobody expected is told to the operator, not to whoever asks.
    const message =
      code === "INTERNAL"
        ? "Something unexpected went wrong; the server's log has it."
        : cut(error.message, jobLimits.reason);
    const end = { status: "failed", error: { code, message }, endedAt: this.#time() } as const;
    const state = this.stateOf(id);
    if (state !== null && onFailed !== undefined) {
      await onFailed({ ...state, ...end }).catch((other: unknown) => this.#onError(asMycroftError(other)));
    }
    this.#change(id, abort, end);
  }

  #end(id: string, abort: AbortController, change: Pick<JobState, "status" | "error">): void {
    this.#change(id, abort, { ...change, endedAt: this.#time() });
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }

  #change(id: string, abort: AbortController, change: Partial<JobState>): void {
    const job = this.#jobs.get(id);
    if (job?.abort === abort) job.state = { ...job.state, ...change };
  }

  #forgetOldest(): void {
    for (const [id, { state }] of this.#jobs) {
      if (this.#jobs.size <= jobLimits.remembered) return;
      if (state.status !== "running") this.#jobs.delete(id);
    }
  }
}

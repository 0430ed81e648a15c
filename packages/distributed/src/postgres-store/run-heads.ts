/** The runs in flight that this process has appended to, so that appending to them again needs no question first. */

/** What appending needs to know of a run. */
export interface RunHead {
  readonly runNo: string;
  readonly nextSeq: number;
  readonly isSettled: boolean;
  readonly tags: readonly string[];
}

/** Heads that are remembered; the others are looked up again. */
const rememberedHeads = 50_000;

/** Anybody may append to any run, so a head is a guess: whatever is written by it checks it. */
export class RunHeads {
  /** The one remembered longest comes first. */
  readonly #heads = new Map<string, RunHead>();

  get(runId: string): RunHead | undefined {
    return this.#heads.get(runId);
  }

  set(runId: string, head: RunHead): void {
    if (head.isSettled) {
      this.#heads.delete(runId);
      return;
    }
    if (this.#heads.size >= rememberedHeads && !this.#heads.has(runId)) {
      for (const oldest of this.#heads.keys()) {
        this.#heads.delete(oldest);
        break;
      }
    }
    this.#heads.set(runId, head);
  }

  forget(runId: string): void {
    this.#heads.delete(runId);
  }
}

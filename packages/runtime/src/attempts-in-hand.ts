/** The attempts that a worker has in hand, found by what their messages say. */
import type { AttemptInHand } from "./attempt-in-hand.ts";
import { AttemptIndex } from "./dispatch/attempt-index.ts";
import type { TaskMessage } from "./ports/queue.ts";

type Named = Pick<TaskMessage, "runId" | "task" | "attempt">;

export class AttemptsInHand {
  /** Of each task, the attempt that came first. */
  readonly #first = new AttemptIndex<AttemptInHand>();
  /** Those of tasks that an earlier attempt of is still being reported: few at any time. */
  readonly #others = new Set<AttemptInHand>();

  get isEmpty(): boolean {
    return this.#first.runs === 0 && this.#others.size === 0;
  }

  /** Counts them: its cost is their number. */
  get size(): number {
    return this.values().length;
  }

  find({ runId, task, attempt }: Named): AttemptInHand | undefined {
    const first = this.#first.get(runId, task);
    if (first?.message.attempt === attempt) return first;
    for (const other of this.#others) {
      const { message } = other;
      if (message.attempt === attempt && message.task === task && message.runId === runId) return other;
    }
    return undefined;
  }

  add(attempt: AttemptInHand): void {
    const { runId, task } = attempt.message;
    if (this.#first.get(runId, task) === undefined) this.#first.add(attempt);
    else this.#others.add(attempt);
  }

  delete(attempt: AttemptInHand): void {
    const { runId, task } = attempt.message;
    if (this.#first.get(runId, task) === attempt) this.#first.delete(attempt);
    else this.#others.delete(attempt);
  }

  values(): readonly AttemptInHand[] {
    return [...this.#first.values(), ...this.#others];
  }
}

/**
 * Finds an attempt by its run and task; of each task it holds one. Most runs have few attempts on their way at a time, often
 * one, so a run has a map of its own only from its second attempt on: making one costs more than the rest of a dispatch.
 */
interface Indexed {
  readonly message: { readonly runId: string; readonly task: string };
}

export class AttemptIndex<Attempt extends Indexed> {
  readonly #runs = new Map<string, Attempt | Map<string, Attempt>>();

  /** How many runs it holds attempts of. */
  get runs(): number {
    return this.#runs.size;
  }

  get(runId: string, task: string): Attempt | undefined {
    const found = this.#runs.get(runId);
    if (found instanceof Map) return found.get(task);
    return found?.message.task === task ? found : undefined;
  }

  /** The index must not hold an attempt of this task yet. */
  add(attempt: Attempt): void {
    const { runId, task } = attempt.message;
    const found = this.#runs.get(runId);
    if (found === undefined) this.#runs.set(runId, attempt);
    else if (found instanceof Map) found.set(task, attempt);
    else {
      const both = new Map([[found.message.task, found]]);
      this.#runs.set(runId, both.set(task, attempt));
    }
  }

  /** The index must hold the attempt. */
  delete(attempt: Attempt): void {
    const { runId, task } = attempt.message;
    const found = this.#runs.get(runId);
    if (found instanceof Map) {
      found.delete(task);
      if (found.size > 0) return;
    }
    this.#runs.delete(runId);
  }

  *values(): Iterable<Attempt> {
    for (const found of this.#runs.values()) {
      if (found instanceof Map) yield* found.values();
      else yield found;
    }
  }

  /** Removes and returns all attempts of a run. */
  takeRun(runId: string): readonly Attempt[] {
    const found = this.#runs.get(runId);
    if (found === undefined) return [];
    this.#runs.delete(runId);
    return found instanceof Map ? [...found.values()] : [found];
  }
}

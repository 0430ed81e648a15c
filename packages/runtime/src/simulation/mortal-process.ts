/**
 * A process that can be killed between any two of its effects (P3). It sees the world through these ports; once it is
 * dead, nothing that it still does reaches the world, and nothing from the world reaches it.
 */
import type { Clock } from "../ports/clock.ts";
import type { TaskQueue } from "../ports/queue.ts";
import type { Store } from "../ports/store.ts";

export class MortalProcess {
  #effectsLeft: number;
  #isDead = false;

  /** @param lifetime after how many effects it dies; Infinity for never. */
  constructor(lifetime: number) {
    this.#effectsLeft = lifetime;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      setTimer: (dueAt, action) => clock.setTimer(dueAt, () => this.#ifAlive(action)),
      defer: (action) => clock.defer(() => this.#ifAlive(action)),
    };
  }

  store(store: Store): Store {
    const append: Store["append"] = (batch) => this.#effect(() => store.append(batch));
    const putPlan: Store["putPlan"] = (plan) => this.#effect(() => store.putPlan(plan));
    return {
      append,
      putPlan,
      getPlan: (hash) => store.getPlan(hash),
      getRun: (runId) => store.getRun(runId),
      listRuns: (query) => store.listRuns(query),
      readEvents: (runId, fromSeq) => store.readEvents(runId, fromSeq),
      putArtifact: (value) => store.putArtifact(value),
      getArtifact: (hash) => store.getArtifact(hash),
      prune: (settledBefore) => store.prune(settledBefore),
      close: () => Promise.resolve(),
    };
  }

  queue(queue: TaskQueue): TaskQueue {
    return {
      publish: (messages) => this.#effect(() => queue.publish(messages)),
      consume: (options, handle) =>
        queue.consume(options, async (message) => {
          if (this.#isDead) throw new Error("Nobody is there to take the message.");
          await handle(message);
        }),
      depth: (pool) => queue.depth(pool),
      close: () => Promise.resolve(),
    };
  }

  /** Dies before the effect, or after it and before it hears of it, when its time has come. */
  async #effect<T>(act: () => Promise<T>): Promise<T> {
    if (this.#spend()) return never();
    const result = await act();
    if (this.#spend()) return never();
    return result;
  }

  #spend(): boolean {
    this.#effectsLeft -= 1;
    if (this.#effectsLeft <= 0) this.#isDead = true;
    return this.#isDead;
  }

  #ifAlive(action: () => void): void {
    if (!this.#isDead) action();
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => {});
}

/** Watches that no attempt is lost for longer than is promised: messages vanish, and workers stand still. */
import type { TaskMessage } from "../ports/queue.ts";
import type { DurableRuns } from "./durable-runs.ts";
import { nameOf } from "./executions.ts";
import type { Rule } from "./rules.ts";
import type { Scenario } from "./scenario.ts";

export interface ResendingOptions {
  readonly scenario: Scenario;
  readonly durable: DurableRuns;
  readonly accuse: (rule: Rule, detail: string) => void;
  /** Whether the queue, or an agent, has the attempt. */
  readonly isHeld: (attempt: string) => boolean;
}

interface Published {
  readonly message: TaskMessage;
  times: number;
  /** Since when nobody is known to have it; null while somebody has. */
  lostSince: number | null;
}

/** The dispatcher's own settings, unless a scenario has others. */
const leaseMs = 15_000;
const redeliverAfterMs = 60_000;
/** How long it believes a queue whose depth says that nothing is lost: see `dispatcher.ts`. */
const patience = 8;
const lookEveryMs = 10_000;

export class Resending {
  readonly #options: ResendingOptions;
  readonly #published = new Map<string, Published>();
  #lookedAt = 0;

  constructor(options: ResendingOptions) {
    this.#options = options;
  }

  publishes(message: TaskMessage): void {
    const name = nameOf(message);
    const known = this.#published.get(name);
    if (known === undefined) this.#published.set(name, { message, times: 1, lostSince: null });
    else {
      known.times += 1;
      known.lostSince = null;
    }
  }

  /** The attempt is in line again, and not on its way. */
  forgets(attempt: string): void {
    this.#published.delete(attempt);
  }

  bury(): void {
    this.#published.clear();
  }

  lookAround(now: number): void {
    if (now - this.#lookedAt < lookEveryMs) return;
    this.#lookedAt = now;
    for (const [attempt, published] of this.#published) {
      if (!this.#isWanted(published.message)) this.#published.delete(attempt);
      else if (this.#options.isHeld(attempt)) published.lostSince = null;
      else if (published.lostSince === null) published.lostSince = now;
      else if (now - published.lostSince > this.#boundMs(published)) this.#options.accuse("resent", attempt);
    }
  }

  #isWanted({ runId, task: id, attempt }: TaskMessage): boolean {
    const task = this.#options.durable.task(runId, id);
    return task?.status === "running" && task.attempt === attempt;
  }

  #boundMs({ times }: Published): number {
    const lease = this.#options.scenario.dispatch.leaseMs ?? leaseMs;
    return redeliverAfterMs * patience * 2 ** (times - 1) + 2 * lease + lookEveryMs;
  }
}

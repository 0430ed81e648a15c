/**
 * Watches that what is outstanding in a run is carried on within the time that leases, polls, reviews and repetitions give:
 * counted from when nothing befalls anybody any more.
 */
import { type Command, outstanding } from "@mycroft/engine";
import { childRunId } from "../../child-runs.ts";
import type { TaskMessage } from "../../ports/queue.ts";
import { type DurableRuns, isSettled } from "../durable-runs.ts";
import { nameOf } from "../executions.ts";
import type { Rule } from "../rules.ts";
import type { LetterWatch } from "./letter-watch.ts";

export interface StuckWorkOptions {
  readonly durable: DurableRuns;
  readonly letters: LetterWatch;
  readonly accuse: (rule: Rule, detail: string) => void;
  /** Whether the queue, or an agent, has the attempt. */
  readonly isHeld: (attempt: string) => boolean;
  /** How long it may take until somebody carries on what was left to nobody. */
  readonly boundMs: number;
  readonly redeliverAfterMs: number;
}

const lookEveryMs = 10_000;
/** Of the time until an offer is due again, as stores have it. */
const mostDoublings = 6;

export class StuckWork {
  readonly #options: StuckWorkOptions;
  /** How often each attempt's offer was taken since it was due: with each time it is longer until it is due again. */
  readonly #taken = new Map<string, number>();
  /** Since when nobody has what is to be done. */
  #idleSince = new Map<string, number>();
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(options: StuckWorkOptions) {
    this.#options = options;
  }

  takes(messages: readonly TaskMessage[]): void {
    for (const message of messages) {
      const name = nameOf(message);
      this.#taken.set(name, (this.#taken.get(name) ?? 0) + 1);
    }
  }

  /** @param now in milliseconds since the epoch, when nothing befalls anybody any more. */
  lookAround(now: number): void {
    if (now - this.#lookedAt < lookEveryMs) return;
    this.#lookedAt = now;
    const idle = new Map<string, number>();
    for (const [what, boundMs] of this.#idle(now)) {
      const since = this.#idleSince.get(what) ?? now;
      idle.set(what, since);
      if (now - since > boundMs + lookEveryMs) this.#options.accuse("carriedOn", what);
    }
    this.#idleSince = idle;
  }

  /** What nobody does at the moment, and for how long that may be so. */
  *#idle(now: number): Iterable<readonly [string, number]> {
    const { durable, letters, boundMs } = this.#options;
    for (const { letter } of letters.kept()) yield [`letter ${letter.id} to ${letter.runId}`, boundMs];
    for (const run of durable.all()) {
      if (isSettled(run)) continue;
      for (const command of outstanding(run.state)) yield* this.#idleIn(run.header.runId, command, now);
    }
  }

  *#idleIn(runId: string, command: Command, now: number): Iterable<readonly [string, number]> {
    const { durable, letters, isHeld, boundMs, redeliverAfterMs } = this.#options;
    if (command.type === "setTimer" && command.dueAt < now) {
      yield [`timer ${command.timer} of ${runId}`, boundMs];
    } else if (command.type === "startChildRun") {
      const child = durable.get(childRunId(runId, command));
      if (child === undefined || isSettled(child)) yield [`child run of ${runId}/${command.task}`, boundMs];
    } else if (command.type === "startAttempt") {
      const name = nameOf({ runId, ...command });
      if (isHeld(name) || letters.tellsOf(name)) return;
      const times = Math.min(this.#taken.get(name) ?? 0, mostDoublings);
      yield [`attempt ${name}`, boundMs + redeliverAfterMs * 2 ** times];
    }
  }
}

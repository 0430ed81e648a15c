/**
 * The world outside of the mixed runs: people who decide, programs that send signals, somebody who retries what failed. It
 * hears of runs from the bus alone, and sends again after each restart, since it never knows what has arrived.
 */
import { asMycroftError, type ErrorCode } from "@mycroft/errors";
import type { Approval, Orchestrator, RunHeader, RunUpdate, Signal } from "@mycroft/runtime";
import { retryOf } from "./mixed-runs.ts";
import { announce } from "./work-messages.ts";

interface Sending extends Signal {
  readonly id: string;
  /** The task after which it is sent; as soon as the run has begun, unless given. */
  readonly after?: string;
}

/** By workflow. Of two signals of one name and key, the first one comes first. */
const signals: Readonly<Record<string, readonly Sending[]>> = {
  leaf: [{ id: "nudge", signal: "nudge", payload: "go on" }],
  people: [
    { id: "early", signal: "early", payload: { from: "afar" } },
    { id: "tick-1", signal: "tick", payload: 1 },
    { id: "tick-2", signal: "tick", payload: 2 },
    { id: "vote-a", signal: "vote", key: "a", payload: "aye" },
    { id: "vote-b", signal: "vote", key: "b", payload: "no", after: "prepare" },
  ],
};

const verdicts: Readonly<Record<string, readonly (Approval & { readonly task: string })[]>> = {
  middle: [{ task: "consent", verdict: "approve", by: "Ann" }],
  people: [
    { task: "yes", verdict: "approve", by: "Ann" },
    { task: "no", verdict: "reject", by: "Bob", comment: "not yet" },
  ],
};

export interface OutsideOptions {
  readonly orchestrator: Orchestrator;
  /** Starts a run with that id, unless there is one. */
  readonly retryOnce: (runId: string, retryId: string) => Promise<void>;
}

type RunName = Pick<RunHeader, "runId" | "workflow">;

export class Outside {
  readonly #options: OutsideOptions;
  /** What was sent, or decided, by this process. */
  readonly #done = new Set<string>();

  constructor(options: OutsideOptions) {
    this.#options = options;
  }

  /** Takes up a run that was there when the process began. */
  async meet(header: RunHeader): Promise<void> {
    if (header.status === "failed") await this.#retry(header);
    if (header.status === "running")
      await Promise.all([this.#send(header, () => true), this.#decide(header)]);
  }

  async hear(update: RunUpdate): Promise<void> {
    const { status, fromSeq, events } = update;
    if (status === "failed") await this.#retry(update);
    if (status !== "running") return;
    const isDue = ({ after }: Sending) =>
      after === undefined ? fromSeq === 0 : events.some(({ task }) => task === after);
    await Promise.all([this.#send(update, isDue), this.#decide(update)]);
  }

  async #send({ runId, workflow }: RunName, isDue: (sending: Sending) => boolean): Promise<void> {
    for (const sending of signals[workflow] ?? []) {
      if (!isDue(sending) || this.#done.has(`${runId} ${sending.id}`)) continue;
      this.#done.add(`${runId} ${sending.id}`);
      const { after: _, ...signal } = sending;
      const sent = await accepted(this.#options.orchestrator.signal(runId, signal), ["RUN_SETTLED"]);
      if (sent) announce({ type: "signal", runId, id: sending.id });
    }
  }

  async #decide({ runId, workflow }: RunName): Promise<void> {
    for (const approval of verdicts[workflow] ?? []) {
      const { task } = approval;
      if (this.#done.has(`${runId} ${task}`)) continue;
      const decision = this.#options.orchestrator.decide(runId, approval);
      if (!(await accepted(decision, ["TASK_NOT_WAITING", "RUN_SETTLED"]))) continue;
      this.#done.add(`${runId} ${task}`);
      announce({ type: "verdict", runId, task });
    }
  }

  async #retry({ runId, workflow }: RunName): Promise<void> {
    const retryId = retryOf(runId, workflow);
    if (retryId === null || this.#done.has(retryId)) return;
    this.#done.add(retryId);
    await this.#options.retryOnce(runId, retryId);
    announce({ type: "start", runId: retryId });
  }
}

/**
 * Whether it was; false when it was refused for one of these reasons, or nobody knows, since the store failed or the process
 * shut down before it was stored.
 */
export async function accepted(work: Promise<unknown>, reasons: readonly ErrorCode[]): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (thrown) {
    const { code, retryable } = asMycroftError(thrown);
    if (code === "STORE_CLOSED" || retryable || reasons.includes(code)) return false;
    throw thrown;
  }
}

/**
 * What a dispatcher owes, in the plainest words: a list of attempts, searched anew each time. What depends on when its sweeps
 * come is not foretold, but held against the stated bounds.
 */
import assert from "node:assert/strict";
import type { TaskMessage } from "../../ports/queue.ts";

export interface ModelAttempt {
  readonly runId: string;
  readonly task: string;
  readonly attempt: number;
  readonly pool: string;
  /** Least is first; of equal order, the earlier submission. */
  readonly order: number;
  state: "waiting" | "queued" | "claimed";
  worker: string | null;
  /** When its message was sent, or its lease taken or renewed, by the time that has elapsed. */
  since: number;
  wasRefused: boolean;
  /** For how long the process has stood still since then. */
  stalledMs: number;
}

type Submitted = Pick<ModelAttempt, "runId" | "task" | "attempt" | "pool" | "order">;

export interface ModelSettings {
  readonly slots: ReadonlyMap<string, number>;
  readonly leaseMs: number;
  readonly redeliverAfterMs: number;
}

export class DispatchModel {
  readonly #settings: ModelSettings;
  /** In the order of their submission. */
  #attempts: ModelAttempt[] = [];
  /** What has got a slot and must come out of the dispatcher next, for each pool in this order. */
  #due: ModelAttempt[] = [];

  constructor(settings: ModelSettings) {
    this.#settings = settings;
  }

  get attempts(): readonly ModelAttempt[] {
    return this.#attempts;
  }

  submit(attempt: Submitted, elapsed: number): void {
    const known = this.#attempts.find((one) => one.runId === attempt.runId && one.task === attempt.task);
    if (known !== undefined && known.attempt >= attempt.attempt) return;
    if (known !== undefined) this.remove((one) => one === known, elapsed);
    this.#attempts.push({ ...attempt, ...sentAt(elapsed), state: "waiting", worker: null });
    this.#admit(elapsed);
  }

  remove(isRemoved: (attempt: ModelAttempt) => boolean, elapsed: number): void {
    this.#attempts = this.#attempts.filter((one) => !isRemoved(one));
    this.#due = this.#due.filter((one) => !isRemoved(one));
    this.#admit(elapsed);
  }

  /** Whether the claim is granted. */
  claim({ runId, task, attempt }: TaskMessage, worker: string, elapsed: number): boolean {
    const found = this.#find(runId, task, attempt);
    if (found === undefined || found.state === "waiting") return false;
    if (found.state === "claimed" && found.worker !== worker) return false;
    Object.assign(found, { ...sentAt(elapsed), state: "claimed", worker });
    this.#due = this.#due.filter((one) => one !== found);
    return true;
  }

  renew(worker: string, renewed: readonly ModelAttempt[], elapsed: number): void {
    for (const one of renewed) if (one.worker === worker) Object.assign(one, sentAt(elapsed));
  }

  stall(forMs: number): void {
    for (const one of this.#attempts) one.stalledMs += forMs;
  }

  handBack(attempt: ModelAttempt, worker: string, elapsed: number): void {
    if (attempt.worker !== worker) return;
    Object.assign(attempt, { ...sentAt(elapsed), state: "queued", worker: null });
  }

  /** A message came out of the dispatcher. */
  isSent({ runId, task, attempt }: TaskMessage, elapsed: number, isRefused: boolean): void {
    const sent = this.#find(runId, task, attempt);
    assert.ok(sent !== undefined, `${runId}/${task}#${attempt} was released, or never submitted`);
    const { leaseMs, redeliverAfterMs } = this.#settings;
    const forMs = elapsed - sent.since;
    const due = this.#due.find((one) => one.pool === sent.pool);
    if (this.#due.includes(sent)) assert.equal(sent, due, "out of order");
    else if (sent.state === "claimed")
      assert.ok(forMs >= leaseMs, `its worker was silent for ${forMs} ms only`);
    else if (!sent.wasRefused) assert.ok(forMs >= redeliverAfterMs, `sent again after ${forMs} ms`);
    assert.notEqual(sent.state, "waiting", "it has no slot");
    this.#due = this.#due.filter((one) => one !== sent);
    Object.assign(sent, { ...sentAt(elapsed), state: "queued", worker: null, wasRefused: isRefused });
  }

  /** To be called when the dispatcher has sent all that it was going to. */
  check(
    usage: readonly { readonly pool: string; readonly inUse: number; readonly waiting: number }[],
    elapsed: number,
  ): void {
    assert.deepEqual(
      this.#due.map(({ task }) => task),
      [],
      "these have a slot and were not published",
    );
    const { slots, leaseMs } = this.#settings;
    for (const one of this.#attempts) {
      if (one.state !== "claimed") continue;
      assert.ok(
        elapsed - one.since - one.stalledMs <= (leaseMs * 4) / 3,
        `${one.task} is held by a dead worker`,
      );
    }
    const pools = new Set([...slots.keys(), ...this.#attempts.map(({ pool }) => pool)]);
    const expected = [...pools].map((pool) => {
      const mine = this.#attempts.filter((one) => one.pool === pool);
      const waiting = mine.filter((one) => one.state === "waiting").length;
      return { pool, inUse: mine.length - waiting, waiting };
    });
    const byName = (left: { readonly pool: string }, right: { readonly pool: string }) =>
      left.pool < right.pool ? -1 : 1;
    const told = usage.map(({ pool, inUse, waiting }) => ({ pool, inUse, waiting }));
    assert.deepEqual(told.toSorted(byName), expected.toSorted(byName));
    for (const { pool, inUse } of told) assert.ok(inUse <= (slots.get(pool) ?? 0));
  }

  #find(runId: string, task: string, attempt: number): ModelAttempt | undefined {
    return this.#attempts.find((one) => one.runId === runId && one.task === task && one.attempt === attempt);
  }

  #admit(elapsed: number): void {
    for (const [pool, slots] of this.#settings.slots) {
      for (;;) {
        const mine = this.#attempts.filter((one) => one.pool === pool);
        const waiting = mine.filter((one) => one.state === "waiting");
        const [next] = waiting.toSorted((left, right) => left.order - right.order);
        if (next === undefined || mine.length - waiting.length >= slots) break;
        Object.assign(next, { ...sentAt(elapsed), state: "queued" });
        this.#due.push(next);
      }
    }
  }
}

function sentAt(elapsed: number) {
  return { since: elapsed, stalledMs: 0, wasRefused: false };
}

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import type { TaskMessage } from "../ports/queue.ts";
import { ProcessClock } from "../simulation/process-clock.ts";
import { VirtualClock } from "../simulation/virtual-clock.ts";
import { Dispatcher } from "./dispatcher.ts";
import { DispatchModel, type ModelAttempt } from "./testing/dispatch-model.ts";
import { TestQueue } from "./testing/test-queue.ts";

const leaseMs = 3_000;
const redeliverAfterMs = 10_000;
const ageingMs = 2_000;
const slots = new Map([
  ["default", Number.POSITIVE_INFINITY],
  ["one", 1],
  ["three", 3],
]);

const runId = fc.constantFrom("r1", "r2", "r3");
const task = fc.constantFrom("a", "b", "c", "d", "e");
const worker = fc.constantFrom("w1", "w2");
/** Which of those that there are, whatever their number. */
const pick = fc.nat(1_000);

const change = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("submit" as const),
      runId,
      task,
      attempt: fc.integer({ min: 1, max: 3 }),
      pool: fc.constantFrom("default", "one", "one", "three", "undeclared"),
      priority: fc.integer({ min: -3, max: 3 }),
      ageMs: fc.integer({ min: -2_000, max: 8_000 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ type: fc.constant("take" as const), pick, worker }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("repeat" as const), pick }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("release" as const), pick }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("releaseAny" as const),
      runId,
      task,
      attempt: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("releaseRun" as const), runId }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("handBack" as const), pick, worker }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("renew" as const), worker, forgets: pick }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("pass" as const),
      ms: fc.oneof(fc.nat(500), fc.nat(leaseMs), fc.nat(2 * redeliverAfterMs)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("stall" as const), ms: fc.nat(60_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("jump" as const),
      byMs: fc.integer({ min: -100_000, max: 100_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("fault" as const),
      fault: fc.constantFrom("lose" as const, "refuse" as const),
    }),
  },
);
type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

/** A dispatcher and the model of it, in step. */
class Pair {
  readonly #world = new VirtualClock(Date.UTC(2010, 1, 26));
  readonly #clock = new ProcessClock(this.#world);
  readonly #queue = new TestQueue();
  readonly #model = new DispatchModel({ slots, leaseMs, redeliverAfterMs });
  readonly #dispatcher = new Dispatcher({
    clock: this.#clock,
    queue: this.#queue,
    settings: { pools: { one: { slots: 1 }, three: { slots: 3 } }, leaseMs, redeliverAfterMs, ageingMs },
  });
  readonly #everSent: TaskMessage[] = [];

  constructor() {
    this.#queue.onPublication = (messages, isRefused) => {
      for (const message of messages) this.#model.isSent(message, this.#elapsed, isRefused);
      this.#everSent.push(...messages);
    };
  }

  async go(change: Change): Promise<void> {
    this.#do(change);
    await this.#settle();
    this.#model.check(this.#dispatcher.usage(), this.#elapsed);
  }

  /** When workers do what they should, everything that has a pool is executed, whatever was lost before. */
  async finish(): Promise<void> {
    this.#queue.next = "keep";
    for (let round = 0; round < 12; round += 1) {
      for (let taken = this.#queue.takeAll(); taken.length > 0; taken = this.#queue.takeAll()) {
        for (const message of taken) this.#execute(message);
        await this.#settle();
      }
      await this.#pass(redeliverAfterMs);
    }
    const left = this.#model.attempts.filter((one) => slots.has(one.pool));
    assert.deepEqual(left, []);
    this.#model.check(this.#dispatcher.usage(), this.#elapsed);
  }

  get #elapsed(): number {
    return this.#world.elapsed();
  }

  #do(change: Change): void {
    const { attempts } = this.#model;
    switch (change.type) {
      case "submit":
        this.#submit(change);
        break;
      case "take": {
        const [message] = this.#queue.waiting.splice(
          change.pick % Math.max(1, this.#queue.waiting.length),
          1,
        );
        if (message !== undefined) this.#claim(message, change.worker);
        break;
      }
      case "repeat": {
        const message = this.#everSent[change.pick % Math.max(1, this.#everSent.length)];
        if (message !== undefined) this.#queue.waiting.push(message);
        break;
      }
      case "release": {
        const one = attempts[change.pick % Math.max(1, attempts.length)];
        if (one !== undefined) this.#release(one);
        break;
      }
      case "releaseAny":
        this.#release(change);
        break;
      case "releaseRun":
        this.#dispatcher.releaseRun(change.runId);
        this.#model.remove((one) => one.runId === change.runId, this.#elapsed);
        break;
      case "handBack":
        this.#handBack(attempts[change.pick % Math.max(1, attempts.length)], change.worker);
        break;
      case "renew":
        this.#renew(change.worker, change.forgets);
        break;
      case "pass":
        this.#world.advanceTo(this.#world.now() + change.ms);
        break;
      case "stall":
        this.#stall(change.ms);
        break;
      case "jump":
        this.#clock.jump(change.byMs);
        break;
      case "fault":
        this.#queue.next = change.fault;
    }
  }

  #submit(given: Extract<Change, { type: "submit" }>): void {
    const { runId, task, attempt, pool, priority, ageMs } = given;
    const target = { kind: "function", name: "f" } as const;
    this.#dispatcher.submit(
      { header: { runId } },
      { task, attempt, target, pool, priority },
      this.#clock.now() - ageMs,
    );
    const order = this.#elapsed - Math.max(0, ageMs) - priority * ageingMs;
    this.#model.submit({ runId, task, attempt, pool, order }, this.#elapsed);
  }

  #claim(message: TaskMessage, worker: string): boolean {
    const expected = this.#model.claim(message, worker, this.#elapsed);
    const { runId, task, attempt } = message;
    assert.equal(this.#dispatcher.claim(runId, task, attempt, worker), expected);
    return expected;
  }

  #release(of: Pick<TaskMessage, "runId" | "task" | "attempt">): void {
    const { runId, task, attempt } = of;
    this.#dispatcher.release(runId, task, attempt);
    this.#model.remove(
      (one) => one.runId === runId && one.task === task && one.attempt === attempt,
      this.#elapsed,
    );
  }

  #handBack(one: ModelAttempt | undefined, worker: string): void {
    if (one === undefined) return;
    this.#dispatcher.handBack(one.runId, one.task, one.attempt, worker);
    this.#model.handBack(one, worker, this.#elapsed);
  }

  /** Names what the worker holds but for some, and some that it does not hold. */
  #renew(worker: string, forgets: number): void {
    const named = this.#model.attempts.filter((_, index) => index !== forgets % 7);
    this.#dispatcher.renew(worker, named);
    this.#model.renew(worker, named, this.#elapsed);
  }

  #stall(forMs: number): void {
    this.#world.stall(forMs);
    this.#model.stall(forMs);
  }

  #execute(message: TaskMessage): void {
    if (this.#claim(message, "diligent")) this.#release(message);
  }

  async #pass(forMs: number): Promise<void> {
    this.#world.advanceTo(this.#world.now() + forMs);
    await this.#settle();
  }

  /** Whatever follows without time passing has happened then. */
  async #settle(): Promise<void> {
    this.#dispatcher.flush();
    for (let turn = 0; turn < 3; turn += 1) {
      this.#world.advanceTo(this.#world.now());
      await setImmediate();
    }
  }
}

describe("Dispatcher, held against a model", () => {
  it("hands out what it should, in order, as often as it should, whatever happens in which order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 100, size: "max" }), async (changes) => {
        const pair = new Pair();
        for (const one of changes) await pair.go(one);
        await pair.finish();
      }),
      { numRuns: 200 },
    );
  });
});

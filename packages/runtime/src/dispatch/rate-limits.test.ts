import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { TaskMessage } from "../ports/queue.ts";
import { VirtualClock } from "../simulation/virtual-clock.ts";
import { Dispatcher } from "./dispatcher.ts";
import { openDispatcher as open } from "./testing/open-dispatcher.ts";
import { TestQueue } from "./testing/test-queue.ts";

const llm = { target: { kind: "agent", name: "llm" } } as const;
/** One call each second. */
const settings = {
  pools: { narrow: { slots: 1 }, other: { slots: 1 } },
  rateLimits: { llm: { calls: 60, perMs: 60_000 } },
};

describe("Dispatcher: rate limits", () => {
  it("spaces the calls of a limited agent evenly, from one interval after the start on, and only its", async () => {
    const { submit, submitAll, published, claim, release, pass } = open(settings);
    submitAll("abc", llm);
    submit("f", { target: { kind: "function", name: "llm" } });
    submitAll("g", { target: { kind: "agent", name: "free" } });
    assert.equal(await published(), "fg");
    await pass(999);
    assert.equal(await published(), "");
    await pass(1);
    assert.equal(await published(), "a");
    assert.ok(claim("a"));
    release("a");
    await pass(999);
    assert.equal(await published(), "");
    await pass(1);
    assert.equal(await published(), "b");
    await pass(700);
    assert.equal(await published(), "", "b has not been claimed");
    assert.ok(claim("b"));
    await pass(999);
    assert.equal(await published(), "");
    await pass(1);
    assert.equal(await published(), "c");
  });

  it("who waits for an agent holds no slot, and holds up nobody else in the pool", async () => {
    const { submitAll, published, claim, release, pass, usage } = open(settings);
    submitAll("ab", { ...llm, pool: "narrow", priority: 100 });
    submitAll("xy", { pool: "narrow" });
    assert.equal(await published(), "x");
    assert.deepEqual(usage("narrow"), [1, 1, 3]);
    await pass(5_000);
    assert.equal(await published(), "", "the agent may be called, but there is no slot");
    release("x");
    assert.equal(await published(), "a", "of those that may start, the first in order");
    assert.ok(claim("a"));
    release("a");
    assert.equal(await published(), "y", "b waits for the agent");
    submitAll("z", { pool: "narrow" });
    await pass(1_000);
    release("y");
    assert.equal(await published(), "b");
  });

  it("an agent's attempts in a pool that is full hold up none of its attempts in others", async () => {
    const { submitAll, published, release, pass } = open(settings);
    submitAll("x", { pool: "narrow" });
    submitAll("a", { ...llm, pool: "narrow", priority: 100 });
    submitAll("bc", { ...llm, pool: "other" });
    assert.equal(await published(), "x");
    await pass(1_000);
    assert.equal(await published(), "b");
    release("b");
    assert.equal(await published(), "c", "nobody called the agent, so the next may go at once");
    release("c");
    release("x");
    assert.equal(await published(), "a");
  });

  it("an agent that may be called again goes to the first in order of all pools", async () => {
    const { submitAll, published, pass } = open(settings);
    submitAll("a", { ...llm, pool: "narrow" });
    submitAll("b", { ...llm, pool: "other", priority: 1 });
    await pass(1_000);
    assert.equal(await published(), "b");
  });

  it("refuses a claim that comes too soon, and takes the attempt back into the line without a slot", async () => {
    const { submitAll, published, claim, pass, usage } = open(settings);
    submitAll("abc", llm);
    await pass(1_000);
    assert.equal(await published(), "a");
    // No worker comes for a while, so others are sent after it, one by one.
    await pass(30_000);
    assert.equal(await published(), "bc");
    assert.ok(claim("b"));
    assert.equal(claim("a"), false);
    assert.equal(claim("c"), false);
    assert.deepEqual(usage("default"), [null, 1, 2]);
    assert.equal(await published(), "");
    await pass(1_000);
    assert.equal(await published(), "a");
    assert.ok(claim("a"));
  });

  it("gives the slot of an attempt that comes too soon to the next in line", async () => {
    const { dispatcher, submitAll, published, claim, pass, usage } = open(settings);
    submitAll("a", { ...llm, pool: "narrow" });
    await pass(1_000);
    assert.equal(await published(), "a");
    submitAll("x", { pool: "narrow" });
    assert.ok(claim("a"));
    dispatcher.handBack("run", "a", 1, "w1");
    assert.equal(claim("a"), false);
    assert.deepEqual(usage("narrow"), [1, 1, 1]);
    assert.equal(await published(), "x");
  });

  it("counts an execution after a worker's death, or after a handed back message, as another call", async () => {
    const { dispatcher, submitAll, published, claim, pass } = open(settings);
    submitAll("ab", llm);
    await pass(1_000);
    assert.equal(await published(), "a");
    assert.ok(claim("a"));
    dispatcher.handBack("run", "a", 1, "w1");
    assert.equal(claim("a"), false);
    await pass(1_000);
    assert.equal(await published(), "a");
    assert.ok(claim("a"));
    await pass(25_000);
    assert.equal(await published(), "ba", "b, and a again, since its worker is silent");
    assert.ok(claim("a"));
    assert.equal(claim("b"), false);
  });

  it("a released attempt leaves its turn to the next at once, claimed or not", async () => {
    const { submitAll, published, claim, release, pass } = open(settings);
    submitAll("abcd", llm);
    release("b");
    await pass(1_000);
    assert.equal(await published(), "a");
    release("a");
    assert.equal(await published(), "c");
    assert.ok(claim("c"));
    release("c");
    assert.equal(await published(), "");
    await pass(1_000);
    assert.equal(await published(), "d");
  });

  it("never more than `calls` in any window of `perMs`, whatever comes when, also across restarts; all get through", async () => {
    const limitArbitrary = fc.record({
      calls: fc.integer({ min: 1, max: 10 }),
      perMs: fc.integer({ min: 100, max: 3_000 }),
    });
    const step = fc.record({
      waitMs: fc.oneof(fc.constant(0), fc.nat(50), fc.nat(3_000)),
      submits: fc.nat(4),
      pool: fc.constantFrom("default", "narrow", "other"),
      isLimited: fc.boolean(),
      takes: fc.constantFrom("all", "all", "some", "none"),
      outcome: fc.constantFrom("released", "released", "released", "held", "handed back"),
      restart: fc.nat(15).map((roll) => roll === 0),
    });
    await fc.assert(
      fc.asyncProperty(limitArbitrary, fc.array(step, { maxLength: 60 }), async (limit, steps) => {
        const world = new World(limit);
        for (const one of steps) await world.go(one);
        await world.finish();
        world.check();
      }),
      { numRuns: 150 },
    );
  });
});

interface WorldStep {
  readonly waitMs: number;
  readonly submits: number;
  readonly pool: string;
  readonly isLimited: boolean;
  readonly takes: string;
  readonly outcome: string;
  readonly restart: boolean;
}

/** Submits, workers and restarts around a dispatcher with one limited agent; it keeps the times of that agent's calls. */
class World {
  readonly #limit: { readonly calls: number; readonly perMs: number };
  readonly #clock = new VirtualClock(0);
  readonly #calls: number[] = [];
  readonly #open = new Map<string, { readonly pool: string; readonly isLimited: boolean }>();
  #held: TaskMessage[] = [];
  #queue = new TestQueue();
  #dispatcher: Dispatcher;
  #submitted = 0;

  constructor(limit: { readonly calls: number; readonly perMs: number }) {
    this.#limit = limit;
    this.#dispatcher = this.#start();
  }

  async go({ waitMs, submits, pool, isLimited, takes, outcome, restart }: WorldStep): Promise<void> {
    await this.#pass(waitMs);
    if (restart) {
      // What was sent to the queue stays there; who executes something goes on, and is heard of no more.
      this.#dispatcher.stop();
      this.#held = [];
      this.#dispatcher = this.#start();
      for (const [task, of] of this.#open) this.#submit(task, of);
    }
    for (let count = 0; count < submits; count += 1) {
      this.#submitted += 1;
      this.#open.set(`t${this.#submitted}`, { pool, isLimited });
      this.#submit(`t${this.#submitted}`, { pool, isLimited });
    }
    this.#dispatcher.flush();
    for (const message of takes === "none" ? [] : this.#queue.takeAll()) {
      if (takes === "some" && message.task.endsWith("7")) this.#queue.waiting.push(message);
      else this.#take(message, outcome);
    }
    // The order of what waits may be anything, but a slot is free only when nobody waits who could start.
    for (const { slots, inUse } of this.#dispatcher.usage()) assert.ok(inUse <= (slots ?? inUse));
  }

  /** With workers at hand, everything is executed in the time that its calls need. */
  async finish(): Promise<void> {
    for (const held of this.#held) this.#end(held);
    const { calls, perMs } = this.#limit;
    // Lost leases and messages that are overdue come in time; each call then needs an interval, and a timer's millisecond.
    const enoughMs = 120_000 + (this.#open.size + 2) * (perMs / calls + 2);
    for (let passed = 0; passed < enoughMs && this.#open.size > 0; passed += 50) {
      for (const message of this.#queue.takeAll()) this.#take(message, "released");
      await this.#pass(50);
    }
    assert.deepEqual([...this.#open.keys()], []);
  }

  check(): void {
    const { calls, perMs } = this.#limit;
    for (const [index, at] of this.#calls.entries()) {
      const later = this.#calls[index + calls];
      assert.ok(later === undefined || later - at >= perMs, `calls at ${this.#calls.join(", ")}`);
    }
  }

  #start(): Dispatcher {
    return new Dispatcher({
      clock: this.#clock,
      queue: this.#queue,
      settings: {
        pools: { narrow: { slots: 1 }, other: { slots: 3 } },
        rateLimits: { llm: this.#limit },
      },
    });
  }

  #submit(task: string, { pool, isLimited }: { readonly pool: string; readonly isLimited: boolean }): void {
    const target = { kind: "agent", name: isLimited ? "llm" : "free" } as const;
    this.#dispatcher.submit(
      { header: { runId: "run" } },
      { task, attempt: 1, target, pool },
      this.#clock.now(),
    );
  }

  #take(message: TaskMessage, outcome: string): void {
    const { runId, task, attempt } = message;
    if (!this.#dispatcher.claim(runId, task, attempt, "w")) return;
    if (this.#open.get(task)?.isLimited === true) this.#calls.push(this.#clock.elapsed());
    if (outcome === "released") this.#end(message);
    else if (outcome === "held") this.#held.push(message);
    else {
      this.#dispatcher.handBack(runId, task, attempt, "w");
      this.#queue.waiting.push(message);
    }
  }

  #end({ runId, task, attempt }: TaskMessage): void {
    this.#open.delete(task);
    this.#dispatcher.release(runId, task, attempt);
  }

  async #pass(forMs: number): Promise<void> {
    this.#clock.advanceTo(this.#clock.now() + forMs);
    for (let turn = 0; turn < 4; turn += 1) await null;
    this.#clock.advanceTo(this.#clock.now());
  }
}

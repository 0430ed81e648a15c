import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import type { DispatchSettings } from "./dispatch-settings.ts";
import { openDispatcher as open, taskOf } from "./testing/open-dispatcher.ts";

const twoSlots: DispatchSettings = { pools: { narrow: { slots: 2 } } };
const narrow = { pool: "narrow" };

describe("Dispatcher: slots", () => {
  it("publishes what is submitted in one turn in one call, and not before", async () => {
    const { dispatcher, queue, submit } = open();
    for (const task of ["a", "b", "c"]) submit(task);
    assert.equal(queue.publications.length, 0);
    dispatcher.flush();
    assert.deepEqual(
      queue.publications.map((messages) => messages.map(taskOf).join("")),
      ["abc"],
    );
    dispatcher.flush();
    assert.equal(queue.publications.length, 1);
  });

  it("never has more of a pool in flight than it has slots; the pool default has no limit unless given", async () => {
    const { submitAll, published, claim, release, usage } = open(twoSlots);
    submitAll("abcde", narrow);
    submitAll("vwxyz");
    assert.equal(await published(), "abvwxyz");
    assert.deepEqual(usage("narrow"), [2, 2, 3]);
    assert.deepEqual(usage("default"), [null, 5, 0]);
    assert.ok(claim("a"));
    assert.equal(await published(), "", "a claim keeps the slot");
    release("a");
    assert.equal(await published(), "c");
    const limited = open({ pools: { default: { slots: 1 } } });
    limited.submitAll("ab");
    assert.equal(await limited.published(), "a");
    assert.deepEqual(limited.usage("default"), [1, 1, 1]);
  });

  it("frees a slot once, however often its attempt is released, or claimed afterwards", async () => {
    const { submitAll, published, claim, release, usage } = open(twoSlots);
    submitAll("abcde", narrow);
    assert.equal(await published(), "ab");
    release("a");
    release("a");
    release("a", 2);
    assert.equal(claim("a"), false);
    release("nobody");
    assert.equal(await published(), "c");
    assert.deepEqual(usage("narrow"), [2, 2, 2]);
  });

  it("E11 takes what is released out of the line, and publishes nothing of a run that is released", async () => {
    const { dispatcher, submit, submitAll, published, release, usage } = open(twoSlots);
    submitAll("abc", narrow);
    submit("d", { ...narrow, runId: "other" });
    dispatcher.flush();
    assert.equal(await published(), "ab");
    release("c");
    assert.deepEqual(usage("narrow"), [2, 2, 1]);
    submitAll("efgh", narrow);
    dispatcher.releaseRun("run");
    assert.equal(await published(), "d");
    assert.deepEqual(usage("narrow"), [2, 1, 0]);
    dispatcher.releaseRun("run");
    assert.deepEqual(usage("narrow"), [2, 1, 0]);
  });

  it("E11 does not publish what is released in the turn in which it was submitted", async () => {
    const { dispatcher, submit, release, published } = open();
    submit("a");
    submit("b");
    release("a");
    dispatcher.flush();
    assert.equal(await published(), "b");
  });

  it("E10 a newer attempt takes the older one's place, an older or equal one changes nothing", async () => {
    const { submitAll, published, claim, usage } = open(twoSlots);
    submitAll("a", narrow);
    assert.ok(claim("a"));
    submitAll("a", { ...narrow, attempt: 2 });
    submitAll("a", { ...narrow, attempt: 2 });
    submitAll("a", narrow);
    assert.equal(await published(), "aa2");
    assert.deepEqual(usage("narrow"), [2, 1, 0]);
    assert.equal(claim("a"), false, "under a newer token");
    assert.ok(claim("a", "w2", 2));
  });

  it("P4 lets one worker at a time have an attempt: a message that comes twice is claimed once", () => {
    const { submit, dispatcher, claim } = open(twoSlots);
    submit("a", narrow);
    dispatcher.flush();
    assert.ok(claim("a", "w1"));
    assert.equal(claim("a", "w2"), false);
    assert.ok(claim("a", "w1"), "it may have handed its message back, and have it again");
  });

  it("does not hand out what waits in line, though an old message for it may come", () => {
    const { submitAll, claim } = open(twoSlots);
    submitAll("abc", narrow);
    assert.equal(claim("c"), false);
  });

  it("a worker that hands an attempt back leaves it to others at once; only the holder can", () => {
    const { dispatcher, submitAll, claim } = open();
    submitAll("a");
    assert.ok(claim("a", "w1"));
    dispatcher.handBack("run", "a", 1, "w2");
    assert.equal(claim("a", "w2"), false);
    dispatcher.handBack("run", "a", 1, "w1");
    assert.ok(claim("a", "w2"));
    assert.equal(claim("a", "w1"), false);
  });

  it("P8 has no timer while nothing is in flight, and none after it is stopped", async () => {
    const { dispatcher, world, submit, submitAll, release, published, pass } = open({
      rateLimits: { llm: { calls: 1, perMs: 60_000 } },
    });
    assert.equal(world.timers, 0);
    submitAll("ab");
    await published();
    assert.equal(world.timers, 1, "one sweep for all");
    release("a");
    release("b");
    await pass(5_000);
    assert.equal(world.timers, 0);
    submitAll("c");
    submit("d", { target: { kind: "agent", name: "llm" } });
    dispatcher.flush();
    assert.equal(world.timers, 2);
    dispatcher.stop();
    assert.equal(world.timers, 0);
    submit("e");
    dispatcher.flush();
    assert.equal(await published(), "c");
  });
});

describe("Dispatcher: pools that nobody declared", () => {
  it("POOL_UNKNOWN is for who asks before a run starts, with the pools that there are", () => {
    const { dispatcher } = open(twoSlots);
    dispatcher.requirePool("default");
    dispatcher.requirePool("narrow");
    assert.throws(
      () => dispatcher.requirePool("gpu"),
      (thrown: unknown) =>
        thrown instanceof MycroftError &&
        thrown.code === "POOL_UNKNOWN" &&
        /"gpu".*default, narrow/.test(thrown.message),
    );
  });

  it("a recorded attempt of such a pool waits and is reported once, and stops nobody else", async () => {
    const { dispatcher, submitAll, published, errors, usage } = open();
    submitAll("ab", { pool: "gone" });
    submitAll("c");
    assert.equal(await published(), "c");
    assert.deepEqual(usage("gone"), [0, 0, 2]);
    assert.deepEqual(
      errors.map((error) => [error.code, error.details?.["pool"]]),
      [["POOL_UNKNOWN", "gone"]],
    );
    assert.throws(() => dispatcher.requirePool("gone"), { code: "POOL_UNKNOWN" });
    dispatcher.releaseRun("run");
    assert.equal(usage("gone"), null);
  });

  it("P7 refuses settings out of range, naming the field and its limits", () => {
    const bad: readonly (readonly [DispatchSettings, string])[] = [
      [{ pools: { p: { slots: 0 } } }, "pools.p.slots"],
      [{ pools: { p: { slots: 100_001 } } }, "pools.p.slots"],
      [{ pools: { p: { slots: 1.5 } } }, "pools.p.slots"],
      [{ rateLimits: { a: { calls: 0, perMs: 1_000 } } }, "rateLimits.a.calls"],
      [{ rateLimits: { a: { calls: 1, perMs: Number.NaN } } }, "rateLimits.a.perMs"],
      [{ ageingMs: 0 }, "ageingMs"],
      [{ leaseMs: 99 }, "leaseMs"],
      [{ redeliverAfterMs: Number.POSITIVE_INFINITY }, "redeliverAfterMs"],
    ];
    for (const [settings, field] of bad) {
      assert.throws(
        () => open(settings),
        (thrown: unknown) =>
          thrown instanceof MycroftError &&
          thrown.code === "INPUT_INVALID" &&
          thrown.details?.["field"] === field &&
          thrown.message.startsWith(field),
      );
    }
  });
});

describe("Dispatcher: order", () => {
  const oneSlot: DispatchSettings = { pools: { narrow: { slots: 1 } } };

  it("a step of priority is worth ageingMs of waiting", async () => {
    const { submitAll, oneByOne, clock } = open({ ...oneSlot, ageingMs: 10_000 });
    submitAll("x", narrow);
    const now = clock.now();
    submitAll("a", { ...narrow, readyAt: now - 5_000 });
    submitAll("b", { ...narrow, readyAt: now, priority: 1 });
    submitAll("c", { ...narrow, readyAt: now - 15_000 });
    submitAll("d", { ...narrow, readyAt: now - 5_000 });
    submitAll("e", { ...narrow, readyAt: now - 20_000, priority: -1 });
    assert.equal(await oneByOne(), "xcbead");
  });

  it("nobody starves: what is lowest is overtaken for a limited time only, however many more come", async () => {
    const { submitAll, published, release, pass } = open({ ...oneSlot, ageingMs: 1_000 });
    submitAll("x", narrow);
    await published();
    submitAll("l", { ...narrow, priority: -100 });
    let current = "x";
    let turns = 0;
    while (current !== "l") {
      submitAll(turns % 2 === 0 ? "y" : "z", { ...narrow, priority: 100 });
      await pass(1_000);
      release(current);
      current = await published();
      turns += 1;
      assert.ok(turns <= 201, "its 200 steps are worth 200 s");
    }
    assert.equal(turns, 201);
  });

  it("setting the machine's clock changes nothing for what waits already", async () => {
    const { submitAll, oneByOne, clock } = open({ ...oneSlot, ageingMs: 60_000 });
    submitAll("x", narrow);
    submitAll("a", narrow);
    clock.jump(-365 * 86_400_000);
    submitAll("b", narrow);
    clock.jump(2 * 365 * 86_400_000);
    submitAll("c", narrow);
    assert.equal(await oneByOne(), "xabc");
  });

  it("messages carry their place in that order to the queue, where a pool has no limit", async () => {
    const { submitAll, published, pass, clock } = open({ ageingMs: 10_000 });
    submitAll("a");
    submitAll("b", { priority: 1 });
    await pass(9_000);
    submitAll("c", { priority: 1 });
    submitAll("d", { priority: -1 });
    submitAll("e", { readyAt: clock.now() - 11_000 });
    assert.equal(await published(), "becad");
  });
});

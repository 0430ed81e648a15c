import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openDispatcher as open } from "./testing/open-dispatcher.ts";

const leaseMs = 15_000;
const sweepMs = leaseMs / 3;
const redeliverAfterMs = 60_000;
const twoSlots = { pools: { narrow: { slots: 2 } } };
const narrow = { pool: "narrow" };

/** What a worker renews: attempts of the run. */
function named(tasks: string) {
  return [...tasks].map((task) => ({ runId: "run", task, attempt: 1 }));
}

describe("Dispatcher: dead workers", () => {
  it("P3 a worker that is silent for leaseMs loses its leases, and its attempts go to others under the same token", async () => {
    const { submitAll, published, claim, release, pass, usage } = open(twoSlots);
    submitAll("abc", narrow);
    assert.equal(await published(), "ab");
    await pass(3_000);
    assert.ok(claim("a", "dead"));
    await pass(leaseMs - 1);
    assert.equal(await published(), "");
    assert.equal(claim("a", "w2"), false, "the worker may be alive");
    await pass(sweepMs + 1);
    assert.equal(await published(), "a");
    assert.deepEqual(usage("narrow"), [2, 2, 1], "the attempt keeps its slot");
    assert.ok(claim("a", "w2"));
    release("a");
    assert.equal(await published(), "c");
  });

  it("a worker keeps the leases that it renews, and loses those that it does not name", async () => {
    const { dispatcher, submitAll, published, claim, pass } = open();
    submitAll("abc");
    await published();
    assert.ok(claim("a", "w1") && claim("b", "w1") && claim("c", "w2"));
    for (let renewal = 0; renewal < 20; renewal += 1) {
      await pass(sweepMs);
      dispatcher.renew("w1", named("ac"));
    }
    assert.equal(await published(), "bc", "b was forgotten, c is not its to renew");
    assert.equal(claim("a", "w2"), false);
  });

  it("a worker that comes back too late has lost its leases: renewing does not take them back", async () => {
    const { dispatcher, submitAll, published, claim, pass } = open();
    submitAll("a");
    await published();
    assert.ok(claim("a", "slow"));
    await pass(leaseMs + sweepMs);
    assert.equal(await published(), "a");
    dispatcher.renew("slow", named("a"));
    assert.ok(claim("a", "w2"));
    dispatcher.renew("slow", named("a"));
    dispatcher.handBack("run", "a", 1, "slow");
    assert.equal(claim("a", "slow"), false);
  });

  it("a process that stood still takes nobody's lease for that", async () => {
    const { dispatcher, world, submitAll, published, claim, pass } = open();
    submitAll("a");
    await published();
    assert.ok(claim("a"));
    // Its event loop was blocked for an hour: timers that were due come late, and once.
    world.stall(3_600_000);
    await pass(0);
    assert.equal(await published(), "");
    dispatcher.renew("w1", named("a"));
    await pass(leaseMs - 1);
    assert.equal(await published(), "");
  });

  it("setting the machine's clock takes nobody's lease", async () => {
    const { clock, submitAll, published, claim, pass } = open();
    submitAll("a");
    await published();
    assert.ok(claim("a"));
    clock.jump(86_400_000);
    await pass(leaseMs - 1);
    assert.equal(await published(), "");
    clock.jump(-2 * 86_400_000);
    await pass(sweepMs + 1);
    assert.equal(await published(), "a");
  });
});

describe("Dispatcher: lost messages", () => {
  it("P4 publishes again what the queue has lost", async () => {
    const { queue, submitAll, published, claim, pass, usage } = open(twoSlots);
    queue.next = "lose";
    submitAll("ab", narrow);
    await pass(redeliverAfterMs);
    assert.equal(await published(), "");
    await pass(sweepMs);
    assert.equal(await published(), "ab");
    assert.deepEqual(usage("narrow"), [2, 2, 0]);
    assert.ok(claim("a"));
    await pass(redeliverAfterMs + sweepMs);
    assert.equal(
      queue
        .takeAll()
        .map(({ task }) => task)
        .join(""),
      "ab",
      "a's worker is silent, b is lost again",
    );
  });

  it("leaves what the queue still has alone, however long it waits there, until 8 times redeliverAfterMs", async () => {
    const { queue, submitAll, pass } = open();
    submitAll("abc");
    queue.surplus = 1;
    await pass(8 * redeliverAfterMs);
    assert.equal(queue.publications.length, 1);
    assert.equal(queue.waiting.length, 3);
  });

  it("publishes no more messages than are missing, the oldest first", async () => {
    const { queue, submitAll, release, pass } = open();
    submitAll("xab");
    await pass(1_000);
    queue.next = "lose";
    submitAll("cd");
    release("x");
    queue.waiting.shift();
    await pass(redeliverAfterMs + 2 * sweepMs);
    const sent = queue.publications.map((messages) => messages.map(({ task }) => task).join(""));
    assert.deepEqual(sent, ["xab", "cd", "ab"]);
  });

  it("P4 a loss that the queue's depth hides is made good after 8 times redeliverAfterMs, then after twice as long", async () => {
    const { queue, submitAll, pass } = open();
    queue.surplus = 10;
    queue.next = "lose";
    submitAll("a");
    await pass(8 * redeliverAfterMs);
    assert.equal(queue.publications.length, 1);
    queue.next = "lose";
    await pass(2 * sweepMs);
    assert.equal(queue.publications.length, 2);
    await pass(16 * redeliverAfterMs - 2 * sweepMs);
    assert.equal(queue.publications.length, 2);
    await pass(3 * sweepMs);
    assert.equal(queue.publications.length, 3);
  });

  it("a publication that the queue refuses is reported, and tried again at the next sweep", async () => {
    const { queue, submit, submitAll, dispatcher, release, published, pass, errors } = open();
    queue.next = "refuse";
    submit("c");
    submitAll("ab");
    await pass(0);
    assert.deepEqual(
      errors.map((error) => error.code),
      ["QUEUE_FULL"],
    );
    release("c");
    queue.next = "refuse";
    await pass(sweepMs);
    assert.equal(queue.publications.length, 0);
    await pass(sweepMs);
    assert.deepEqual([...(await published())].sort(), ["a", "b"]);
    await pass(2 * redeliverAfterMs);
    dispatcher.stop();
    assert.deepEqual(
      errors.map((error) => error.code),
      ["QUEUE_FULL", "QUEUE_FULL"],
    );
  });

  it("a queue that cannot tell its depth is reported, and asked again at the next sweep", async () => {
    const { queue, submitAll, published, pass, errors } = open();
    queue.next = "lose";
    submitAll("a");
    const { depth } = queue;
    queue.depth = () => Promise.reject(new Error("no answer"));
    await pass(redeliverAfterMs + sweepMs);
    assert.deepEqual(
      errors.map((error) => error.message),
      ["no answer"],
    );
    queue.depth = depth;
    await pass(sweepMs);
    assert.equal(await published(), "a");
  });
});

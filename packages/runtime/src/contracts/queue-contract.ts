/**
 * What every queue owes (P4, P8), as a test suite that any implementation is run against: at least once, by priority
 * then age, bounded, drained on close.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { TaskMessage, TaskQueue } from "../ports/queue.ts";
import { assertCode } from "./assert-code.ts";
import { testGeneration, testPostponing, testSlots } from "./queue-postponing.ts";
import { Received } from "./received.ts";

export interface QueueHostLimits {
  /** How many messages of one pool may wait. */
  readonly maxLength: number;
  /** How often one message is delivered before it is forgotten. */
  readonly deliveryLimit: number;
}

export interface QueueHost {
  readonly queue: TaskQueue;
  /** Closes the queue if it is still open, and removes what it kept. */
  readonly dispose: () => Promise<void>;
}

export interface QueueContractOptions {
  /** Names the implementation in the tests' titles. */
  readonly name: string;
  /** Opens a new, empty queue with these limits. */
  readonly open: (limits: QueueHostLimits) => Promise<QueueHost>;
}

const limits: QueueHostLimits = { maxLength: 200, deliveryLimit: 3 };

function message(task: string, changes: Partial<TaskMessage> = {}): TaskMessage {
  return { runId: "run-1", task, attempt: 1, pool: "default", priority: 0, ...changes };
}

function messages(count: number, changes: Partial<TaskMessage> = {}): readonly TaskMessage[] {
  return Array.from({ length: count }, (_, index) => message(`task-${index}`, changes));
}

function tasks(received: readonly TaskMessage[]): readonly string[] {
  return received.map((one) => one.task);
}

type CurrentQueue = () => TaskQueue;

/** Registers the suite with node:test. */
export function queueContract({ name, open }: QueueContractOptions): void {
  describe(`queue contract: ${name}`, () => {
    let host: QueueHost | undefined;
    beforeEach(async () => {
      host = await open(limits);
    });
    afterEach(async () => {
      await host?.dispose();
      host = undefined;
    });
    const queue: CurrentQueue = () => {
      assert.ok(host);
      return host.queue;
    };
    testDelivery(queue);
    testOrder(queue);
    testRedelivery(queue);
    testPostponing(queue, limits.deliveryLimit);
    testConcurrency(queue);
    testSlots(queue);
    testGeneration(queue);
    testLimits(queue);
    testClosing(queue);
  });
}

function testDelivery(queue: CurrentQueue): void {
  test("a message arrives as it was published, before or after the consumer came", async () => {
    const received = new Received<TaskMessage>();
    const full = message("map[3].opinion", { runId: "run-ü", attempt: 7, priority: 2 });
    await queue().publish([full]);
    await queue().consume({ pool: "default", concurrency: 1 }, async (one) => received.push(one));
    await received.atLeast(1);
    await queue().publish([message("later")]);
    assert.deepEqual(await received.atLeast(2), [full, message("later")]);
  });

  test("each message goes to one consumer, and each pool to its own", async () => {
    const ours = new Received<TaskMessage>();
    const theirs = new Received<TaskMessage>();
    for (let consumer = 0; consumer < 3; consumer += 1) {
      await queue().consume({ pool: "ours", concurrency: 2 }, async (one) => ours.push(one));
    }
    await queue().publish([...messages(30, { pool: "ours" }), message("other", { pool: "theirs" })]);
    await queue().consume({ pool: "theirs", concurrency: 1 }, async (one) => theirs.push(one));
    assert.deepEqual(tasks(await theirs.atLeast(1)), ["other"]);
    const expected = tasks(messages(30)).toSorted();
    assert.deepEqual(tasks(await ours.atLeast(30)).toSorted(), expected);
  });

  test("the same task may be published again", async () => {
    const received = new Received<TaskMessage>();
    await queue().publish([message("twice"), message("twice", { attempt: 2 })]);
    await queue().consume({ pool: "default", concurrency: 1 }, async (one) => received.push(one));
    assert.deepEqual(
      (await received.atLeast(2)).map((one) => one.attempt),
      [1, 2],
    );
  });

  test("depth counts what waits in one pool, not what is in hand", async () => {
    assert.equal(await queue().depth("default"), 0);
    await queue().publish([...messages(5), message("elsewhere", { pool: "other" })]);
    assert.equal(await queue().depth("default"), 5);
    const received = new Received<TaskMessage>();
    const gate = Promise.withResolvers<void>();
    await queue().consume({ pool: "default", concurrency: 2 }, async (one) => {
      received.push(one);
      await gate.promise;
    });
    await received.atLeast(2);
    assert.equal(await queue().depth("default"), 3);
    assert.equal(await queue().depth("other"), 1);
    gate.resolve();
    await received.atLeast(5);
    assert.equal(await queue().depth("default"), 0);
  });
}

function testOrder(queue: CurrentQueue): void {
  test("messages come by priority, and by age within one priority", async () => {
    await queue().publish([
      message("b1", { priority: 5 }),
      message("c1", { priority: 0 }),
      message("a1", { priority: 9 }),
    ]);
    await queue().publish([
      message("c2", { priority: 0 }),
      message("a2", { priority: 9 }),
      message("b2", { priority: 5 }),
    ]);
    const received = new Received<TaskMessage>();
    await queue().consume({ pool: "default", concurrency: 1 }, async (one) => received.push(one));
    assert.deepEqual(tasks(await received.atLeast(6)), ["a1", "a2", "b1", "b2", "c1", "c2"]);
  });

  test("a higher priority overtakes what already waits", async () => {
    const received = new Received<TaskMessage>();
    const gate = Promise.withResolvers<void>();
    await queue().consume({ pool: "default", concurrency: 1 }, async (one) => {
      received.push(one);
      await gate.promise;
    });
    await queue().publish(messages(2));
    await received.atLeast(1);
    await queue().publish([message("urgent", { priority: 1 })]);
    gate.resolve();
    assert.deepEqual(tasks(await received.atLeast(3)), ["task-0", "urgent", "task-1"]);
  });
}

function testRedelivery(queue: CurrentQueue): void {
  test("P4 a message whose handler fails is delivered again, and others are not held up", async () => {
    const received = new Received<TaskMessage>();
    let failures = 0;
    await queue().publish([message("fails once"), message("other")]);
    await queue().consume({ pool: "default", concurrency: 1 }, async (one) => {
      received.push(one);
      if (one.task === "fails once" && failures++ === 0) throw new Error("not yet");
    });
    assert.deepEqual(tasks(await received.atLeast(3)).toSorted(), ["fails once", "fails once", "other"]);
    assert.equal(await queue().depth("default"), 0);
  });

  test("P8 a message that always fails is forgotten after the delivery limit", async () => {
    const received = new Received<TaskMessage>();
    await queue().consume({ pool: "default", concurrency: 1 }, async (one) => {
      received.push(one);
      if (one.task === "poison") throw new Error("never");
    });
    await queue().publish([message("poison")]);
    await received.atLeast(limits.deliveryLimit);
    await queue().publish([message("next"), message("last", { priority: -1 })]);
    assert.deepEqual(tasks(await received.atLeast(limits.deliveryLimit + 2)), [
      ...Array<string>(limits.deliveryLimit).fill("poison"),
      "next",
      "last",
    ]);
  });
}

function testConcurrency(queue: CurrentQueue): void {
  test("a consumer has at most its number of messages in hand, and uses all of it", async () => {
    const received = new Received<TaskMessage>();
    const gate = Promise.withResolvers<void>();
    let inHand = 0;
    let most = 0;
    await queue().publish(messages(40));
    await queue().consume({ pool: "default", concurrency: 3 }, async (one) => {
      inHand += 1;
      most = Math.max(most, inHand);
      received.push(one);
      if (received.all.length <= 3) await gate.promise;
      await Promise.resolve();
      inHand -= 1;
    });
    await received.atLeast(3);
    assert.equal(await queue().depth("default"), 37);
    gate.resolve();
    await received.atLeast(40);
    assert.equal(most, 3);
  });

  test("P7 a concurrency that is not a whole number from 1 is refused", async () => {
    for (const concurrency of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      await assertCode(
        () => queue().consume({ pool: "default", concurrency }, async () => {}),
        "INPUT_INVALID",
      );
    }
  });
}

function testLimits(queue: CurrentQueue): void {
  test("P8 QUEUE_FULL beyond the length limit: none of the messages is taken, and there is room again later", async () => {
    await queue().publish(messages(limits.maxLength - 1));
    const pair = [message("x"), message("y")];
    await assertCode(() => queue().publish(pair), "QUEUE_FULL");
    assert.equal(await queue().depth("default"), limits.maxLength - 1);
    await queue().publish([message("last")]);
    await assertCode(() => queue().publish([message("x")]), "QUEUE_FULL");
    const received = new Received<TaskMessage>();
    await queue().consume({ pool: "default", concurrency: 10 }, async (one) => received.push(one));
    // Ten at a time: which of them begins first is not the queue's to say.
    const before = tasks(await received.atLeast(limits.maxLength)).toSorted();
    assert.deepEqual(before, tasks([...messages(limits.maxLength - 1), message("last")]).toSorted());
    await queue().publish(pair);
    const all = tasks(await received.atLeast(limits.maxLength + 2));
    assert.deepEqual(all.slice(limits.maxLength).toSorted(), ["x", "y"]);
  });

  test("P7 a priority that is not a whole number is refused, and none of the messages is taken", async () => {
    for (const priority of [Number.NaN, 0.5, Number.POSITIVE_INFINITY]) {
      await assertCode(
        () => queue().publish([message("good"), message("bad", { priority })]),
        "INPUT_INVALID",
      );
    }
    assert.equal(await queue().depth("default"), 0);
    await queue().publish([]);
    assert.equal(await queue().depth("default"), 0);
  });
}

function testClosing(queue: CurrentQueue): void {
  test("closing a consumer waits for what is in hand, and takes no more", async () => {
    const received = new Received<TaskMessage>();
    const gate = Promise.withResolvers<void>();
    const finished: string[] = [];
    const consumer = await queue().consume({ pool: "default", concurrency: 2 }, async (one) => {
      received.push(one);
      await gate.promise;
      finished.push(one.task);
    });
    await queue().publish(messages(5));
    await received.atLeast(2);
    const closed = consumer.close().then(() => finished.length);
    gate.resolve();
    assert.equal(await closed, 2);
    assert.equal(await queue().depth("default"), 3);
    assert.equal(received.all.length, 2);
    await consumer.close();
  });

  test("P4 a message that fails while its consumer closes goes to another one", async () => {
    const first = new Received<TaskMessage>();
    const gate = Promise.withResolvers<void>();
    const consumer = await queue().consume({ pool: "default", concurrency: 1 }, async (one) => {
      first.push(one);
      await gate.promise;
    });
    await queue().publish([message("handed over")]);
    await first.atLeast(1);
    const closed = consumer.close();
    gate.reject(new Error("shutting down"));
    await closed;
    const second = new Received<TaskMessage>();
    await queue().consume({ pool: "default", concurrency: 1 }, async (one) => second.push(one));
    assert.deepEqual(tasks(await second.atLeast(1)), ["handed over"]);
  });

  test("closing the queue waits for all consumers; then it answers QUEUE_CLOSED", async () => {
    const received = new Received<TaskMessage>();
    const gate = Promise.withResolvers<void>();
    let finished = 0;
    for (const pool of ["default", "other"]) {
      await queue().consume({ pool, concurrency: 1 }, async (one) => {
        received.push(one);
        await gate.promise;
        finished += 1;
      });
    }
    await queue().publish([message("a"), message("b"), message("c", { pool: "other" })]);
    await received.atLeast(2);
    const closed = queue().close();
    gate.resolve();
    await closed;
    assert.equal(finished, 2);
    await queue().close();
    await assertCode(() => queue().publish([message("late")]), "QUEUE_CLOSED");
    await assertCode(
      () => queue().consume({ pool: "default", concurrency: 1 }, async () => {}),
      "QUEUE_CLOSED",
    );
    await assertCode(() => queue().depth("default"), "QUEUE_CLOSED");
  });
}

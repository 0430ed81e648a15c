/** What a handler cannot take now comes again later (P4), and how many messages of a pool are in hand among all consumers. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TaskMessage, TaskQueue } from "../ports/queue.ts";
import { assertCode } from "./assert-code.ts";
import { Received } from "./received.ts";

type CurrentQueue = () => TaskQueue;

/** Longer than any test takes. */
const longMs = 3_600_000;
const one = { pool: "default", concurrency: 1 };
/** Between two clocks that round. */
const roundingMs = 2;

function message(task: string, pool = "default"): TaskMessage {
  return { runId: "run-1", task, attempt: 1, pool, priority: 0 };
}

function tasks(received: readonly TaskMessage[]): readonly string[] {
  return received.map(({ task }) => task);
}

export function testPostponing(queue: CurrentQueue, deliveryLimit: number): void {
  describe("postponing", () => {
    test("a message comes again after its time, not before, as often as it is postponed, whatever the delivery limit", async () => {
      const received = new Received<TaskMessage>();
      const times = deliveryLimit + 2;
      const early: number[] = [];
      let postponedAt = Number.NEGATIVE_INFINITY;
      await queue().consume(one, async (taken, delivery) => {
        const passed = performance.now() - postponedAt;
        if (passed < 40 - roundingMs) early.push(passed);
        if (received.all.length < times) {
          delivery.postpone(40);
          postponedAt = performance.now();
        }
        received.push(taken);
      });
      await queue().publish([message("not yet")]);
      await received.atLeast(times + 1);
      assert.deepEqual(early, []);
      await queue().publish([message("next")]);
      const expected = [...Array<string>(times + 1).fill("not yet"), "next"];
      assert.deepEqual(tasks(await received.atLeast(times + 2)), expected);
    });

    test("a handler that postpones and then fails has failed: that counts, and it comes again at once", async () => {
      const received = new Received<TaskMessage>();
      await queue().consume(one, async (taken, delivery) => {
        received.push(taken);
        if (taken.task !== "poison") return;
        delivery.postpone(longMs);
        throw new Error("never");
      });
      await queue().publish([message("poison")]);
      await received.atLeast(deliveryLimit);
      await queue().publish([message("next")]);
      const expected = [...Array<string>(deliveryLimit).fill("poison"), "next"];
      assert.deepEqual(tasks(await received.atLeast(deliveryLimit + 1)), expected);
    });

    test("a postponed message is in nobody's hands: others come meanwhile, and closing does not wait for it", async () => {
      const received = new Received<TaskMessage>();
      const consumer = await queue().consume(one, async (taken, delivery) => {
        received.push(taken);
        if (taken.task === "later") delivery.postpone(longMs);
      });
      await queue().publish([message("later"), message("other")]);
      assert.deepEqual(tasks(await received.atLeast(2)), ["later", "other"]);
      await consumer.close();
      await queue().close();
    });

    test("what is postponed comes to another consumer when its own has closed", async () => {
      const first = new Received<TaskMessage>();
      const second = new Received<TaskMessage>();
      const consumer = await queue().consume(one, async (taken, delivery) => {
        delivery.postpone(1);
        first.push(taken);
      });
      await queue().publish([message("handed on")]);
      await first.atLeast(1);
      await consumer.close();
      await queue().consume(one, async (taken) => second.push(taken));
      assert.deepEqual(tasks(await second.atLeast(1)), ["handed on"]);
    });
  });
}

export function testSlots(queue: CurrentQueue): void {
  test("a pool's slots bound what is in hand among all its consumers, and no other pool's", async (context) => {
    const tested = queue();
    if (tested.setSlots === undefined)
      return context.skip("only the consumers' own concurrency bounds this queue");
    await tested.setSlots("default", 3);
    const received = new Received<TaskMessage>();
    const elsewhere = new Received<TaskMessage>();
    let inHand = 0;
    let most = 0;
    for (let consumer = 0; consumer < 3; consumer += 1) {
      await tested.consume({ pool: "default", concurrency: 4 }, async (taken) => {
        inHand += 1;
        most = Math.max(most, inHand);
        // Time enough for the others to take more than they may.
        for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
        inHand -= 1;
        received.push(taken);
      });
    }
    const gate = Promise.withResolvers<void>();
    await tested.consume({ pool: "other", concurrency: 5 }, async (taken) => {
      elsewhere.push(taken);
      await gate.promise;
    });
    const numbered = Array.from({ length: 60 }, (_, index) => message(`task-${index}`));
    await tested.publish([...numbered, ...[1, 2, 3, 4, 5].map((task) => message(`${task}`, "other"))]);
    await elsewhere.atLeast(5);
    gate.resolve();
    const all = await received.atLeast(60);
    assert.deepEqual(tasks(all).toSorted(), tasks(numbered).toSorted());
    assert.ok(most <= 3, `${most} in hand`);
  });

  test("slots that are raised are used", async (context) => {
    const tested = queue();
    if (tested.setSlots === undefined)
      return context.skip("only the consumers' own concurrency bounds this queue");
    await tested.setSlots("default", 1);
    const received = new Received<TaskMessage>();
    const gate = Promise.withResolvers<void>();
    await tested.setSlots("default", 4);
    await tested.consume({ pool: "default", concurrency: 9 }, async (taken) => {
      received.push(taken);
      await gate.promise;
    });
    await tested.publish([1, 2, 3, 4, 5].map((task) => message(`${task}`)));
    await received.atLeast(4);
    assert.equal(await tested.depth("default"), 1);
    gate.resolve();
    await received.atLeast(5);
  });

  test("P7 slots that are no whole number from 1 on are refused", async (context) => {
    const tested = queue();
    if (tested.setSlots === undefined)
      return context.skip("only the consumers' own concurrency bounds this queue");
    for (const slots of [0, -1, 1.5, Number.NaN]) {
      await assertCode(async () => tested.setSlots?.("default", slots), "INPUT_INVALID");
    }
  });
}

export function testGeneration(queue: CurrentQueue): void {
  test("P4 as long as nothing is lost, the generation stays the same; a closed queue tells none", async (context) => {
    const tested = queue();
    if (tested.generation === undefined) return context.skip("this queue lives and dies with its process");
    const generation = await tested.generation();
    assert.notEqual(generation, "");
    await tested.publish([message("a")]);
    assert.equal(await tested.generation(), generation);
    await tested.close();
    await assertCode(async () => tested.generation?.(), "QUEUE_CLOSED");
  });
}

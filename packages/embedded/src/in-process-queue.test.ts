import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import type { TaskMessage } from "@mycroft/runtime";
import { queueContract } from "@mycroft/runtime/contracts";
import { InProcessQueue } from "./in-process-queue.ts";

queueContract({
  name: "memory",
  open: async (limits) => {
    const queue = new InProcessQueue(limits);
    return { queue, dispose: () => queue.close() };
  },
});

function message(task: string, pool = "default"): TaskMessage {
  return { runId: "run-1", task, attempt: 1, pool, priority: 0 };
}

describe("in-process queue", () => {
  test("P8 a message that is dropped is reported, with the last failure", async () => {
    const dropped: unknown[] = [];
    const reported = Promise.withResolvers<void>();
    const queue = new InProcessQueue({
      deliveryLimit: 2,
      onDropped: (one, failure) => {
        dropped.push(one.task, failure);
        reported.resolve();
      },
    });
    let deliveries = 0;
    await queue.consume({ pool: "default", concurrency: 1 }, () => {
      deliveries += 1;
      throw new Error(`thrown at once, ${deliveries}`);
    });
    await queue.publish([message("poison")]);
    await reported.promise;
    assert.deepEqual(dropped, ["poison", new Error("thrown at once, 2")]);
    await queue.close();
  });

  test("handlers never run on the publisher's stack, and see the whole of what one turn published", async () => {
    const queue = new InProcessQueue();
    const seen: string[] = [];
    await queue.consume({ pool: "default", concurrency: 1 }, async (one) => {
      seen.push(one.task);
    });
    const published = [queue.publish([message("low")]), queue.publish([{ ...message("high"), priority: 1 }])];
    assert.deepEqual(seen, []);
    await Promise.all(published);
    await queue.close();
    assert.deepEqual(seen, ["high", "low"]);
  });

  test("consumers of one pool share the work evenly", async () => {
    const queue = new InProcessQueue();
    const counts = [0, 0, 0];
    for (const index of counts.keys()) {
      await queue.consume({ pool: "default", concurrency: 10 }, async () => {
        counts[index] = (counts[index] ?? 0) + 1;
      });
    }
    await queue.publish(Array.from({ length: 30 }, (_, index) => message(`task-${index}`)));
    await queue.close();
    assert.deepEqual(counts, [10, 10, 10]);
  });

  test("P8 a batch that overfills one of its pools leaves all of them as they were", async () => {
    const queue = new InProcessQueue({ maxLength: 2 });
    const batch = [message("a", "one"), message("b", "two"), message("c", "two"), message("d", "two")];
    await assert.rejects(queue.publish(batch), (thrown: unknown) => {
      assert.ok(thrown instanceof MycroftError);
      assert.equal(thrown.code, "QUEUE_FULL");
      assert.deepEqual(thrown.details, { pool: "two", waiting: 0, added: 3, limit: 2 });
      return true;
    });
    assert.deepEqual([await queue.depth("one"), await queue.depth("two")], [0, 0]);
    await queue.close();
  });

  test("P7 settings that are not whole numbers from 1 are refused", () => {
    for (const options of [{ maxLength: 0 }, { maxLength: 1.5 }, { deliveryLimit: Number.NaN }]) {
      assert.throws(
        () => new InProcessQueue(options),
        (thrown: unknown) => thrown instanceof MycroftError && thrown.code === "INPUT_INVALID",
      );
    }
  });
});

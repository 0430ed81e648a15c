import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { MycroftError } from "@mycroft/errors";
import type { TaskMessage, TaskQueue } from "@mycroft/runtime";
import { Received } from "@mycroft/runtime/contracts";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { hasCode } from "../testing/has-code.ts";
import { startHolder } from "../testing/other-process.ts";
import {
  flushAll,
  keysOf,
  type PrivateRedis,
  startPrivateRedis,
  whyNoRedis,
} from "../testing/private-redis.ts";
import { untilReachable } from "../testing/until-reachable.ts";
import { type BullmqQueueOptions, openBullmqQueue } from "./bullmq-queue.ts";

function message(task: string, changes: Partial<TaskMessage> = {}): TaskMessage {
  return { runId: "run-1", task, attempt: 1, pool: "default", priority: 0, ...changes };
}

function tasks(received: readonly TaskMessage[]): readonly string[] {
  return received.map((one) => one.task);
}

const one = { pool: "default", concurrency: 1 };
/** For what is waited for in vain; what is not is done with `untilReachable`. */
const timeoutMs = 200;
/** Longer than a machine may keep a process that lives from renewing its lock. */
const lockMs = 4_000;

describe("BullMQ queue under faults", { skip: whyNoRedis() }, () => {
  let redis: PrivateRedis;
  let opened = 0;
  before(async () => {
    redis = await startPrivateRedis();
  });
  after(() => redis.stop());

  async function withQueue(
    options: Partial<BullmqQueueOptions>,
    use: (queue: TaskQueue, prefix: string) => Promise<void>,
  ): Promise<void> {
    opened += 1;
    const prefix = `faults-${opened}`;
    const queue = await untilReachable(() =>
      openBullmqQueue({ url: redis.url, prefix, onWarning: () => {}, ...options }),
    );
    try {
      await use(queue, prefix);
    } finally {
      await queue.close();
    }
  }

  const losses = {
    FLUSHALL: () => flushAll(redis),
    "a server that is killed and started again empty": () => redis.restart(),
  };
  for (const [loss, lose] of Object.entries(losses)) {
    test(`P4 after ${loss} in the middle of it, what is published arrives`, async () => {
      await withQueue({}, async (queue) => {
        const received = new Received<TaskMessage>();
        for (const pool of ["default", "other"]) {
          await queue.consume({ pool, concurrency: 5 }, async (taken) => received.push(taken));
        }
        const stop = publishOn(queue);
        await received.atLeast(100);
        await lose();
        const published = await stop();
        const last = ["default", "other"].map((pool) => message(`after ${published}`, { pool }));
        await untilReachable(() => queue.publish(last));
        const isLast = ({ task }: TaskMessage) => task === `after ${published}`;
        await received.until((all) => all.filter(isLast).length === last.length);
      });
    });
  }

  test("P4 a handler whose message the server lost goes on undisturbed, and so does its consumer", async () => {
    await withQueue({}, async (queue) => {
      const received = new Received<TaskMessage>();
      const gate = Promise.withResolvers<void>();
      await queue.consume(one, async (taken) => {
        received.push(taken);
        if (taken.task === "lost") await gate.promise;
      });
      await queue.publish([message("lost")]);
      await received.atLeast(1);
      await flushAll(redis);
      gate.resolve();
      await queue.publish([message("next")]);
      assert.deepEqual(tasks(await received.atLeast(2)), ["lost", "next"]);
    });
  });

  test("P7 a server that stands still gives SERVER_UNREACHABLE in the stated time, and all goes on after", async () => {
    const warnings: MycroftError[] = [];
    await withQueue({ timeoutMs, onWarning: (warning) => warnings.push(warning) }, async (queue) => {
      const received = new Received<TaskMessage>();
      await untilReachable(() => queue.consume(one, async (taken) => received.push(taken)));
      redis.freeze();
      try {
        await Promise.all(
          [queue.publish([message("a")]), queue.depth("default"), queue.consume(one, async () => {})].map(
            (asked) => assert.rejects(asked, hasCode("SERVER_UNREACHABLE")),
          ),
        );
      } finally {
        redis.thaw();
      }
      await untilReachable(() => queue.publish([message("after")]));
      await received.until((all) => tasks(all).includes("after"));
      assert.ok(warnings.every((warning) => warning.code === "SERVER_UNREACHABLE"));
    });
  });

  test("P4 closing without a server does not hang, and waits for what is in hand", async () => {
    const own = await startPrivateRedis();
    const queue = await untilReachable(() =>
      openBullmqQueue({ url: own.url, timeoutMs, onWarning: () => {} }),
    );
    const received = new Received<TaskMessage>();
    const gate = Promise.withResolvers<void>();
    let finished = 0;
    const consume = () =>
      queue.consume({ pool: "default", concurrency: 2 }, async (taken) => {
        received.push(taken);
        await gate.promise;
        finished += 1;
      });
    await untilReachable(consume);
    await untilReachable(() => queue.consume({ pool: "idle", concurrency: 2 }, async () => {}));
    await untilReachable(() => queue.publish([message("a"), message("b")]));
    await received.atLeast(2);
    await own.stop();
    const closed = queue.close();
    gate.resolve();
    await closed;
    assert.equal(finished, 2);
  });

  test("P4 what a killed process had in its hands comes again, before what waits", async () => {
    await withQueue({ lockMs: 400 }, async (queue, prefix) => {
      await queue.publish([message("held"), message("waits", { priority: 5 })]);
      const holder = await startHolder("queue", { url: redis.url, prefix, lockMs: 400 });
      assert.equal(holder.took, "waits");
      await holder.kill();
      const received = new Received<TaskMessage>();
      await queue.consume(one, async (taken) => received.push(taken));
      assert.deepEqual(tasks(await received.atLeast(2)).toSorted(), ["held", "waits"]);
    });
  });

  for (const [loss, lose] of Object.entries(losses)) {
    test(`P4 after ${loss} the generation is another, for all processes the same`, async () => {
      await withQueue({}, async (queue, prefix) => {
        const other = await openBullmqQueue({ url: redis.url, prefix, onWarning: () => {} });
        try {
          const generations = async (): Promise<readonly string[]> =>
            Promise.all([queue, other, queue, other].map(generationOf));
          const before = await generations();
          assert.equal(new Set(before).size, 1);
          await lose();
          const after = await generations();
          assert.equal(new Set(after).size, 1);
          assert.notEqual(after[0], before[0]);
          assert.deepEqual(await generations(), after);
        } finally {
          await other.close();
        }
      });
    });

    test(`P4 after ${loss} a pool's slots are set again when the generation is asked for`, async () => {
      await withQueue({}, async (queue) => {
        await queue.setSlots?.("default", 2);
        await lose();
        await generationOf(queue);
        const received = new Received<TaskMessage>();
        const gate = Promise.withResolvers<void>();
        await queue.consume({ pool: "default", concurrency: 9 }, async (taken) => {
          received.push(taken);
          await gate.promise;
        });
        await queue.publish(["a", "b", "c", "d"].map((task) => message(task)));
        await received.atLeast(2);
        assert.equal(await queue.depth("default"), 2);
        gate.resolve();
        await received.atLeast(4);
      });
    });
  }

  test("P3 the slot of a killed process is free when its lock is lost", async () => {
    await withQueue({ lockMs }, async (queue, prefix) => {
      await queue.setSlots?.("default", 1);
      await queue.publish([message("held", { priority: 5 }), message("waits")]);
      const holder = await startHolder("queue", { url: redis.url, prefix, lockMs });
      assert.equal(holder.took, "held");
      const received = new Received<TaskMessage>();
      await queue.consume({ pool: "default", concurrency: 2 }, async (taken) => received.push(taken));
      assert.equal(await queue.depth("default"), 1);
      await holder.kill();
      assert.deepEqual(tasks(await received.atLeast(2)).toSorted(), ["held", "waits"]);
    });
  });

  test("P4 what is postponed is lost with the server, and nothing else goes wrong", async () => {
    await withQueue({}, async (queue) => {
      const received = new Received<TaskMessage>();
      const gate = Promise.withResolvers<void>();
      await queue.consume(one, async (taken, delivery) => {
        received.push(taken);
        if (taken.task !== "lost") return;
        await gate.promise;
        delivery.postpone(1);
      });
      await queue.publish([message("lost")]);
      await received.atLeast(1);
      await flushAll(redis);
      gate.resolve();
      await queue.publish([message("next")]);
      assert.deepEqual(tasks(await received.atLeast(2)), ["lost", "next"]);
    });
  });

  test("P8 a message that kills whoever takes it is dropped after the delivery limit, and told of", async () => {
    const dropped = new Received<TaskMessage>();
    const onDropped = (lost: TaskMessage) => dropped.push(lost);
    await withQueue({ lockMs: 300, deliveryLimit: 1, onDropped }, async (queue, prefix) => {
      await queue.publish([message("deadly")]);
      for (let delivery = 0; delivery < 2; delivery += 1) {
        const holder = await startHolder("queue", { url: redis.url, prefix, lockMs: 300, deliveryLimit: 1 });
        await holder.kill();
      }
      const received = new Received<TaskMessage>();
      await queue.consume(one, async (taken) => received.push(taken));
      assert.deepEqual(tasks(await dropped.atLeast(1)), ["deadly"]);
      assert.deepEqual(received.all, []);
    });
  });

  test("P4 a message that is published again while it waits is one; while it is in hand, one more after that", async () => {
    await withQueue({}, async (queue) => {
      await queue.publish([message("a"), message("a")]);
      await queue.publish([message("a"), message("a", { attempt: 2 }), message("a", { runId: "run-2" })]);
      assert.equal(await queue.depth("default"), 3);
      const received = new Received<TaskMessage>();
      const gate = Promise.withResolvers<void>();
      await queue.consume(one, async (taken) => {
        received.push(taken);
        await gate.promise;
      });
      await received.atLeast(1);
      for (let time = 0; time < 3; time += 1) await queue.publish([message("a")]);
      gate.resolve();
      await received.atLeast(4);
      await queue.publish([message("end")]);
      const all = await received.atLeast(5);
      assert.equal(all.length, 5);
      assert.deepEqual(all.map(({ runId, task, attempt }) => `${runId} ${task} ${attempt}`).toSorted(), [
        "run-1 a 1",
        "run-1 a 1",
        "run-1 a 2",
        "run-1 end 1",
        "run-2 a 1",
      ]);
    });
  });

  test("P8 nothing of what is done or dropped stays in Redis, and no text of a failure goes there", async () => {
    await withQueue({ deliveryLimit: 2 }, async (queue, prefix) => {
      const received = new Received<TaskMessage>();
      await queue.consume({ ...one, concurrency: 10 }, async (taken) => {
        received.push(taken);
        if (taken.priority === 1) throw new Error("a text with a secret");
      });
      const many = Array.from({ length: 200 }, (_, index) =>
        message(`task-${index}`, { priority: index % 2 }),
      );
      await queue.publish(many);
      await received.atLeast(300);
      await queue.close();
      const kept = (await keysOf(redis, prefix)).map((key) => key.slice(`${prefix}:queue:default:`.length));
      assert.deepEqual(
        kept.filter(
          (key) => !["events", "id", "marker", "meta", "pc", "stalled", "stalled-check"].includes(key),
        ),
        [],
      );
      const client = new Redis(redis.url);
      const events = await client.xrange(`${prefix}:queue:default:events`, "-", "+");
      client.disconnect();
      assert.ok(events.length < 300, `${events.length} events kept`);
      assert.ok(!JSON.stringify(events).includes("secret"));
    });
  });

  test("P8 a message that is dropped is reported, with the last failure", async () => {
    const dropped = new Received<readonly [string, unknown]>();
    const onDropped = (lost: TaskMessage, failure: unknown) => dropped.push([lost.task, failure]);
    await withQueue({ deliveryLimit: 2, onDropped }, async (queue) => {
      let deliveries = 0;
      await queue.consume(one, () => {
        deliveries += 1;
        throw new Error(`thrown at once, ${deliveries}`);
      });
      await queue.publish([message("poison")]);
      assert.deepEqual(await dropped.atLeast(1), [["poison", new Error("thrown at once, 2")]]);
    });
  });

  test("P7 a job that is no task is dropped, and told of", async () => {
    const warnings = new Received<MycroftError>();
    await withQueue({ onWarning: (warning) => warnings.push(warning) }, async (queue, prefix) => {
      const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
      const foreign = new Queue("default", { connection, prefix: `${prefix}:queue` });
      await foreign.add("mail", { to: "somebody" });
      await foreign.close();
      connection.disconnect();
      const received = new Received<TaskMessage>();
      await queue.consume(one, async (taken) => received.push(taken));
      const [warning] = await warnings.atLeast(1);
      assert.equal(warning?.code, "INPUT_INVALID");
      await queue.publish([message("ours")]);
      assert.deepEqual(tasks(await received.atLeast(1)), ["ours"]);
    });
  });

  test("two clusters on one Redis get nothing of each other", async () => {
    await withQueue({}, async (ours) => {
      await withQueue({}, async (theirs) => {
        const received = new Received<TaskMessage>();
        await ours.consume(one, async (taken) => received.push(taken));
        await theirs.publish([message("theirs")]);
        await ours.publish([message("ours")]);
        assert.deepEqual(tasks(await received.atLeast(1)), ["ours"]);
        assert.equal(await theirs.depth("default"), 1);
      });
    });
  });

  test("P7 pools of any name are kept apart; what is no name is refused", async () => {
    await withQueue({}, async (queue) => {
      const names = ["a:b", "a%3Ab", "\u{1f600} ", "{x}", "a/b"];
      await queue.publish(names.map((pool) => message(`in ${pool}`, { pool })));
      for (const pool of names) {
        const received = new Received<TaskMessage>();
        await queue.consume({ pool, concurrency: 1 }, async (taken) => received.push(taken));
        assert.deepEqual(await received.atLeast(1), [message(`in ${pool}`, { pool })]);
      }
      for (const pool of ["", "\ud800", "x".repeat(300)]) {
        await assert.rejects(queue.publish([message("a", { pool })]), hasCode("INPUT_INVALID"));
      }
    });
  });
});

/** Asked until the server can be asked. */
function generationOf(queue: TaskQueue): Promise<string> {
  return untilReachable(async () => queue.generation?.() ?? assert.fail("it tells its generation"));
}

/** Publishes for ever, as somebody does who tries again later; gives what stops it. */
function publishOn(queue: TaskQueue): () => Promise<number> {
  let isOver = false;
  let published = 0;
  const all = (async () => {
    while (!isOver) {
      const messages = ["default", "other"].map((pool) => message(`task-${published}`, { pool }));
      await untilReachable(() => queue.publish(messages));
      published += 1;
    }
  })();
  return async () => {
    isOver = true;
    await all;
    return published;
  };
}

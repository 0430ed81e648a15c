import assert from "node:assert/strict";
import { after, before, describe, mock, test } from "node:test";
import { inspect } from "node:util";
import type { MycroftError } from "@mycroft/errors";
import type { Bus, TaskMessage, TaskQueue } from "@mycroft/runtime";
import { Redis } from "ioredis";
import { openBullmqQueue } from "../bullmq-queue/bullmq-queue.ts";
import { openRedisBus } from "../redis-bus/redis-bus.ts";
import { oldRedis, startFakeRedis } from "../testing/fake-redis.ts";
import { hasCode, secret } from "../testing/has-code.ts";
import { type PrivateRedis, startPrivateRedis, whyNoRedis } from "../testing/private-redis.ts";
import type { RedisLinkOptions } from "./redis-link.ts";

const message: TaskMessage = { runId: "run-1", task: "a", attempt: 1, pool: "default", priority: 0 };

interface Opened {
  close(): Promise<void>;
}

const openers: Readonly<Record<string, (options: RedisLinkOptions) => Promise<Opened>>> = {
  bus: openRedisBus,
  queue: openBullmqQueue,
};

/** A server that is there answers sooner, also on a machine that stood still for a while. */
const timeoutMs = 5_000;

describe("opening what lives on Redis", { skip: whyNoRedis() }, () => {
  let redis: PrivateRedis;
  before(async () => {
    redis = await startPrivateRedis({ requirepass: secret });
  });
  after(() => redis.stop());

  for (const [what, open] of Object.entries(openers)) {
    describe(what, () => {
      test("P7 a URL that is none is refused, and not repeated", async () => {
        const urls = [
          "",
          "localhost",
          `http://u:${secret}@host`,
          `redis://u:${secret}@`,
          `redis://u:${secret}@host/abc`,
          `redis://u:${secret}%zz@host`,
          `redis://u:${secret}@host:99999`,
        ];
        for (const url of urls) await assert.rejects(open({ url }), hasCode("INPUT_INVALID"));
      });

      test("P7 a wrong or missing password is SERVER_REFUSED", async () => {
        const wrong = `redis://:${secret}-not@127.0.0.1:${redis.port}`;
        await assert.rejects(open({ url: wrong, timeoutMs }), hasCode("SERVER_REFUSED"));
        await assert.rejects(open({ url: redis.url, timeoutMs }), hasCode("SERVER_REFUSED"));
      });

      test("P7 a database that there is not is SERVER_REFUSED, never another one", async () => {
        const url = `redis://:${secret}@127.0.0.1:${redis.port}/99`;
        await assert.rejects(open({ url, timeoutMs }), hasCode("SERVER_REFUSED"));
      });

      test("P7 where nobody listens it is SERVER_UNREACHABLE, and may be tried again", async () => {
        const nobody = await startFakeRedis(() => null);
        await nobody.stop();
        const url = nobody.url.replace("redis://", `redis://u:${secret}@`);
        await assert.rejects(open({ url, timeoutMs }), (thrown: MycroftError) => {
          assert.ok(thrown.retryable);
          return hasCode("SERVER_UNREACHABLE")(thrown);
        });
      });

      test("P7 where somebody listens who never answers, it is SERVER_UNREACHABLE in the stated time", async () => {
        const silent = await startFakeRedis(() => null);
        await assert.rejects(open({ url: silent.url, timeoutMs: 100 }), hasCode("SERVER_UNREACHABLE"));
        await silent.stop();
      });

      test("P7 a server that is too old is SERVER_UNFIT", async () => {
        const old = await startFakeRedis(oldRedis("6.2.14"));
        await assert.rejects(open({ url: old.url, timeoutMs }), hasCode("SERVER_UNFIT"));
        await old.stop();
      });

      test("a server that may forget messages is told of once, through onWarning alone", async () => {
        const evicting = await startPrivateRedis({ "maxmemory-policy": "allkeys-lru" });
        const printed = [mock.method(console, "warn", () => {}), mock.method(console, "error", () => {})];
        const warnings: MycroftError[] = [];
        const opened = await open({ url: evicting.url, onWarning: (warning) => warnings.push(warning) });
        if ("depth" in opened) await useQueue(opened as TaskQueue);
        await opened.close();
        await evicting.stop();
        assert.deepEqual(
          printed.flatMap(({ mock: { calls } }) => calls.map((call) => inspect(call.arguments))),
          [],
        );
        for (const one of printed) one.mock.restore();
        assert.deepEqual(
          warnings.map(({ code, details }) => [code, details?.["policy"]]),
          [["SERVER_UNFIT", "allkeys-lru"]],
        );
      });

      test("P7 a password that is changed while it is open is SERVER_REFUSED, and nothing hangs", async () => {
        const own = await startPrivateRedis();
        const cutOff = Promise.withResolvers<void>();
        const opened = await open({ url: own.url, timeoutMs: 3_000, onWarning: () => cutOff.resolve() });
        const admin = new Redis(own.url);
        await admin.config("SET", "requirepass", secret);
        await admin.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        await cutOff.promise;
        await assert.rejects(publishTo(opened), hasCode("SERVER_REFUSED"));
        await admin.config("SET", "requirepass", "");
        await publishTo(opened);
        admin.disconnect();
        await opened.close();
        await own.stop();
      });

      test("P7 settings out of range are refused", async () => {
        for (const bad of [
          { timeoutMs: 0 },
          { timeoutMs: 1.5 },
          { prefix: "a:b" },
          { prefix: "" },
          { deliveryLimit: 0 },
        ]) {
          await assert.rejects(open({ url: redis.url, ...bad }), hasCode("INPUT_INVALID"));
        }
      });
    });
  }
});

async function publishTo(opened: Opened): Promise<void> {
  if ("depth" in opened) await (opened as TaskQueue).publish([message]);
  else await (opened as Bus).publish("t", { key: "k", body: 1 });
}

/** Makes BullMQ open all that it opens. */
async function useQueue(queue: TaskQueue): Promise<void> {
  const done = Promise.withResolvers<void>();
  await queue.consume({ pool: "default", concurrency: 1 }, async () => done.resolve());
  await queue.publish([message]);
  await done.promise;
}

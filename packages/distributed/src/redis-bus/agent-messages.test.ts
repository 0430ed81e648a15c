import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { answering, MessagesOffice, messagesContract } from "@mycroft/runtime/contracts";
import { flushAll, type PrivateRedis, startPrivateRedis, whyNoRedis } from "../testing/private-redis.ts";
import { openRedisBus } from "./redis-bus.ts";

// Named as the suite in it, which does not come about when it is skipped.
describe("messages contract: Redis Streams", { skip: whyNoRedis() }, () => {
  let redis: PrivateRedis;
  let opened = 0;
  before(async () => {
    redis = await startPrivateRedis();
  });
  after(() => redis.stop());

  messagesContract({
    name: "Redis Streams",
    open: async () => {
      opened += 1;
      const connect = () => openRedisBus({ url: redis.url, prefix: `messages-${opened}` });
      const [here, there] = await Promise.all([connect(), connect()]);
      return {
        buses: [here, there],
        dispose: async () => {
          await Promise.all([here.close(), there.close()]);
        },
      };
    },
  });

  test("P4 after Redis has forgotten everything, agents of other processes are heard and answer again", async () => {
    const connect = () => openRedisBus({ url: redis.url, prefix: "forgetful" });
    const [here, there] = await Promise.all([connect(), connect()]);
    const office = new MessagesOffice([here, there]);
    try {
      await office.open();
      await office.there.serve([answering("echo", async ({ body }) => body)]);
      const { channel } = office.attempt();
      assert.equal(await channel.ask("echo", "before"), "before");
      await flushAll(redis);
      assert.equal(await channel.ask("echo", "after"), "after");
    } finally {
      await office.close();
      await Promise.all([here.close(), there.close()]);
    }
  });
});

import { after, before, describe } from "node:test";
import { messagesContract } from "@mycroft/runtime/contracts";
import { type PrivateRedis, startPrivateRedis, whyNoRedis } from "../testing/private-redis.ts";
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
});

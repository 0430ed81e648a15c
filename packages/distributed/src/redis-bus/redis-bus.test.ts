import { after, before, describe } from "node:test";
import { busContract } from "@mycroft/runtime/contracts";
import { type PrivateRedis, startPrivateRedis, whyNoRedis } from "../testing/private-redis.ts";
import { openRedisBus } from "./redis-bus.ts";

// Named as the suite in it, which does not come about when it is skipped.
describe("bus contract: Redis Streams", { skip: whyNoRedis() }, () => {
  let redis: PrivateRedis;
  let opened = 0;
  before(async () => {
    redis = await startPrivateRedis();
  });
  after(() => redis.stop());

  busContract({
    name: "Redis Streams",
    open: async (limits) => {
      opened += 1;
      const bus = await openRedisBus({ url: redis.url, prefix: `contract-${opened}`, ...limits });
      return { bus, dispose: () => bus.close() };
    },
  });
});

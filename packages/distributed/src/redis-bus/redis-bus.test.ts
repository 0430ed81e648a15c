import { after, before, describe } from "node:test";
import { busContract } from "@mycroft/runtime/contracts";
import { type PrivateRedis, redisIsMissing, startPrivateRedis } from "../testing/private-redis.ts";
import { openRedisBus } from "./redis-bus.ts";

describe("Redis bus", { skip: redisIsMissing() }, () => {
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

import { after, before, describe } from "node:test";
import { queueContract } from "@mycroft/runtime/contracts";
import { type PrivateRedis, startPrivateRedis, whyNoRedis } from "../testing/private-redis.ts";
import { openBullmqQueue } from "./bullmq-queue.ts";

// Named as the suite in it, which does not come about when it is skipped.
describe("queue contract: BullMQ", { skip: whyNoRedis() }, () => {
  let redis: PrivateRedis;
  let opened = 0;
  before(async () => {
    redis = await startPrivateRedis();
  });
  after(() => redis.stop());

  queueContract({
    name: "BullMQ",
    open: async (limits) => {
      opened += 1;
      const queue = await openBullmqQueue({ url: redis.url, prefix: `contract-${opened}`, ...limits });
      return { queue, dispose: () => queue.close() };
    },
  });
});

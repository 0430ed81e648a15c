import assert from "node:assert/strict";
import { test } from "node:test";
import { InProcessQueue } from "@mycroft/embedded";
import { withholdRuns } from "./withholding-queue.ts";

const message = (runId: string) => ({ runId, task: "t", attempt: 1, pool: "default", priority: 0 });

test("tasks of withheld runs are not published; those of others are", async () => {
  const queue = withholdRuns(new InProcessQueue(), (runId) => runId === "held");
  await queue.publish([message("held"), message("free")]);
  assert.equal(await queue.depth("default"), 1);
  const taken = Promise.withResolvers<string>();
  const consumer = await queue.consume({ pool: "default", concurrency: 1 }, async ({ runId }) =>
    taken.resolve(runId),
  );
  assert.equal(await taken.promise, "free");
  await consumer.close();
  await queue.close();
});

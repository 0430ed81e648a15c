import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore, SystemClock } from "@mycroft/runtime";
import { defineConfig, defineFunction, type MarketData, type MarketView } from "@mycroft/sdk";
import { z } from "zod";
import { MarketFeed } from "./market-feed.ts";
import { projectGateway } from "./project-gateway.ts";

const look = defineFunction({
  name: "look",
  version: "1",
  input: z.object({}),
  output: z.object({ symbols: z.array(z.string()) }),
  run: (_, { market }) => ({ symbols: [...(market?.symbols() ?? ["none"])] }),
});
const project = defineConfig({ workflows: [], functions: [look] });

/** Data that holds one company, named as its hash. */
function dataOf(hash: string): MarketData {
  return { hash, asOf: () => ({ symbols: () => [hash] }) as unknown as MarketView } as unknown as MarketData;
}

async function startRun(store: MemoryStore, runId: string, dataHash: string | undefined): Promise<void> {
  const provenance = { codeVersion: "1", ...(dataHash === undefined ? {} : { dataHash }) };
  const origin = { tags: [], startKey: null, parent: null, forkedFrom: null };
  const create = {
    runId,
    workflow: "w",
    planHash: "p",
    asOf: "2020-01-03",
    provenance,
    createdAt: 1,
    ...origin,
  };
  await store.append([{ runId, create, fromSeq: 0, events: [{ type: "runStarted", at: 1, input: {} }] }]);
}

function gatewayOver(feed: MarketFeed, store: MemoryStore) {
  const gateway = projectGateway({ project, feed, store, clock: new SystemClock({ unref: true }) });
  const control = { signal: new AbortController().signal, heartbeat: () => {} };
  return async (runId: string) => {
    const outcome = await gateway.execute(
      {
        ...{ runId, task: "t", step: "t", attempt: 1, input: {}, asOf: "2020-01-03", timeoutMs: 60_000 },
        ...{ target: { kind: "function", name: "look" }, idempotencyKey: `${runId}/t` },
        ...{ heartbeatTimeoutMs: null, cacheTtlMs: null },
      },
      control,
    );
    return outcome.ok ? outcome.output : outcome.error.code;
  };
}

test("P5 each run sees the data that it began with, and so do its child runs; data that is gone is never replaced", async () => {
  const store = new MemoryStore();
  let content = "monday";
  const feed = await MarketFeed.open({ mark: async () => content, load: async () => dataOf(content) });
  await startRun(store, "r1", "monday");
  content = "tuesday";
  await feed.refresh(store);
  await startRun(store, "r2", "tuesday");
  await startRun(store, "r3", "sunday");
  const ask = gatewayOver(feed, store);
  assert.deepEqual(await ask("r1"), { symbols: ["monday"] });
  assert.deepEqual(await ask("r2"), { symbols: ["tuesday"] });
  assert.deepEqual(await ask("r1.0123456789abcdef"), { symbols: ["monday"] });
  assert.deepEqual([await ask("r3"), await ask("r4")], ["RUN_WITHHELD", "RUN_WITHHELD"]);
});

test("data that stays as it is, or none, is what every run sees", async () => {
  const store = new MemoryStore();
  assert.deepEqual(await gatewayOver(MarketFeed.fixed(dataOf("a")), store)("r1"), { symbols: ["a"] });
  assert.deepEqual(await gatewayOver(MarketFeed.fixed(null), store)("r1"), { symbols: ["none"] });
});

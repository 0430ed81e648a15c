import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunHeader, RunPage, RunQuery } from "@mycroft/runtime";
import type { MarketData } from "@mycroft/sdk";
import { MarketFeed } from "./market-feed.ts";

/** Files whose content is the data's hash. */
function files(first: string) {
  const state = { content: first, reads: 0, onRead: () => {}, failure: null as Error | null };
  const source = {
    mark: async () => state.content,
    load: async () => {
      state.reads += 1;
      state.onRead();
      if (state.failure !== null) throw state.failure;
      return { hash: state.content } as MarketData;
    },
  };
  return { state, source };
}

/** A store with unsettled runs on some data, in pages of one. */
function storeWith(hashes: readonly string[]) {
  return {
    async listRuns({ cursor = "0" }: RunQuery): Promise<RunPage> {
      const at = Number(cursor);
      const runs = hashes.slice(at, at + 1).map((dataHash) => ({ provenance: { dataHash } }) as RunHeader);
      return { runs, nextCursor: at + 1 < hashes.length ? String(at + 1) : null };
    },
  };
}

test("data is read anew when its files have changed, and not otherwise", async () => {
  const { state, source } = files("monday");
  const feed = await MarketFeed.open(source);
  assert.equal(await feed.refresh(storeWith([])), false);
  assert.deepEqual([state.reads, feed.provenance.dataHash], [1, "monday"]);
  state.content = "tuesday";
  const [one, other] = await Promise.all([feed.refresh(storeWith([])), feed.refresh(storeWith([]))]);
  assert.deepEqual([one, other, state.reads], [true, true, 2], "two that ask at once share a reading");
  assert.deepEqual([feed.current?.hash, feed.provenance.dataHash], ["tuesday", "tuesday"]);
});

test("P6 data that an unsettled run began with is kept, other data is not", async () => {
  const { state, source } = files("monday");
  const feed = await MarketFeed.open(source);
  state.content = "tuesday";
  await feed.refresh(storeWith(["tuesday", "monday"]));
  state.content = "wednesday";
  await feed.refresh(storeWith(["other", "monday"]));
  assert.deepEqual(
    ["monday", "tuesday", "wednesday", undefined].map((hash) => feed.find(hash)?.hash),
    ["monday", undefined, "wednesday", undefined],
  );
});

test("files that cannot be read leave everything as it was, until they can", async () => {
  const { state, source } = files("monday");
  const feed = await MarketFeed.open(source);
  state.content = "half";
  state.failure = new Error("no such file");
  await assert.rejects(feed.refresh(storeWith([])), /no such file/u);
  assert.equal(feed.current?.hash, "monday");
  state.failure = null;
  assert.equal(await feed.refresh(storeWith([])), true);
  assert.equal(feed.current?.hash, "half");
});

test("files that change while they are read are read again", async () => {
  const { state, source } = files("a");
  const contents = ["b", "b"];
  state.onRead = () => {
    state.content = contents.shift() ?? state.content;
  };
  const feed = await MarketFeed.open(source);
  assert.deepEqual([feed.current?.hash, state.reads], ["b", 2]);
  assert.equal(await feed.refresh(storeWith([])), false);
});

test("data that stays as it is needs no files, and may be none", async () => {
  const none = MarketFeed.fixed(null);
  assert.equal(await none.refresh(storeWith([])), false);
  assert.deepEqual(
    [none.current, none.find(undefined), none.find("x"), none.isFixed],
    [null, null, undefined, true],
  );
  assert.ok(!("dataHash" in none.provenance));
});

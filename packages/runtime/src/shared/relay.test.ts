import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import type { TaskMessage } from "../ports/queue.ts";
import type { DueQuery } from "../ports/shared-store.ts";
import { VirtualClock } from "../simulation/virtual-clock.ts";
import { Relay, type RelayOptions } from "./relay.ts";

const message = (task: string): TaskMessage => ({
  runId: "run",
  task,
  attempt: 1,
  pool: "default",
  priority: 0,
});

function aRelay() {
  const clock = new VirtualClock(0);
  const seen = {
    published: [] as string[],
    hurried: [] as (readonly number[])[],
    queries: [] as DueQuery[],
    errors: [] as string[],
  };
  const world = { due: [] as TaskMessage[], generation: "1", isFull: false, isAway: false };
  const store = {
    takeDue: async (query: DueQuery) => {
      seen.queries.push(query);
      return world.due.splice(0, query.limit);
    },
    hurry: async (shards: readonly number[]) => {
      if (world.isAway) throw new MycroftError("STORE_UNREACHABLE", "away");
      seen.hurried.push(shards);
    },
  };
  const queue = {
    publish: async (messages: readonly TaskMessage[]) => {
      if (world.isFull) throw new MycroftError("QUEUE_FULL", "full");
      seen.published.push(...messages.map(({ task }) => task));
    },
    generation: async () => world.generation,
  };
  const options = { store, queue, clock, shards: () => [3, 5], pollMs: 1_000, redeliverAfterMs: 60_000 };
  const onError = ({ code }: MycroftError) => seen.errors.push(code);
  const relay = new Relay({ ...options, onError } as unknown as RelayOptions);
  const pass = async (ms: number) => {
    for (const until = clock.now() + ms; clock.now() < until; ) {
      clock.advanceTo(clock.now() + 500);
      await new Promise(process.nextTick);
    }
  };
  return { relay, seen, world, pass };
}

describe("the relay", () => {
  it("publishes at once what it is given, and at every look what is due in its shards", async () => {
    const { relay, seen, world, pass } = aRelay();
    relay.publish([message("a")]);
    assert.deepEqual(seen.published, ["a"]);
    relay.start();
    world.due.push(message("b"));
    await pass(1_000);
    assert.deepEqual(seen.published, ["a", "b"]);
    assert.deepEqual(seen.queries[0], { shards: [3, 5], limit: 1_000, againInMs: 60_000 });
    relay.stop();
  });

  it("does not wait for its next look when it is told of something", async () => {
    const { relay, seen, world } = aRelay();
    relay.start();
    world.due.push(message("a"));
    relay.wake();
    await new Promise(process.nextTick);
    assert.deepEqual(seen.published, ["a"]);
    relay.stop();
  });

  it("takes page after page until nothing is due", async () => {
    const { relay, seen, world, pass } = aRelay();
    relay.start();
    for (let task = 0; task < 2_500; task += 1) world.due.push(message(`${task}`));
    await pass(1_000);
    assert.equal(seen.published.length, 2_500);
    relay.stop();
  });

  it("P4 hurries what waits when the queue is another one, and not before", async () => {
    const { relay, seen, world, pass } = aRelay();
    relay.start();
    await pass(2_000);
    assert.deepEqual(seen.hurried, []);
    world.generation = "2";
    await pass(3_000);
    assert.deepEqual(seen.hurried, [[3, 5]]);
    relay.stop();
  });

  it("P4 hurries what waits after a publication that failed, also when the store is away at first", async () => {
    const { relay, seen, world, pass } = aRelay();
    relay.start();
    world.isFull = true;
    relay.publish([message("a")]);
    await new Promise(process.nextTick);
    world.isFull = false;
    world.isAway = true;
    await pass(2_000);
    assert.deepEqual(seen.hurried, []);
    world.isAway = false;
    await pass(2_000);
    assert.deepEqual(seen.hurried, [[3, 5]]);
    assert.deepEqual(new Set(seen.errors), new Set(["QUEUE_FULL", "STORE_UNREACHABLE"]));
    relay.stop();
  });
});

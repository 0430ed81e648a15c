import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import { MemoryStore } from "@mycroft/runtime";
import { HandStream } from "./testing/hand-stream.ts";
import { feedLimits, UpdateFeed } from "./update-feed.ts";

function openFeed() {
  mock.timers.enable({ apis: ["setTimeout"] });
  const feed = new UpdateFeed(new MemoryStore(), (thrown) => assert.fail(String(thrown)));
  const tell = (runId: string, fromSeq = 0) => {
    const events = [{ type: "runStarted" as const, at: 1 }];
    feed.take({ runId, workflow: "w", status: "running", fromSeq, events });
    mock.timers.tick(feedLimits.gatherMs);
  };
  const close = () => {
    feed.close();
    mock.timers.reset();
  };
  return { feed, tell, close };
}

describe("the feed of updates", () => {
  it("P8 keeps nothing for a slow client: it goes on from its place, or is told to ask anew", () => {
    const { feed, tell, close } = openFeed();
    const stream = new HandStream();
    feed.watch(stream.asStream, null);
    tell("a");
    stream.isBusy = true;
    tell("b");
    tell("c");
    stream.ready();
    assert.deepEqual(stream.names, ["hello", "update", "update", "update"]);
    stream.isBusy = true;
    for (let count = 0; count <= feedLimits.updates; count += 1) tell("d", count);
    stream.ready();
    assert.deepEqual(stream.names.slice(4), ["reset"]);
    tell("e");
    assert.deepEqual(stream.names.slice(5), ["update"]);
    close();
  });

  it("tells what happened in one run within a moment as one, and goes on after the id that a client has", () => {
    const { feed, close } = openFeed();
    const first = new HandStream();
    const leave = feed.watch(first.asStream, null);
    leave();
    const common = { runId: "a", workflow: "w" } as const;
    feed.take({ ...common, status: "succeeded", fromSeq: 1, events: [{ type: "attemptSucceeded", at: 2 }] });
    feed.take({ ...common, status: "running", fromSeq: 0, events: [{ type: "runStarted", at: 1 }] });
    mock.timers.tick(feedLimits.gatherMs);
    const again = new HandStream();
    feed.watch(again.asStream, first.lastId);
    assert.deepEqual(again.names, ["hello", "update"]);
    const upToDate = new HandStream();
    feed.watch(upToDate.asStream, again.lastId);
    assert.deepEqual(upToDate.names, ["hello"]);
    assert.deepEqual(first.names, ["hello"], "who has left is told nothing");
    close();
  });
});

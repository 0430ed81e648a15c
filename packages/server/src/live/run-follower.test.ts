import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { RunFrame } from "@mycroft/protocol";
import { type RunRecord, readRun, type Store } from "@mycroft/runtime";
import { RunPlace } from "../runs/testing/run-place.ts";
import { followLimits, RunFollower } from "./run-follower.ts";
import { HandStream } from "./testing/hand-stream.ts";

/** A store of one run, of which as many events are durable as its test says. */
class OneRun {
  durable = 1;
  looks = 0;
  readonly #record: RunRecord;

  constructor(record: RunRecord) {
    this.#record = record;
  }

  async getRun() {
    return this.#record.header;
  }

  async getPlan() {
    return this.#record.plan;
  }

  async readEvents(_: string, from = 0) {
    this.looks += 1;
    return this.#record.events.slice(from, this.durable);
  }

  get asStore(): Store {
    return this as unknown as Store;
  }

  /** Makes that many events durable, and resolves when the follower has looked. */
  async become(durable: number, follower: RunFollower): Promise<void> {
    this.durable = durable;
    const { looks } = this;
    follower.wake();
    while (this.looks === looks) await setImmediate();
    await setImmediate();
  }
}

async function openRun(numbers: readonly number[]) {
  const place = await RunPlace.open();
  try {
    const runId = await place.settled(await place.start("doubling", { numbers }));
    const run = new OneRun(await readRun(place.store, runId));
    const follower = await RunFollower.open(run.asStore, runId, (thrown) => assert.fail(String(thrown)));
    return { run, follower };
  } finally {
    await place.close();
  }
}

const framesOf = (stream: HandStream) => stream.seen.map(({ data }) => data as RunFrame);
const seqsOf = ({ events }: RunFrame) => events.map(({ seq }) => seq);

describe("following a run", () => {
  it("P8 tells a slow client in one frame what came while it was busy, and a quick one as it comes", async () => {
    const { run, follower } = await openRun([1, 2, 3, 4]);
    const slow = new HandStream(true);
    const quick = new HandStream();
    follower.watch(slow.asStream, 0);
    follower.watch(quick.asStream, 0);
    for (const durable of [2, 3, 5]) await run.become(durable, follower);
    assert.deepEqual(framesOf(quick).map(seqsOf), [[0], [1], [2], [3, 4]]);
    assert.deepEqual(framesOf(slow).map(seqsOf), [[0]]);
    assert.deepEqual([quick.hasEnded, slow.hasEnded], [true, false]);
    slow.ready();
    assert.deepEqual(framesOf(slow).map(seqsOf), [[0], [1, 2, 3, 4]]);
    const changed = framesOf(slow)[1]?.tasks.map(({ task, status }) => [task, status]) ?? [];
    assert.deepEqual(
      changed.sort(),
      [["each", "succeeded"], ...[0, 1, 2, 3].map((index) => [`each[${index}]/double`, "succeeded"])].sort(),
    );
    assert.equal(slow.hasEnded, true);
    follower.close();
  });

  it("tells only the tasks that an event changes", async () => {
    const { run, follower } = await openRun([1, 2, 3]);
    const stream = new HandStream();
    follower.watch(stream.asStream, 0);
    await run.become(2, follower);
    const [first, second] = framesOf(stream);
    assert.equal(first?.tasks.length, 4);
    assert.deepEqual([second?.tasks.length, second?.counts], [1, { expanded: 1, running: 2, succeeded: 1 }]);
    follower.close();
  });

  it("P1 tells nothing that is not durable, whatever wakes it", async () => {
    const { run, follower } = await openRun([1]);
    const stream = new HandStream();
    follower.watch(stream.asStream, 0);
    await run.become(1, follower);
    await run.become(1, follower);
    assert.deepEqual(framesOf(stream).map(seqsOf), [[0]]);
    follower.close();
  });

  it("P4 looks often once it has found what the bus did not tell, and seldom again when it tells or nothing comes", async (t) => {
    const { run, follower: ended } = await openRun([1, 2, 3, 4, 5, 6]);
    ended.close();
    mock.timers.enable({ apis: ["setTimeout"] });
    // Looks are so far apart as folding has taken: nothing is to take longer here than the timers go on.
    let now = 0;
    t.mock.method(performance, "now", () => now);
    const follower = await RunFollower.open(run.asStore, "", (thrown) => assert.fail(String(thrown)));
    const { pollMs, untoldPollMs, emptyPolls, frameMs } = followLimits;
    /** How many looks there are meanwhile. */
    const looksIn = async (ms: number) => {
      const before = run.looks;
      for (let passed = 0; passed < ms; passed += 10) {
        now += 10;
        mock.timers.tick(10);
        for (let turn = 0; turn < 3; turn += 1) await setImmediate();
      }
      return run.looks - before;
    };
    try {
      const stream = new HandStream();
      follower.watch(stream.asStream, 0);
      await looksIn(frameMs + 10);
      assert.equal(await looksIn(pollMs - 200), 0, "nothing is known to be untold");
      run.durable = 2;
      assert.equal(await looksIn(300), 2, "one that finds it, and one soon after that");
      run.durable = 3;
      assert.equal(await looksIn(untoldPollMs), 1);
      assert.deepEqual(framesOf(stream).flatMap(seqsOf), [0, 1, 2]);
      run.durable = 4;
      follower.wake();
      assert.equal(await looksIn(frameMs + 10), 1);
      assert.equal(await looksIn(pollMs - 100), 0, "it is told of again");
      run.durable = 5;
      await looksIn(pollMs);
      assert.ok((await looksIn(2 * emptyPolls * untoldPollMs)) < emptyPolls + 10, "nothing comes");
      assert.equal(await looksIn(pollMs), 1);
    } finally {
      follower.close();
      mock.timers.reset();
    }
  });

  it("tells who has left nothing more", async () => {
    const { run, follower } = await openRun([1, 2]);
    const stream = new HandStream();
    const leave = follower.watch(stream.asStream, 0);
    leave();
    await run.become(3, follower);
    assert.equal(stream.seen.length, 1);
    follower.close();
  });
});

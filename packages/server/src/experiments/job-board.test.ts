import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { JobBoard } from "./job-board.ts";

function openBoard() {
  const errors: MycroftError[] = [];
  let now = Date.parse("2026-01-05T12:00:00Z");
  const board = new JobBoard(
    () => {
      now += 1_000;
      return now;
    },
    (error) => errors.push(error),
  );
  return { board, errors };
}

/** A job that ends when it is told to. */
function openWork() {
  const end = Promise.withResolvers<void>();
  return {
    end,
    work: ({ signal }: { readonly signal: AbortSignal }) => {
      signal.addEventListener("abort", () => end.reject(signal.reason));
      return end.promise;
    },
  };
}

describe("JobBoard", () => {
  it("tells how far a job is, and how it ended", async () => {
    const { board } = openBoard();
    const ended = Promise.withResolvers<void>();
    const reported = Promise.withResolvers<void>();
    board.start("a", async ({ onProgress }) => {
      onProgress(3, 10);
      reported.resolve();
      await ended.promise;
    });
    await reported.promise;
    assert.deepEqual(board.stateOf("a"), {
      ...{ status: "running", done: 3, total: 10, startedAt: "2026-01-05T12:00:01.000Z" },
      ...{ endedAt: null, error: null },
    });
    ended.resolve();
    await board.cancel("a");
    assert.equal(board.stateOf("a")?.status, "done");
    assert.equal(board.stateOf("a")?.endedAt, "2026-01-05T12:00:02.000Z");
    assert.equal(board.stateOf("b"), null);
  });

  it("cancels what is under way, once", async () => {
    const { board } = openBoard();
    board.start("a", openWork().work);
    assert.equal(await board.cancel("a"), true);
    assert.equal(board.stateOf("a")?.status, "cancelled");
    assert.equal(await board.cancel("a"), false);
    assert.equal(await board.cancel("unknown"), false);
  });

  it("P8 refuses a third job, takes one again when there is room, and starts none twice", async () => {
    const { board } = openBoard();
    const [first, second] = [openWork(), openWork()];
    let starts = 0;
    board.start("a", first.work);
    board.start("b", second.work);
    board.start("a", async () => {
      starts += 1;
    });
    assert.equal(starts, 0);
    assert.throws(() => board.start("c", openWork().work), { code: "LIMIT_EXCEEDED", retryable: true });
    await board.cancel("a");
    board.start("c", openWork().work);
    await board.close();
    assert.equal(board.stateOf("c")?.status, "cancelled");
    assert.equal(board.stateOf("b")?.status, "cancelled");
  });

  it("tells what a person can mend, and keeps to itself what nobody expected", async () => {
    const { board, errors } = openBoard();
    board.start("bad", () => Promise.reject(new MycroftError("DATA_EMPTY", "There are no rows.")));
    board.start("broken", () => Promise.reject(new Error("secret of this machine")));
    const settled = () => [board.stateOf("bad")?.status, board.stateOf("broken")?.status];
    while (settled().includes("running")) await new Promise(setImmediate);
    assert.deepEqual(board.stateOf("bad")?.error, { code: "DATA_EMPTY", message: "There are no rows." });
    const told = board.stateOf("broken")?.error;
    assert.equal(told?.code, "INTERNAL");
    assert.doesNotMatch(told?.message ?? "", /secret/);
    assert.match(errors[0]?.message ?? "", /secret/);
  });

  it("P8 forgets the oldest of what has ended", async () => {
    const { board } = openBoard();
    for (let job = 0; job < 150; job += 1) {
      board.start(`job-${job}`, async () => {});
      while (board.stateOf(`job-${job}`)?.status === "running") await new Promise(setImmediate);
    }
    assert.equal(board.stateOf("job-0"), null);
    assert.equal(board.stateOf("job-149")?.status, "done");
  });
});

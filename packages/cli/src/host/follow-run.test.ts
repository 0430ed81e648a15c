import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { keepRecord, recordRun, startOfRuns, storeOf } from "@mycroft/record/testing";
import type { RunRecord } from "@mycroft/runtime";
import { defineFunction, workflow } from "@mycroft/sdk";
import { z } from "zod";
import { plainTerminal } from "../testing/plain-terminal.ts";
import { followRun } from "./follow-run.ts";

const input = z.object({ value: z.number() });
const echo = defineFunction({ name: "echo", version: "1", input, output: input, run: (value) => value });
const review = workflow({ name: "review", input }, (w) => {
  const first = w.call("first", echo, w.input);
  const verdict = w.approve("sign-off", first);
  return w.call("second", echo, first, { after: [verdict] });
});

const given = { input: { value: 1 }, runId: "r1", answer: () => ({ value: 1 }) } as const;
const sent = [
  {
    afterMs: 1_000,
    event: (at: number) =>
      ({ type: "approvalDecided", at, task: "sign-off", verdict: "approve", by: "ann" }) as const,
  },
];
const waiting = recordRun(review, { ...given, untilMs: 500 });
const settled = recordRun(review, { ...given, sent });
const busy = recordRun(review, {
  ...given,
  sent,
  answer: ({ task }) => (task === "second" ? undefined : { value: 1 }),
});

/** Follows the run without a person to wait with; `isHeard` is what becomes of the record while it is asked, and its answer. */
async function follow(
  begin: RunRecord,
  isHeard: (keep: (record: RunRecord) => Promise<void>) => Promise<boolean>,
) {
  const store = await storeOf(begin);
  const ended = await followRun({
    ...{ store, runId: "r1", now: () => startOfRuns + 2_000 },
    invocation: { options: {}, terminal: plainTerminal() },
    stop: new Promise(() => {}),
    untilNews: () => nextTurn(),
    checkWorkers: async () => {},
    isHeard: () => isHeard((record) => keepRecord(store, record)),
  });
  return { ended, status: (await store.getRun("r1"))?.status };
}

test("a run that waits is followed until all that it was told is on record", async () => {
  const answers = [false, false, true];
  const { ended, status } = await follow(waiting, async () => answers.shift() ?? assert.fail());
  assert.deepEqual([ended, status, answers], ["ended", "running", []]);
});

test("a run that is set going between the look at it and that at what it was told is followed on", async () => {
  const becomes = [busy, settled];
  const { ended, status } = await follow(waiting, async (keep) => {
    await keep(becomes.shift() ?? assert.fail());
    setTimeout(() => void keep(settled), 10);
    return true;
  });
  assert.deepEqual([ended, status], ["ended", "succeeded"]);
});

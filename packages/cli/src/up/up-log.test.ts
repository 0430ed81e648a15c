import assert from "node:assert/strict";
import { test } from "node:test";
import { recordRun, startOfRuns, storeOf } from "@mycroft/record/testing";
import { defineFunction, workflow } from "@mycroft/sdk";
import { z } from "zod";
import { plainTerminal } from "../testing/plain-terminal.ts";
import { UpLog } from "./up-log.ts";

const input = z.object({ value: z.number() });
const echo = defineFunction({ name: "echo", version: "1", input, output: input, run: (value) => value });
const one = workflow({ name: "one", input }, (w) => w.call("first", echo, w.input));
const record = (runId: string) =>
  recordRun(one, { runId, input: { value: 1 }, answer: () => ({ value: 1 }) });

test("what happens before there is a store to look in is told when there is one, as of when it happened", async () => {
  const terminal = plainTerminal({ json: true });
  let time = startOfRuns;
  const log = new UpLog({ options: {}, terminal }, () => time);
  const store = await storeOf(record("early"), record("told"), record("late"));
  log.takeSettled("early");
  log.takeSettled("told");
  await log.flush();
  assert.deepEqual(terminal.values, []);
  time += 5_000;
  log.attach(store, "told");
  log.takeSettled("late");
  await log.flush();
  const told = terminal.values.map((value) => {
    const { at, event, run } = value as {
      readonly at: string;
      readonly event: string;
      readonly run: { readonly runId: string };
    };
    return [at, event, run.runId];
  });
  const [begin, later] = [startOfRuns, time].map((at) => new Date(at).toISOString());
  assert.deepEqual(told, [
    [begin, "runSettled", "early"],
    [later, "runSettled", "late"],
  ]);
});

test("what happened in a store that is gone is not looked up in the next one", async () => {
  const terminal = plainTerminal({ json: true });
  const log = new UpLog({ options: {}, terminal });
  log.takeSettled("early");
  log.attach(null);
  log.attach(await storeOf(record("early")));
  await log.flush();
  assert.deepEqual(terminal.values, []);
});

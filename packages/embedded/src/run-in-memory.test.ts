import assert from "node:assert/strict";
import { test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { abstain, defineAgent, defineFunction, tradingDate, workflow } from "@mycroft/sdk";
import { z } from "zod";
import { runInMemory } from "./run-in-memory.ts";

const double = defineFunction({
  name: "double",
  version: "1",
  pure: true,
  input: z.object({ value: z.number(), by: z.string().optional() }),
  output: z.number(),
  run: ({ value }) => {
    if (value < 0) throw new MycroftError("INPUT_INVALID", "below zero");
    return 2 * value;
  },
});

const doubling = workflow({ name: "doubling", input: z.object({ value: z.number().default(21) }) }, (w) =>
  w.call("double", double, { value: w.input.value }),
);

test("a workflow runs to its end, with its output typed and its record at hand", async () => {
  const { output, record } = await runInMemory(doubling, {});
  const typed: number = output;
  assert.equal(typed, 42);
  assert.deepEqual(record.state.input, { value: 21 });
  assert.deepEqual(
    record.events.map(({ type }) => type),
    ["runStarted", "attemptSucceeded"],
  );
});

test("a run that fails rejects with its code, the task and the run", async () => {
  await assert.rejects(runInMemory(doubling, { value: -1 }), (thrown: unknown) => {
    assert.ok(thrown instanceof MycroftError);
    assert.equal(thrown.code, "INPUT_INVALID");
    assert.equal(thrown.details?.["task"], "double");
    assert.match(thrown.message, /^Run \S+ of doubling failed: .*below zero/);
    return true;
  });
});

test("P7 an input that does not fit is refused before anything starts", async () => {
  const wrong = { value: "many" } as unknown as { value: number };
  await assert.rejects(runInMemory(doubling, wrong), { code: "INPUT_INVALID" });
});

const asking = workflow({ name: "asking", input: z.object({ asOf: tradingDate }) }, (w) =>
  w.ask("views", ["oracle"], { subject: "AAPL", asOf: w.input.asOf }),
);

test("agents that are asked by name are brought along, and one that is missing is named", async () => {
  const oracle = defineAgent({
    name: "oracle",
    version: "1",
    capabilities: [],
    opinion: ({ asOf }) => abstain(`asked as of ${asOf}`),
  });
  const { output } = await runInMemory(asking, { asOf: "2010-02-26" }, { agents: [oracle] });
  const [view] = output;
  assert.equal(view?.type === "abstention" && view.reason, "asked as of 2010-02-26");
  await assert.rejects(runInMemory(asking, { asOf: "2010-02-26" }), { code: "PLAN_UNKNOWN_TARGET" });
});

test("P5 a run's day is its input's, unless another is given", async () => {
  const oracle = defineAgent({
    name: "oracle",
    version: "1",
    capabilities: [],
    opinion: () => abstain("no"),
  });
  const agents = [oracle];
  const { record } = await runInMemory(asking, { asOf: "2010-02-26" }, { agents });
  assert.equal(record.header.asOf, "2010-02-26");
  const earlier = await runInMemory(asking, { asOf: "2010-02-26" }, { agents, asOf: "2009-01-02" }).catch(
    (thrown: unknown) => thrown,
  );
  assert.ok(earlier instanceof MycroftError && earlier.code === "LOOK_AHEAD");
});

test("E7 a child run is done with its own plan, at any depth", async () => {
  const quadrupling = workflow({ name: "quadrupling", input: z.object({ value: z.number() }) }, (w) => {
    const once = w.run("once", doubling, { value: w.input.value });
    return w.run("twice", doubling, { value: once });
  });
  const octupling = workflow({ name: "octupling", input: z.object({ value: z.number() }) }, (w) => {
    const most = w.run("most", quadrupling, { value: w.input.value });
    return w.call("rest", double, { value: most });
  });
  const { output, record } = await runInMemory(octupling, { value: 5 });
  assert.equal(output, 40);
  const reports = record.events.flatMap((event) => ("report" in event ? [event.report?.childRunId] : []));
  assert.equal(reports.length, 2);
  assert.ok(reports[0]?.startsWith(`${record.header.runId}.`));
  await assert.rejects(runInMemory(octupling, { value: -5 }), { code: "INPUT_INVALID" });
});

const day = 86_400_000;

test("a result is used again where a step allows it, and nowhere else", async () => {
  let calls = 0;
  const count = defineFunction({
    name: "count",
    version: "1",
    input: z.object({ of: z.string() }),
    output: z.number(),
    run: () => {
      calls += 1;
      return calls;
    },
  });
  const counting = workflow({ name: "counting", input: z.object({}) }, (w) => {
    const first = w.call("first", count, { of: "this" }, { cacheTtlMs: day });
    const same = w.call("same", count, { of: "this" }, { cacheTtlMs: day, after: [first] });
    const other = w.call("other", count, { of: "that" }, { cacheTtlMs: day, after: [same] });
    const anew = w.call("anew", count, { of: "this" }, { after: [other] });
    return { first, same, other, anew };
  });
  const { output, record } = await runInMemory(counting, {});
  assert.deepEqual(output, { first: 1, same: 1, other: 2, anew: 3 });
  const cached = record.events.flatMap((event) =>
    event.type === "attemptSucceeded" && event.report?.cached === true ? [event.task] : [],
  );
  assert.deepEqual(cached, ["same"]);
  // Its store ends with a run: the next one begins with nothing.
  assert.equal((await runInMemory(counting, {})).output.first, 4);
});

test("pools are those that it is given, and one that is missing is named", async () => {
  let [underWay, most] = [0, 0];
  const crowd = defineFunction({
    name: "crowd",
    version: "1",
    input: z.object({}),
    output: z.number(),
    run: async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return most;
    },
  });
  const crowding = workflow({ name: "crowding", input: z.object({ size: z.array(z.number()) }) }, (w) =>
    w.map("all", w.input.size, (m) => m.call("one", crowd, {}, { pool: "narrow" })),
  );
  const size = [1, 2, 3, 4, 5, 6];
  await runInMemory(crowding, { size }, { pools: { narrow: { slots: 2 } } });
  assert.equal(most, 2);
  await assert.rejects(runInMemory(crowding, { size }), { code: "POOL_UNKNOWN" });
});

/** The log of an attempt as authors write it, through gateway, worker, orchestrator and store, to the record. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AttemptLog,
  apply,
  createRun,
  describeTasks,
  indexPlan,
  outcomesToCarry,
  type RunEvent,
} from "@mycroft/engine";
import { compareRuns, type Gateway, type RunRecord, readRun, replayRun } from "@mycroft/runtime";
import { abstain, type CallContext, defineAgent, defineFunction, workflow } from "@mycroft/sdk";
import { z } from "zod";
import { runInMemory } from "./run-in-memory.ts";
import { openSqliteStore } from "./sqlite-store/open-sqlite-store.ts";
import { temporaryFolder } from "./sqlite-store/temporary-folder.ts";

const asOf = "2010-02-26";
const none = z.object({});

function logsOf({ events }: RunRecord): readonly (AttemptLog | undefined)[] {
  return events.flatMap((event) =>
    event.type === "attemptSucceeded" || event.type === "attemptFailed" ? [event.report?.log] : [],
  );
}

function withoutLog(event: RunEvent): RunEvent {
  if (event.type !== "attemptSucceeded" && event.type !== "attemptFailed") return event;
  const { log: _, ...report } = event.report ?? { startedAt: 0, worker: "" };
  return { ...event, report };
}

function textsOf(log: AttemptLog | undefined) {
  return log?.lines.map(({ at: _, ...line }) => line);
}

/** The logs of a function's attempts, that does that: of two attempts at most. */
async function logsFrom(
  work: (context: CallContext) => unknown,
  timeoutMs = 10_000,
): Promise<readonly (AttemptLog | undefined)[]> {
  const told = defineFunction({
    ...{ name: "told", version: "1", input: none, output: z.null() },
    run: async (_, context) => {
      await work(context);
      return null;
    },
  });
  const telling = workflow({ name: "telling", input: none }, (w) =>
    w.call("tell", told, {}, { timeoutMs, retry: { maxAttempts: 2, initialDelayMs: 1 } }),
  );
  const { record } = await runInMemory(telling, {}, { functions: [told], asOf });
  return logsOf(record);
}

test("what a function writes is in its attempt's report, in order, with its fields", async () => {
  const before = Date.now();
  const [log] = await logsFrom(({ log: { debug, info, warn, error } }) => {
    debug("reads", { bars: 12, days: ["2010-02-25"] });
    info("compares");
    warn("old data", { ageDays: 3, source: null });
    error("gives up", { cause: Object.assign(new TypeError("no"), { code: "E_NO" }) });
  });
  assert.deepEqual(textsOf(log), [
    { level: "debug", message: "reads", fields: { bars: 12, days: ["2010-02-25"] } },
    { level: "info", message: "compares" },
    { level: "warn", message: "old data", fields: { ageDays: 3, source: null } },
    {
      level: "error",
      message: "gives up",
      fields: { cause: { name: "TypeError", message: "no", code: "E_NO" } },
    },
  ]);
  assert.ok(log?.lines.every(({ at }) => at >= before && at <= Date.now()));
});

test("an attempt that writes nothing has no log", async () => {
  assert.deepEqual(await logsFrom(() => {}), [undefined]);
});

test("P7 whatever is written, the attempt does not fail of it, and the record is JSON", async () => {
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  const trap = new Proxy({}, { ownKeys: () => assert.fail("trapped") });
  const wild: readonly unknown[] = [
    circle,
    Number.NaN,
    10n,
    Symbol("s"),
    () => 1,
    new Map([[1, 2]]),
    new Date(Number.NaN),
    "\ud800",
    trap,
    { toString: () => assert.fail("told") },
  ];
  const [log] = await logsFrom(({ log: { info } }) => {
    for (const value of wild) info(value as string, { value });
    for (const value of wild) info("fields", value as Record<string, unknown>);
    info("many", Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`f${index}`, index])));
  });
  assert.equal(log?.lines.length, 2 * wild.length + 1);
  assert.deepEqual(JSON.parse(JSON.stringify(log)), log);
  assert.equal(log.lines[1]?.fields?.["value"], "NaN");
  assert.match(String(log.lines.at(-1)?.fields?.["leftOut"]), /^\d+ fields$/u);
});

test("P8 an agent that a function asks does not write to the function's log: it may be asked about a thousand days", async () => {
  const trend = defineAgent({
    ...{ name: "trend", version: "1", capabilities: [] },
    opinion: (_, { log }) => {
      log.info("looks back");
      return abstain("nothing to see");
    },
  });
  const asking = defineFunction({
    ...{ name: "asking", version: "1", input: none, output: z.string() },
    run: async (_, { ask, log }) => {
      log.info("asks");
      const outcomes = ["down", "up"];
      return (await ask("trend", { subject: "IBM", asOf, horizonDays: 28, outcomes })).type;
    },
  });
  const flow = workflow({ name: "flow", input: none }, (w) => w.call("ask", asking, {}));
  const { record } = await runInMemory(flow, {}, { agents: [trend], functions: [asking], asOf });
  assert.deepEqual(textsOf(logsOf(record)[0]), [{ level: "info", message: "asks" }]);
});

test("P6 a run is replayed from its record, with its log or without", async () => {
  const pure = defineFunction({
    ...{ name: "pure", version: "1", pure: true, input: none, output: z.number() },
    run: (_, { log }) => {
      log.info("computes");
      return 1;
    },
  });
  const flow = workflow({ name: "flow", input: none }, (w) => w.call("one", pure, {}));
  const { record } = await runInMemory(flow, {}, { functions: [pure], asOf });
  assert.notEqual(logsOf(record)[0], undefined);
  const again: Gateway = { execute: async () => ({ ok: true, output: 1, version: "1" }) };
  assert.equal((await replayRun(record, again, () => true)).agrees, true);
});

test("E1 P6 a log changes nothing: state, commands, what a fork takes over, and comparisons are as without it", async () => {
  let calls = 0;
  const shaky = defineFunction({
    ...{ name: "shaky", version: "1", input: z.object({ item: z.number() }), output: z.number() },
    run: ({ item }, { log }) => {
      calls += 1;
      log.info(`call ${calls}`, { random: Math.random() });
      if (calls === 2) throw new Error("not today");
      return item;
    },
  });
  const flow = workflow({ name: "flow", input: z.object({ items: z.array(z.number()) }) }, (w) =>
    w.map("each", w.input.items, (m) =>
      m.call("one", shaky, { item: m.item }, { retry: { maxAttempts: 3, initialDelayMs: 1 } }),
    ),
  );
  const { record } = await runInMemory(flow, { items: [1, 2, 3] }, { functions: [shaky], asOf });
  assert.ok(logsOf(record).length === 4 && logsOf(record).every((log) => log !== undefined));
  const events = record.events.map(withoutLog);
  assert.equal(JSON.stringify(events).includes('"log"'), false);
  const [logged, silent] = [record.events, events].map((all) => {
    const state = createRun(indexPlan(record.plan), record.header.runId);
    const commands = all.map((event) => [...apply(state, event)]);
    return { state, commands };
  });
  assert.ok(logged !== undefined && silent !== undefined);
  assert.deepEqual(silent.commands, logged.commands);
  assert.deepEqual(describeTasks(silent.state), describeTasks(logged.state));
  assert.deepEqual(outcomesToCarry(silent.state, []), outcomesToCarry(logged.state, []));
  assert.deepEqual(silent.state.result, logged.state.result);
  const other = { ...record, events, state: silent.state };
  assert.deepEqual(compareRuns(record, other).differences, []);
});

test("a log is read from a store that was closed since; a record that is older than logs has none", async (context) => {
  const folder = temporaryFolder(context);
  const told = defineFunction({
    ...{ name: "told", version: "1", input: none, output: z.null() },
    run: (_, { log }) => {
      log.info("works");
      return null;
    },
  });
  const flow = workflow({ name: "flow", input: none }, (w) => w.call("tell", told, {}));
  const { record } = await runInMemory(flow, {}, { functions: [told], asOf });
  const { status: _, settledAt: __, events: ___, ...header } = record.header;
  const store = await openSqliteStore({ folder });
  await store.putPlan(record.plan);
  await store.append([
    { runId: "logged", create: { ...header, runId: "logged" }, fromSeq: 0, events: record.events },
    {
      runId: "older",
      create: { ...header, runId: "older" },
      fromSeq: 0,
      events: record.events.map(withoutLog),
    },
  ]);
  await store.close();
  const again = await openSqliteStore({ folder });
  context.after(() => again.close());
  assert.deepEqual(logsOf(await readRun(again, "logged")), logsOf(record));
  const older = await readRun(again, "older");
  assert.deepEqual([logsOf(older), older.state.result], [[undefined], record.state.result]);
});

test("an attempt that fails, or is too late, has what it wrote by then; what it writes afterwards is lost", async () => {
  let calls = 0;
  const [failed, then] = await logsFrom(({ log }) => {
    calls += 1;
    log.info(`call ${calls}`);
    if (calls === 1) throw new Error("not today");
  });
  assert.deepEqual(textsOf(failed), [{ level: "info", message: "call 1" }]);
  assert.deepEqual(textsOf(then), [{ level: "info", message: "call 2" }]);
  const isOver = Promise.withResolvers<void>();
  let begun = 0;
  const [late] = await logsFrom(async ({ log, signal }) => {
    begun += 1;
    if (begun > 1) return;
    log.warn("this will take long");
    signal.addEventListener("abort", () => {
      log.error("too late");
      isOver.resolve();
    });
    await isOver.promise;
  }, 50);
  assert.deepEqual(textsOf(late), [{ level: "warn", message: "this will take long" }]);
});

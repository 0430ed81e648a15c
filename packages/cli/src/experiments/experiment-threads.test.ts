/** Threads that work on experiments do what the library does, and tell what goes wrong as it does. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { before, describe, test } from "node:test";
import {
  type BacktestPlan,
  type BacktestStore,
  planBacktest,
  readBacktestDays,
  replayDay,
  runBacktest,
  walkAgents,
} from "@mycroft/backtest";
import { contentHash, type JsonValue } from "@mycroft/engine";
import { evaluate, loadEvaluationData } from "@mycroft/evaluation";
import { committee, loadBundledData } from "@mycroft/investing";
import { readSubjectDecisions } from "@mycroft/record";
import { MemoryStore } from "@mycroft/runtime";
import type { MarketData } from "@mycroft/sdk";
import type { EvaluationTask } from "@mycroft/server";
import { backtestTargets } from "../backtest/backtest-targets.ts";
import { builtInProject } from "../project/built-in-project.ts";
import { failsWith } from "../testing/assert-failure.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { experimentThreads } from "./experiment-threads.ts";
import { forecastsOfHistory } from "./forecasts-of-history.ts";

const folder = temporaryFolder({ isLinked: true });
const project = builtInProject({ hasFacts: false });
const threads = experimentThreads({ bundled: true }, folder.path);
const projectTask: EvaluationTask = { csv: null, score: null, delayPeriods: null, seed: null };
const never = new AbortController().signal;
const quiet = { signal: never, onProgress: () => {} };

const posix = process.platform === "win32" && "the folder for temporary files is named otherwise there";

function hashOf(value: unknown): string {
  return contentHash(value as JsonValue);
}

function openStore(): MemoryStore {
  return new MemoryStore({ now: () => 0 });
}

function storePortOf(store: MemoryStore): BacktestStore {
  return {
    getDocument: (...given) => store.getDocument(...given),
    putDocument: (...given) => store.putDocument(...given),
    listDocuments: (...given) => store.listDocuments(...given),
    putPlan: (...given) => store.putPlan(...given),
  };
}

describe("a backtest in a thread", () => {
  let market: MarketData;
  let plan: BacktestPlan;
  before(async () => {
    market = (await loadBundledData()).data;
    plan = planBacktest(committee, market, {
      from: "2007-01-01",
      to: "2008-12-31",
      cadence: "monthly",
      policies: ["linear-pool", "past-score"],
    });
  });
  const taskOf = ({ id, settings, workflow }: BacktestPlan) => ({ id, settings, workflow: workflow.name });

  test("P6 ends with the report of the library, byte for byte, and has it on record", async () => {
    const store = openStore();
    const seen: (readonly [number, number])[] = [];
    const report = await threads.backtest(taskOf(plan), {
      ...{ signal: never, store },
      onProgress: (done, total) => seen.push([done, total]),
    });
    const expected = await runBacktest(plan, backtestTargets(project));
    assert.equal(hashOf(report), hashOf(expected.report));
    assert.equal(hashOf(await readBacktestDays(store, plan.id)), hashOf(expected.days));
    assert.deepEqual(
      seen,
      Array.from({ length: 25 }, (_, done) => [done, 24]),
    );
  });

  test("P3 stops between two days when it is told, and goes on from there to the same end", async () => {
    const store = openStore();
    const stop = new AbortController();
    const stopped = threads.backtest(taskOf(plan), {
      ...{ signal: stop.signal, store },
      onProgress: (done) => {
        if (done === 12) stop.abort(new Error("enough"));
      },
    });
    await assert.rejects(stopped);
    const kept = await readBacktestDays(store, plan.id);
    assert.ok(kept.length >= 10 && kept.length < 24, `${kept.length} days are on record`);
    const resumedAt: number[] = [];
    const report = await threads.backtest(taskOf(plan), {
      ...{ signal: never, store },
      onProgress: (done) => resumedAt.push(done),
    });
    assert.equal(resumedAt[0], kept.length);
    assert.equal(hashOf(report), hashOf((await runBacktest(plan, backtestTargets(project))).report));
  });

  test("takes no part in one of other data or workflows", async () => {
    const other = { ...taskOf(plan), id: "bt-0000000000000000" };
    await assert.rejects(
      threads.backtest(other, { ...quiet, store: openStore() }),
      failsWith("RUN_WITHHELD", /start it again/u),
    );
  });

  test("tells what the store of the other side refuses", async () => {
    const store = openStore();
    await store.close();
    await assert.rejects(
      threads.backtest(taskOf(plan), { ...quiet, store }),
      failsWith("STORE_CLOSED", /closed/u),
    );
  });

  test("P6 a day is done again as the library does it, and held against the record where there is one", async () => {
    const store = openStore();
    const { days } = await runBacktest(plan, backtestTargets(project), { store });
    const { signal } = new AbortController();
    const asked = (date: string, symbol: string) =>
      threads.backtestDay({ ...taskOf(plan), date, symbol }, { signal, store });
    const again = await asked("2008-10-31", "IBM");
    assert.deepEqual(
      again.map(({ name, agrees }) => [name, agrees]),
      [
        ["linear-pool", true],
        ["past-score", true],
      ],
    );
    for (const { name, decision } of again) {
      const { record } = await replayDay(
        plan,
        days,
        { date: "2008-10-31", variant: name },
        backtestTargets(project),
      );
      const expected = readSubjectDecisions(record).find(({ subject }) => subject === "IBM");
      assert.deepEqual(decision, expected);
    }
    assert.deepEqual(await asked("2008-10-31", "NOBODY"), []);
    await assert.rejects(
      asked("2008-10-30", "IBM"),
      failsWith("NOT_FOUND", /decides nothing on 2008-10-30/u),
    );
    const unkept = { signal, store: openStore() };
    const early = await threads.backtestDay({ ...taskOf(plan), date: "2008-10-31", symbol: "IBM" }, unkept);
    assert.deepEqual(
      early.map(({ agrees }) => agrees),
      [null, null],
    );
  });

  test("P8 a day that nobody waits for any more is not done again", async () => {
    const stop = new AbortController();
    const store = openStore();
    const asked = { signal: stop.signal, store: { ...storePortOf(store), getDocument } };
    function getDocument(...given: Parameters<MemoryStore["getDocument"]>) {
      stop.abort(new Error("gone"));
      return store.getDocument(...given);
    }
    await assert.rejects(threads.backtestDay({ ...taskOf(plan), date: "2008-10-31", symbol: "IBM" }, asked));
  });

  test("tells of a project that cannot be opened", async () => {
    folder.write("broken/mycroft.config.ts", "export default 3;");
    const broken = experimentThreads({}, `${folder.path}/broken`);
    await assert.rejects(
      broken.backtest(taskOf(plan), { ...quiet, store: openStore() }),
      failsWith("CONFIG_INVALID", /mycroft\.config\.ts/u),
    );
  });

  test("is not begun when it was told to stop before", async () => {
    await assert.rejects(
      threads.backtest(taskOf(plan), { ...quiet, signal: AbortSignal.abort(), store: openStore() }),
      { name: "AbortError" },
    );
  });
});

describe("an evaluation in a thread", () => {
  const csv = [
    "period,subject,agent,p1,p2,p3,outcome",
    ...Array.from({ length: 24 }, (_, row) => {
      const day = `2026-01-${String(1 + Math.floor(row / 2)).padStart(2, "0")}`;
      const [agent, p] = row % 2 === 0 ? ["bull", "0.1,0.3,0.6"] : ["bear", "0.5,0.3,0.2"];
      return `${day},IBM,${agent},${p},${1 + (Math.floor(row / 2) % 3)}`;
    }),
  ].join("\n");

  test("of the project's agents has the numbers of the library", async () => {
    const seen: number[] = [];
    const found = await threads.evaluation(projectTask, {
      signal: never,
      onProgress: (done, total) => seen.push(done / total),
    });
    const { data: market } = await loadBundledData();
    const history = await walkAgents({ agents: project.agents, market });
    const { data, delayPeriods } = forecastsOfHistory(history);
    assert.equal(hashOf(found), hashOf(evaluate(data, { delayPeriods })));
    assert.equal(found.settings.delayPeriods, delayPeriods);
    // A month after the end of a month is the end of the next.
    assert.equal(delayPeriods, 0);
    assert.deepEqual(
      found.agents,
      project.agents.map(({ name }) => name),
    );
    assert.ok(found.cases > 200 && found.periods.length > 50);
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
    assert.ok((seen.at(-1) ?? 0) <= 1);
  });

  test("of a file has the numbers of the library, with the settings that were given", async () => {
    const found = await threads.evaluation({ csv, score: "brier", delayPeriods: 2, seed: 7 }, quiet);
    const { data } = await loadEvaluationData(folder.write("forecasts.csv", csv));
    const expected = evaluate(data, { policies: "all", score: "brier", delayPeriods: 2, seed: 7 });
    assert.equal(hashOf(found), hashOf(expected));
  });

  test("P7 tells what is wrong with a file that is none, and leaves no file behind", {
    skip: posix,
  }, async (context) => {
    const place = dirname(folder.write("temporary/.keep", ""));
    const { TMPDIR } = process.env;
    context.after(() => {
      if (TMPDIR === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = TMPDIR;
    });
    process.env["TMPDIR"] = place;
    await assert.rejects(
      threads.evaluation({ ...projectTask, csv: "\u0000\u0001 not,a csv" }, quiet),
      failsWith("DATA_COLUMN_MISSING", /^The file has no column/u),
    );
    await assert.rejects(
      threads.evaluation({ ...projectTask, csv: "" }, quiet),
      failsWith("DATA_EMPTY", /./u),
    );
    assert.deepEqual(readdirSync(place), [".keep"]);
  });

  test("P7 a project without market data, and one whose agents never speak, say so", async () => {
    const config = (body: string) =>
      `import { abstain, defineAgent, defineConfig } from "@mycroft/sdk";
       const silent = defineAgent({ name: "silent", version: "1", capabilities: [], opinion: () => abstain("no view") });
       export default defineConfig({ workflows: [], agents: [silent], ${body} });`;
    folder.write("bare/mycroft.config.ts", config(""));
    folder.write("silent/mycroft.config.ts", config('data: "bundled"'));
    const inFolder = (name: string) => experimentThreads({}, `${folder.path}/${name}`);
    await assert.rejects(
      inFolder("bare").evaluation(projectTask, quiet),
      failsWith("DATA_EMPTY", /states no market data/u),
    );
    await assert.rejects(
      inFolder("silent").evaluation(projectTask, quiet),
      failsWith("ENSEMBLE_EMPTY", /no day of the market data/u),
    );
  });

  test("an agent that ends its thread ends nothing else", async () => {
    folder.write(
      "rude/mycroft.config.ts",
      `import { defineAgent, defineConfig } from "@mycroft/sdk";
       const rude = defineAgent({ name: "rude", version: "1", capabilities: [], opinion: () => process.exit(3) });
       export default defineConfig({ workflows: [], agents: [rude], data: "bundled" });`,
    );
    await assert.rejects(
      experimentThreads({}, `${folder.path}/rude`).evaluation(projectTask, quiet),
      failsWith("INTERNAL", /exit code 3/u),
    );
  });
});

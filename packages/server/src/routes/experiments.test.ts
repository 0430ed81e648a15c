/** Backtests and evaluations over HTTP, with a real store on disk: started, watched, stopped, gone on with, and forgotten. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { planBacktest, runBacktest } from "@mycroft/backtest";
import { openSqliteStore } from "@mycroft/embedded";
import { policies } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import { evaluate } from "@mycroft/evaluation";
import { builtInAgents, committee, loadBundledData } from "@mycroft/investing";
import {
  apiRoutes,
  type BacktestDay,
  type BacktestDetail,
  type BacktestSummary,
  type EvaluationDetail,
  type EvaluationSummary,
  type Problem,
  type StrategyView,
} from "@mycroft/protocol";
import type { Store } from "@mycroft/runtime";
import { defineConfig, type MarketData, type Project } from "@mycroft/sdk";
import type { ExperimentWork } from "../experiments/experiment-work.ts";
import { workHere } from "../experiments/testing/work-here.ts";
import { openTestServer, type TestServer, type TestServerOptions } from "../testing/index.ts";

const project = defineConfig({ workflows: [committee], agents: builtInAgents(), data: "bundled" });
const settings = { from: "2007-01-01", to: "2008-12-31", cadence: "monthly" } as const;
const body = { workflow: "investment-committee", ...settings };
const plain = { costBps: 5, slippageBps: 5 };

let market: MarketData;
const folders: string[] = [];
before(async () => {
  market = (await loadBundledData()).data;
});
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Place extends AsyncDisposable {
  readonly server: TestServer;
  readonly folder: string;
  get<Answer>(path: string): Promise<Answer>;
  /** Asserts the status. */
  change<Answer>(method: "POST" | "DELETE", path: string, body?: unknown, status?: number): Promise<Answer>;
  backtest(id: string, until: (found: BacktestDetail) => boolean): Promise<BacktestDetail>;
  evaluation(id: string, until: (found: EvaluationDetail) => boolean): Promise<EvaluationDetail>;
}

interface PlaceOptions extends Partial<Pick<TestServerOptions, "experiments" | "project" | "market">> {
  /** Of another place, to come back to. */
  readonly folder?: string;
  readonly store?: (store: Store) => Store;
}

async function openPlace(options: PlaceOptions = {}): Promise<Place> {
  const { folder = mkdtempSync(join(tmpdir(), "mycroft-experiments-")) } = options;
  folders.push(folder);
  const opened: { readonly project: Project; readonly market: MarketData | null } = {
    project: options.project ?? project,
    market: options.market === undefined ? market : options.market,
  };
  const store = await openSqliteStore({ folder });
  const experiments =
    options.experiments ?? workHere({ project: opened.project, market: opened.market ?? market });
  const server = await openTestServer({ ...opened, store: options.store?.(store) ?? store, experiments });
  const get = async <Answer>(path: string): Promise<Answer> => {
    const response = await server.ask(path);
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text);
  };
  const until = async <Found>(ask: () => Promise<Found>, ends: (found: Found) => boolean): Promise<Found> => {
    for (;;) {
      const found = await ask();
      if (ends(found)) return found;
      await new Promise(setImmediate);
    }
  };
  return {
    ...{ server, folder, get },
    change: async (method, path, sent, status = 200) => {
      const response = await server.ask(path, { method, body: sent });
      const text = await response.text();
      assert.equal(response.status, status, text);
      return JSON.parse(text);
    },
    backtest: (id, ends) =>
      until(async () => apiRoutes.getBacktest.response.parse(await get(`/api/backtests/${id}`)), ends),
    evaluation: (id, ends) =>
      until(async () => apiRoutes.getEvaluation.response.parse(await get(`/api/evaluations/${id}`)), ends),
    [Symbol.asyncDispose]: async () => {
      await server.close();
      assert.deepEqual(server.errors, []);
    },
  };
}

const hasReport = ({ report }: { readonly report: object | null }) => report !== null;
const rests = ({ job }: BacktestDetail | EvaluationDetail) => job?.status !== "running";

/** Lets so many lots of days on record, and holds the next one up until it is let go. */
function holdUp(lots: number) {
  const reached = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  let kept = 0;
  const beforeKeeping = async () => {
    kept += 1;
    if (kept <= lots) return;
    reached.resolve();
    await goOn.promise;
  };
  return { beforeKeeping, reached: reached.promise, goOn: goOn.resolve };
}

describe("backtests over HTTP", () => {
  it("P6 comes to the figures of the library, says so in its list, and is not walked twice", async () => {
    await using place = await openPlace();
    const started = await place.change<BacktestSummary>("POST", "/api/backtests", body, 201);
    const found = await place.backtest(started.id, hasReport);
    const plan = planBacktest(committee, market, settings);
    assert.equal(started.id, plan.id);
    const targets = { agents: builtInAgents(), functions: committee.functions, policies };
    const { report } = await runBacktest(plan, targets);
    assert.deepEqual(found.report?.days, report.days);
    for (const [index, strategy] of report.strategies.entries()) {
      const told: StrategyView | undefined = found.report?.strategies[index];
      const { equity, forecasts, closedAtLastPrice: _, ...figures } = strategy;
      assert.ok(told !== undefined);
      for (const [name, value] of Object.entries(figures))
        assert.deepEqual(Reflect.get(told, name), value, `${strategy.name} ${name}`);
      assert.deepEqual(told.forecasts?.rps ?? null, forecasts?.rps ?? null);
      for (const [day, value] of told.equity.entries())
        assert.ok(Math.abs(value - (equity[day] ?? 0)) < 1e-6, `${strategy.name} on ${report.days[day]}`);
    }
    const again = await place.change<BacktestSummary>("POST", "/api/backtests", { ...body, ...plain });
    assert.equal(again.id, started.id);
    assert.equal(again.isWhole, true);
    assert.equal(again.job?.startedAt, found.job?.startedAt, "nothing was begun anew");
    const { backtests } = await place.get<{ backtests: BacktestSummary[] }>("/api/backtests");
    assert.deepEqual(
      backtests.map(({ id, isWhole }) => [id, isWhole]),
      [[started.id, true]],
    );
  });

  it("P3 one that was interrupted with its server is found so, and goes on where it was", async () => {
    const hold = holdUp(1);
    let id = "";
    let folder = "";
    {
      await using place = await openPlace({
        experiments: workHere({ project, market, beforeKeeping: hold.beforeKeeping }),
      });
      ({ id } = await place.change<BacktestSummary>("POST", "/api/backtests", body, 201));
      ({ folder } = place);
      await hold.reached;
      const { job } = await place.backtest(id, ({ job }) => (job?.done ?? 0) >= 20);
      assert.equal(job?.total, 24);
      // The server ends while a lot is on its way: it is kept or not, and never half.
      hold.goOn();
    }
    await using place = await openPlace({ folder });
    const found = await place.get<BacktestDetail>(`/api/backtests/${id}`);
    assert.deepEqual([found.isWhole, found.job, found.report], [false, null, null]);
    const progress: number[] = [];
    const { settings: kept, workflow } = found;
    const given = Object.entries(kept as object).filter(([, value]) => value !== null);
    const resumed = await place.change<BacktestSummary>(
      ...(["POST", "/api/backtests", { ...Object.fromEntries(given), workflow }] as const),
    );
    assert.equal(resumed.id, id);
    await place.backtest(id, ({ report, job }) => {
      if (job !== null && job.done > 0) progress.push(job.done);
      return report !== null;
    });
    assert.ok((progress[0] ?? 0) >= 10, `it went on at ${progress[0]}`);
  });

  it("is stopped when it is told, with its days, and tells who asks meanwhile", async () => {
    const hold = holdUp(0);
    const work = workHere({ project, market, beforeKeeping: hold.beforeKeeping });
    const told = Promise.withResolvers<void>();
    const backtest: ExperimentWork["backtest"] = (task, ports) => {
      ports.signal.addEventListener("abort", () => told.resolve());
      return work.backtest(task, ports);
    };
    await using place = await openPlace({ experiments: { ...work, backtest } });
    const { id } = await place.change<BacktestSummary>("POST", "/api/backtests", body, 201);
    await place.change("POST", "/api/backtests", body, 200);
    const early = await place.get<BacktestDetail>(`/api/backtests/${id}`);
    assert.equal(early.job?.status, "running", "it is there from the first moment on");
    await hold.reached;
    const stopping = place.change("POST", `/api/backtests/${id}/cancel`);
    // Else it might be at its end before it is told.
    await told.promise;
    hold.goOn();
    assert.deepEqual(await stopping, { cancelled: true });
    const stopped = await place.get<BacktestDetail>(`/api/backtests/${id}`);
    assert.deepEqual([stopped.job?.status, stopped.isWhole], ["cancelled", false]);
    assert.deepEqual(await place.change("POST", `/api/backtests/${id}/cancel`), { cancelled: false });
    assert.deepEqual(await place.change("DELETE", `/api/backtests/${id}`), {});
    assert.equal((await place.server.ask(`/api/backtests/${id}`)).status, 404);
    assert.deepEqual(await place.get("/api/backtests"), { backtests: [] });
  });

  it("explains a day again, and finds the decision on record", async () => {
    await using place = await openPlace();
    const { id } = await place.change<BacktestSummary>("POST", "/api/backtests", body, 201);
    await place.backtest(id, hasReport);
    const path = (date: string, symbol: string) => `/api/backtests/${id}/days/${date}/${symbol}`;
    const day = await place.get<{ variants: { agrees: boolean; headline: string; sections: object[] }[] }>(
      path("2008-10-31", "IBM"),
    );
    assert.equal(day.variants.length, 1);
    assert.equal(day.variants[0]?.agrees, true);
    assert.match(day.variants[0]?.headline ?? "", /IBM/u);
    assert.ok((day.variants[0]?.sections.length ?? 0) > 2);
    const codeOf = async (date: string, symbol: string) =>
      ((await (await place.server.ask(path(date, symbol))).json()) as Problem).code;
    assert.equal(await codeOf("2008-10-31", "NONE"), "NOT_FOUND");
    assert.equal(await codeOf("2008-10-30", "IBM"), "NOT_FOUND");
  });

  it("explains a day that is not on record yet, and says so", async () => {
    const hold = holdUp(1);
    await using place = await openPlace({
      experiments: workHere({ project, market, beforeKeeping: hold.beforeKeeping }),
    });
    const { id } = await place.change<BacktestSummary>("POST", "/api/backtests", body, 201);
    await hold.reached;
    const agreesOn = async (date: string) =>
      (await place.get<BacktestDay>(`/api/backtests/${id}/days/${date}/IBM`)).variants[0]?.agrees;
    assert.equal(await agreesOn("2007-01-31"), true);
    assert.equal(await agreesOn("2008-12-31"), null);
    hold.goOn();
    await place.backtest(id, hasReport);
  });

  it("P8 does two days again at once, and ends with whoever asked", async () => {
    const asked: AbortSignal[] = [];
    let waiting = Promise.withResolvers<void>();
    const beforeExplaining = async (signal: AbortSignal) => {
      asked.push(signal);
      waiting.resolve();
      await new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    };
    await using place = await openPlace({ experiments: workHere({ project, market, beforeExplaining }) });
    const { id } = await place.change<BacktestSummary>("POST", "/api/backtests", body, 201);
    await place.backtest(id, hasReport);
    const day = `/api/backtests/${id}/days/2008-10-31/IBM`;
    const gone = new AbortController();
    const first = place.server.ask(day, { signal: gone.signal });
    await waiting.promise;
    waiting = Promise.withResolvers();
    const second = place.server.ask(day);
    await waiting.promise;
    const third = await place.server.ask(day);
    const { code } = (await third.json()) as Problem;
    assert.deepEqual([third.status, code], [429, "RATE_LIMITED"]);
    assert.equal(asked.length, 2);
    const [one, other] = asked;
    assert.ok(one !== undefined && other !== undefined);
    const ended = new Promise((resolve) => one.addEventListener("abort", resolve));
    gone.abort();
    await assert.rejects(first);
    await ended;
    assert.equal(other.aborted, false, "the other one is still waited for");
    // There is room again.
    waiting = Promise.withResolvers();
    const fourth = place.server.ask(day).catch(() => null);
    await waiting.promise;
    assert.equal(asked.length, 3);
    await place.server.close();
    assert.ok(asked.every(({ aborted }) => aborted));
    await Promise.allSettled([second, fourth]);
  });

  it("that failed says why after its server was started again, until it is begun anew", async () => {
    const failing: ExperimentWork = {
      ...workHere({ project, market }),
      backtest: () =>
        Promise.reject(new MycroftError("DATA_EMPTY", `No prices <b>here</b>. ${"x".repeat(5_000)}`)),
    };
    let folder = "";
    let first: BacktestDetail;
    {
      await using place = await openPlace({ experiments: failing });
      ({ folder } = place);
      const { id } = await place.change<BacktestSummary>("POST", "/api/backtests", body, 201);
      first = await place.backtest(id, rests);
      assert.deepEqual([first.job?.status, first.job?.error?.code], ["failed", "DATA_EMPTY"]);
      assert.equal(first.job?.error?.message.length, 4_000);
    }
    {
      await using place = await openPlace({ folder });
      const { id } = first;
      assert.deepEqual(await place.get<BacktestDetail>(`/api/backtests/${id}`), first);
      const { backtests } = await place.get<{ backtests: BacktestSummary[] }>("/api/backtests");
      assert.deepEqual(
        backtests.map(({ id, job }) => [id, job]),
        [[id, first.job]],
      );
      await place.change<BacktestSummary>("POST", "/api/backtests", body, 201);
      const whole = await place.backtest(id, hasReport);
      assert.equal(whole.job?.error, null);
    }
    await using place = await openPlace({ folder });
    const { job, isWhole } = await place.get<BacktestDetail>(`/api/backtests/${first.id}`);
    assert.deepEqual([job, isWhole], [null, true]);
  });

  it("that failed is forgotten with its reason, also when it came to no days", async () => {
    const failing: ExperimentWork = {
      ...workHere({ project, market }),
      backtest: () => Promise.reject(new Error("secret of this machine")),
    };
    let folder = "";
    let id = "";
    {
      const place = await openPlace({ experiments: failing });
      ({ folder } = place);
      try {
        ({ id } = await place.change<BacktestSummary>("POST", "/api/backtests", body, 201));
        await place.backtest(id, rests);
      } finally {
        await place.server.close();
      }
      assert.match(place.server.errors[0]?.message ?? "", /secret/u);
    }
    await using place = await openPlace({ folder });
    const found = await place.get<BacktestDetail>(`/api/backtests/${id}`);
    assert.equal(found.job?.error?.code, "INTERNAL");
    assert.doesNotMatch(JSON.stringify(found), /secret/u);
    assert.deepEqual(await place.change("DELETE", `/api/backtests/${id}`), {});
    assert.equal((await place.server.ask(`/api/backtests/${id}`)).status, 404);
    assert.deepEqual(await place.get("/api/backtests"), { backtests: [] });
  });

  it("made by a command is told with its figures, and one of other data says that it cannot be made again", async () => {
    await using place = await openPlace();
    const { store } = place.server.host;
    const targets = { agents: builtInAgents(), functions: committee.functions, policies };
    const plan = planBacktest(committee, market, { ...settings, from: "2008-01-01" });
    await runBacktest(plan, targets, { store });
    const found = await place.backtest(plan.id, hasReport);
    assert.equal(found.report?.decisions, 12);

    const heading = (await store.getDocument("backtests", plan.id))?.value as {
      readonly [key: string]: string;
    };
    const other = { ...heading, id: "bt-0123456789abcdef" };
    await store.putDocument({ collection: "backtests", id: other.id, replaces: 0, value: other });
    const withheld = await place.backtest(other.id, (one) => one.job?.status === "failed");
    assert.equal(withheld.job?.error?.code, "RUN_WITHHELD");
    assert.equal(withheld.report, null);
    // It is not tried again each time that somebody looks.
    assert.equal(
      (await place.get<BacktestDetail>(`/api/backtests/${other.id}`)).job?.endedAt,
      withheld.job?.endedAt,
    );
  });

  it("P7 what is wrong with a request is told with its code, and begins nothing", async () => {
    await using place = await openPlace();
    const codeOf = async (sent: object) => {
      const response = await place.server.ask("/api/backtests", {
        method: "POST",
        body: { ...body, ...sent },
      });
      const { code } = (await response.json()) as Problem;
      assert.ok(response.status >= 400 && response.status < 500, `${response.status}`);
      return code;
    };
    const many = Array.from({ length: 50 }, (_, index) => ({ policy: "ewa", settings: { rate: 1 + index } }));
    assert.deepEqual(
      [
        await codeOf({ workflow: "nobody" }),
        await codeOf({ policies: ["flip-a-coin"] }),
        await codeOf({ policies: [{ policy: "ewa", settings: { rate: -1 } }] }),
        await codeOf({ policies: ["linear-pool", "linear-pool"] }),
        await codeOf({ without: ["nobody"] }),
        await codeOf({ from: "2009-01-01", to: "2008-01-01" }),
        await codeOf({ to: "2100-01-01" }),
        await codeOf({ from: "2008-01-02", to: "2008-01-03" }),
        await codeOf({ input: { asOf: "2008-01-01" } }),
        await codeOf({ cadence: 0 }),
        await codeOf({ surprise: true }),
        await codeOf({ policies: many, without: ["momentum", "reversal"] }),
      ],
      [
        "WORKFLOW_UNKNOWN",
        "POLICY_UNKNOWN",
        "POLICY_INVALID",
        "INPUT_INVALID",
        "INPUT_INVALID",
        "DATE_OUT_OF_RANGE",
        "DATE_OUT_OF_RANGE",
        "DATA_EMPTY",
        "INPUT_INVALID",
        "INPUT_INVALID",
        "INPUT_INVALID",
        "LIMIT_EXCEEDED",
      ],
    );
    assert.deepEqual(await place.get("/api/backtests"), { backtests: [] });
  });

  it("P7 a project without data says so", async () => {
    await using place = await openPlace({ market: null });
    const refused = await place.change<Problem>("POST", "/api/backtests", body, 400);
    assert.equal(refused.code, "DATA_EMPTY");
  });

  it("names the policies that may be compared, the project's own among them", async () => {
    const [linear] = policies;
    assert.ok(linear !== undefined);
    const own = { ...linear, name: "house-rule", description: "What the house does." };
    await using place = await openPlace({ project: { ...project, policies: [own] } });
    const found = await place.get<{ policies: { name: string; isOwn: boolean }[] }>("/api/policies");
    assert.deepEqual(
      found.policies.map(({ name, isOwn }) => [name, isOwn]),
      [...policies.map(({ name }) => [name, false]), ["house-rule", true]],
    );
    const { id } = await place.change<BacktestSummary>(
      ...(["POST", "/api/backtests", { ...body, policies: ["house-rule"] }, 201] as const),
    );
    const { report } = await place.backtest(id, hasReport);
    assert.equal(report?.strategies[0]?.name, "house-rule");
  });
});

describe("evaluations over HTTP", () => {
  const csv = [
    "period,subject,agent,p1,p2,p3,outcome",
    ...Array.from({ length: 60 }, (_, row) => {
      const day = new Date(Date.UTC(2026, 0, 1 + Math.floor(row / 2))).toISOString().slice(0, 10);
      const [agent, p] = row % 2 === 0 ? ["bull", "0.1,0.3,0.6"] : ["<b>bear</b>", "0.5,0.3,0.2"];
      return `${day},IBM,${agent},${p},${1 + (Math.floor(row / 2) % 3)}`;
    }),
  ].join("\n");

  it("comes to the figures of the library, and outlives its server", async () => {
    let id = "";
    let folder = "";
    let first: EvaluationDetail;
    {
      await using place = await openPlace();
      ({ folder } = place);
      const sent = { name: "two views", csv, score: "brier", seed: 7 };
      ({ id } = await place.change<EvaluationSummary>("POST", "/api/evaluations", sent, 201));
      first = await place.evaluation(id, hasReport);
    }
    const rounds = Array.from({ length: 30 }, (_, index) => ({
      period: new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10),
      cases: [
        {
          subject: "IBM",
          forecasts: [
            [0.1, 0.3, 0.6],
            [0.5, 0.3, 0.2],
          ],
          observed: [0, 1, 2].map((one) => (one === index % 3 ? 1 : 0)),
        },
      ],
    }));
    const data = {
      kind: "distribution",
      outcomes: first.report?.outcomes ?? [],
      agents: ["bull", "<b>bear</b>"],
      rounds,
    } as const;
    const expected = evaluate(data, { score: "brier", seed: 7 });
    const figures = (found: { competitors: readonly { name: string; score: number; rank: number }[] }) =>
      found.competitors.map(({ name, score, rank }) => [name, rank, score]);
    assert.ok(first.report !== null);
    assert.deepEqual(figures(first.report), figures(expected));
    assert.deepEqual(
      [first.agents, first.cases, first.periods, first.best],
      [2, 30, 30, expected.competitors[0]?.name],
    );
    const pool = first.report.competitors.find(({ name }) => name === "linear-pool");
    assert.deepEqual(
      pool?.weights?.map(({ agent, values }) => [agent, values.length, values[0]]),
      [
        ["bull", 30, 0.5],
        ["<b>bear</b>", 30, 0.5],
      ],
    );

    await using place = await openPlace({ folder });
    const later = await place.get<EvaluationDetail>(`/api/evaluations/${id}`);
    assert.deepEqual(later, { ...first, job: null });
    assert.deepEqual(await place.change("DELETE", `/api/evaluations/${id}`), {});
    assert.equal((await place.server.ask(`/api/evaluations/${id}`)).status, 404);
  });

  it("P7 of a file that is none fails with the reader's code, and says so after its server was started again", async () => {
    let folder = "";
    let evaluations: EvaluationSummary[] = [];
    {
      await using place = await openPlace();
      ({ folder } = place);
      const failureOf = async (text: string) => {
        const sent = { name: "none", csv: text };
        const { id } = await place.change<EvaluationSummary>("POST", "/api/evaluations", sent, 201);
        const { job } = await place.evaluation(id, rests);
        assert.equal(job?.status, "failed");
        assert.doesNotMatch(job?.error?.message ?? "", /--[a-z]|`/u, "there is no command line here");
        return job?.error?.code;
      };
      assert.equal(await failureOf("no,csv,of\u0000ours\n1,2,3"), "DATA_COLUMN_MISSING");
      assert.equal(await failureOf("period,subject,agent,p1,p2,outcome\n"), "DATA_EMPTY");
      ({ evaluations } = await place.get<{ evaluations: EvaluationSummary[] }>("/api/evaluations"));
    }
    assert.equal(evaluations.length, 2);
    assert.ok((evaluations[0]?.createdAt ?? "") >= (evaluations[1]?.createdAt ?? ""), "the newest first");
    await using again = await openPlace({ folder });
    assert.deepEqual(await again.get("/api/evaluations"), { evaluations });
    const { id, job } = evaluations[0] ?? assert.fail("it is listed");
    assert.equal(job?.error?.code, "DATA_EMPTY");
    assert.deepEqual((await again.get<EvaluationDetail>(`/api/evaluations/${id}`)).job, job);
  });

  it("kept by an earlier version, without how it ended, is read as before", async () => {
    await using place = await openPlace();
    const { store } = place.server.host;
    const heading = { name: "old", createdAt: "2026-01-05T12:00:00.000Z", agents: 0, cases: 0, periods: 0 };
    const value = { format: 1, ...heading, best: null, reportHash: null };
    await store.putDocument({ collection: "evaluations", id: "ev-0-old", replaces: 0, value });
    const { job, report } = await place.get<EvaluationDetail>("/api/evaluations/ev-0-old");
    assert.deepEqual([job, report], [null, null]);
  });

  it("P8 a body that is too large is refused, and so is a name that is none", async () => {
    await using place = await openPlace();
    const statusOf = async (sent: unknown) =>
      (await place.server.ask("/api/evaluations", { method: "POST", body: sent })).status;
    assert.equal(await statusOf({ name: "large", csv: "x".repeat(18 * 1024 * 1024) }), 413);
    assert.ok([400, 422].includes(await statusOf({ name: "large", csv: "x".repeat(16 * 1024 * 1024 + 1) })));
    assert.ok([400, 422].includes(await statusOf({ name: "" })));
    assert.deepEqual(await place.get("/api/evaluations"), { evaluations: [] });
  });
});

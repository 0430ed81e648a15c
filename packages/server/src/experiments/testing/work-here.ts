/** Experiments worked on in the test's own process, and held up where a test wants to look. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type BacktestStore,
  planBacktest,
  readBacktestDays,
  replayDay,
  runBacktest,
} from "@mycroft/backtest";
import { policies } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import { evaluate, loadEvaluationData } from "@mycroft/evaluation";
import { readSubjectDecisions } from "@mycroft/record";
import type { MarketData, Project } from "@mycroft/sdk";
import type { BacktestTask, DayAgain, ExperimentWork } from "../experiment-work.ts";

export interface WorkHereOptions {
  readonly project: Project;
  readonly market: MarketData;
  /** Awaited before days are put on record. */
  readonly beforeKeeping?: () => Promise<void>;
  /** Awaited before a day is done again. */
  readonly beforeExplaining?: (signal: AbortSignal) => Promise<void>;
}

export function workHere({
  project,
  market,
  beforeKeeping,
  beforeExplaining,
}: WorkHereOptions): ExperimentWork {
  const { agents, functions } = project;
  const targets = { agents, functions, policies: [...policies, ...project.policies] };
  const planOf = ({ workflow: name, settings, id }: BacktestTask) => {
    const workflow = project.workflows.find((one) => one.name === name);
    if (workflow === undefined) throw new MycroftError("WORKFLOW_UNKNOWN", `No workflow ${name}.`);
    const plan = planBacktest(workflow, market, settings);
    if (plan.id !== id) throw new MycroftError("RUN_WITHHELD", "Another backtest was asked for.");
    return plan;
  };
  return {
    backtest: async (task, { store, signal, onProgress }) => {
      const plan = planOf(task);
      const { report } = await runBacktest(plan, targets, {
        store: beforeKeeping === undefined ? store : heldUp(store, beforeKeeping),
        signal,
        onProgress: (done) => onProgress(done, plan.days.length),
      });
      return report;
    },
    backtestDay: async ({ date, symbol, ...task }, { store, signal }) => {
      await beforeExplaining?.(signal);
      const plan = planOf(task);
      const days = await readBacktestDays(store, plan.id);
      const found: DayAgain[] = [];
      for (const { name } of plan.variants) {
        const again = await replayDay(plan, days, { date, variant: name }, targets);
        const decision = readSubjectDecisions(again.record).find(({ subject }) => subject === symbol);
        const agrees = again.recordedHash === null ? null : again.recordedHash === again.hash;
        if (decision !== undefined) found.push({ name, agrees, decision });
      }
      return found;
    },
    evaluation: async ({ csv, score, delayPeriods, seed }, { onProgress }) => {
      const { data } = await readForecasts(csv ?? "");
      return evaluate(data, {
        ...{ policies: "all", ownPolicies: project.policies },
        ...{ score: score ?? undefined, delayPeriods: delayPeriods ?? undefined, seed: seed ?? undefined },
        onPolicy: (_, done, total) => onProgress(done, total),
      });
    },
  };
}

function heldUp(store: BacktestStore, beforeKeeping: () => Promise<void>): BacktestStore {
  return {
    getDocument: (...given) => store.getDocument(...given),
    listDocuments: (...given) => store.listDocuments(...given),
    putPlan: (...given) => store.putPlan(...given),
    putDocument: async (write) => {
      if (write.collection === "backtest-days") await beforeKeeping();
      return store.putDocument(write);
    },
  };
}

async function readForecasts(csv: string) {
  const folder = await mkdtemp(join(tmpdir(), "mycroft-server-"));
  try {
    const file = join(folder, "forecasts.csv");
    await writeFile(file, csv);
    return await loadEvaluationData(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

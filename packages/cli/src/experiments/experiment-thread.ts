/** The program of a thread that works on one experiment: it opens the project for itself, since functions do not travel. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import {
  type BacktestPlan,
  type BacktestStore,
  planBacktest,
  readBacktestDay,
  replayDay,
  runBacktest,
  walkAgents,
} from "@mycroft/backtest";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { type Evaluation, type EvaluationOptions, evaluate, loadEvaluationData } from "@mycroft/evaluation";
import { readSubjectDecisions } from "@mycroft/record";
import type { BacktestDayTask, BacktestTask, DayAgain, EvaluationTask } from "@mycroft/server";
import { backtestTargets } from "../backtest/backtest-targets.ts";
import { findWorkflow } from "../project/find-workflow.ts";
import { requireMarket } from "../project/market.ts";
import { type OpenProject, openProject } from "../project/open-project.ts";
import { errorOf } from "./error-of.ts";
import { checkDelay, forecastsOfHistory } from "./forecasts-of-history.ts";
import type { FromThread, StoreCall, ThreadStart, ToThread } from "./thread-messages.ts";

const { options, directory, task } = workerData as ThreadStart;
const stop = new AbortController();
const calls = new Map<number, PromiseWithResolvers<unknown>>();

function say(message: FromThread): void {
  parentPort?.postMessage(message);
}

parentPort?.on("message", (message: ToThread) => {
  if (message.type === "stop") {
    stop.abort();
    return;
  }
  const call = calls.get(message.id);
  calls.delete(message.id);
  if (message.type === "answer") call?.resolve(message.value);
  else call?.reject(errorOf(message.error));
});

let lastCall = 0;

function ask(method: StoreCall, values: readonly unknown[]): Promise<unknown> {
  lastCall += 1;
  const call = Promise.withResolvers<unknown>();
  calls.set(lastCall, call);
  say({ type: "call", id: lastCall, method, values });
  return call.promise;
}

/** The store of the process that holds it; what it gives is what the method of that name gives. */
const store = {
  getDocument: (...values: unknown[]) => ask("getDocument", values),
  putDocument: (...values: unknown[]) => ask("putDocument", values),
  listDocuments: (...values: unknown[]) => ask("listDocuments", values),
  putPlan: (...values: unknown[]) => ask("putPlan", values),
} as unknown as BacktestStore;

/** @throws {MycroftError} RUN_WITHHELD when it is another one here than where it was asked for. */
async function planOf(open: OpenProject, { workflow, settings, id }: BacktestTask): Promise<BacktestPlan> {
  const { data } = await requireMarket(open, options);
  const plan = planBacktest(findWorkflow(open, workflow), data, settings);
  if (plan.id !== id) {
    throw new MycroftError(
      "RUN_WITHHELD",
      "The project gives other data or workflows than when the server was started; start it again.",
    );
  }
  return plan;
}

async function backtest(task: BacktestTask): Promise<unknown> {
  const open = await openProject(options, directory);
  const plan = await planOf(open, task);
  const total = plan.days.length;
  const onProgress = (done: number) => say({ type: "progress", done, total });
  const { report } = await runBacktest(plan, backtestTargets(open.project), {
    store,
    onProgress,
    signal: stop.signal,
  });
  return report;
}

/** What was learnt on the way through all days is learnt anew for each variant, which takes most of the time. */
async function backtestDay({ date, symbol, ...task }: BacktestDayTask): Promise<readonly DayAgain[]> {
  const open = await openProject(options, directory);
  const plan = await planOf(open, task);
  const recorded = await readBacktestDay(store, plan.id, plan.days.indexOf(date));
  const found: DayAgain[] = [];
  for (const { name } of plan.variants) {
    // To be told to stop, it must look up from its work.
    await setImmediate();
    stop.signal.throwIfAborted();
    const days = recorded === null ? [] : [recorded];
    const target = { date, variant: name };
    const { record, hash, recordedHash } = await replayDay(plan, days, target, backtestTargets(open.project));
    const decision = readSubjectDecisions(record).find(({ subject }) => subject === symbol);
    if (decision === undefined) continue;
    found.push({ name, agrees: recordedHash === null ? null : recordedHash === hash, decision });
  }
  return found;
}

async function evaluation({ csv, score, delayPeriods, seed }: EvaluationTask): Promise<Evaluation> {
  const open = await openProject(options, directory);
  const asked: EvaluationOptions = {
    policies: "all",
    ownPolicies: open.project.policies,
    ...(score === null ? {} : { score }),
    ...(delayPeriods === null ? {} : { delayPeriods }),
    ...(seed === null ? {} : { seed }),
  };
  if (csv === null) return evaluationOfProject(open, asked);
  const { data } = await readForecasts(csv);
  const onPolicy = (_: string, done: number, total: number) => say({ type: "progress", done, total });
  return evaluate(data, { ...asked, onPolicy });
}

/** Asking the agents about the past takes most of the time: it counts as half of the whole. */
async function evaluationOfProject(open: OpenProject, asked: EvaluationOptions): Promise<Evaluation> {
  const { data: market } = await requireMarket(open, options);
  const total = 200;
  const history = await walkAgents({
    agents: open.project.agents,
    market,
    signal: stop.signal,
    onProgress: (share) => say({ type: "progress", done: Math.round((share * total) / 2), total }),
  });
  const { data, delayPeriods, leftOut } = forecastsOfHistory(history);
  checkDelay(asked.delayPeriods, delayPeriods);
  const onPolicy = (_: string, done: number, count: number) =>
    say({ type: "progress", done: Math.round((total / 2) * (1 + done / count)), total });
  const found = evaluate(data, { delayPeriods, ...asked, onPolicy });
  return { ...found, leftOut: [...leftOut, ...found.leftOut] };
}

/** The reader of forecasts takes files of any size, and nothing else. */
async function readForecasts(csv: string) {
  const folder = await mkdtemp(join(tmpdir(), "mycroft-evaluation-"));
  const file = join(folder, "forecasts.csv");
  try {
    await writeFile(file, csv, { mode: 0o600 });
    return await loadEvaluationData(file);
  } catch (thrown) {
    // Where it lies is nobody's business, and it is gone by the time that this is read.
    const { details: _, message, ...error } = asMycroftError(thrown).toRecord();
    throw errorOf({ ...error, message: message.replaceAll(file, "The file") });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function work(): Promise<unknown> {
  switch (task.kind) {
    case "backtest":
      return backtest(task);
    case "backtestDay":
      return backtestDay(task);
    case "evaluation":
      return evaluation(task);
  }
}

try {
  say({ type: "finished", value: await work() });
} catch (thrown) {
  say({ type: "failed", error: asMycroftError(thrown).toRecord() });
}
parentPort?.close();

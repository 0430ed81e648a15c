/** The program of a thread that works on one experiment: it opens the project for itself, since functions do not travel. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { type BacktestStore, planBacktest, runBacktest, walkAgents } from "@mycroft/backtest";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { type Evaluation, type EvaluationOptions, evaluate, loadEvaluationData } from "@mycroft/evaluation";
import type { BacktestTask, EvaluationTask } from "@mycroft/server";
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

async function backtest({ workflow, settings, id }: BacktestTask): Promise<unknown> {
  const open = await openProject(options, directory);
  const { data } = await requireMarket(open, options);
  const plan = planBacktest(findWorkflow(open, workflow), data, settings);
  if (plan.id !== id) {
    throw new MycroftError(
      "RUN_WITHHELD",
      "The project gives other data or workflows than when the server was started; start it again.",
    );
  }
  const total = plan.days.length;
  const onProgress = (done: number) => say({ type: "progress", done, total });
  const { report } = await runBacktest(plan, backtestTargets(open.project), {
    store,
    onProgress,
    signal: stop.signal,
  });
  return report;
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

try {
  const value = task.kind === "backtest" ? await backtest(task) : await evaluation(task);
  say({ type: "finished", value });
} catch (thrown) {
  say({ type: "failed", error: asMycroftError(thrown).toRecord() });
}
parentPort?.close();

/** The program of one of a backtest's threads: it is sent dates, and answers each with the day's decisions. */
import { parentPort, workerData } from "node:worker_threads";
import { type DayDecider, dayDecider, planBacktest } from "@mycroft/backtest";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { findWorkflow } from "../project/find-workflow.ts";
import { requireMarket } from "../project/market.ts";
import { openProject } from "../project/open-project.ts";
import { backtestTargets } from "./backtest-targets.ts";
import type { ThreadAnswer, ThreadTask } from "./backtest-threads.ts";

async function openDecider({ options, directory, workflow, settings, id }: ThreadTask): Promise<DayDecider> {
  const open = await openProject(options, directory);
  const { data } = await requireMarket(open, options);
  const plan = planBacktest(findWorkflow(open, workflow), data, settings);
  if (plan.id === id) return dayDecider(plan, backtestTargets(open.project));
  throw new MycroftError(
    "RUN_WITHHELD",
    "The project gives other data or workflows each time it is opened, so that threads cannot share the work; --threads 1 does without.",
  );
}

const decider = openDecider(workerData as ThreadTask);
// Whoever sends the first date is told.
decider.catch(() => {});

let last: Promise<void> = Promise.resolve();

// One day after the other, in the order in which they are asked for: what is remembered from day to day counts on it.
parentPort?.on("message", (date: string) => {
  last = last.then(async () => parentPort?.postMessage(await answerTo(date)));
});

async function answerTo(date: string): Promise<ThreadAnswer> {
  try {
    const decide = await decider;
    return { day: await decide(date) };
  } catch (thrown) {
    const { code, message } = asMycroftError(thrown);
    return { failure: { code, message } };
  }
}

/** Threads that decide days of a backtest beside the main one. Each opens the project for itself: functions do not travel. */
import { Worker } from "node:worker_threads";
import type { BacktestPlan, BacktestSettings, DayDecider, DayRecord } from "@mycroft/backtest";
import { MycroftError } from "@mycroft/errors";
import type { Invocation } from "../command.ts";

/** What a thread is started with. */
export interface ThreadTask {
  readonly options: Invocation["options"];
  readonly directory: string;
  readonly workflow: string;
  readonly settings: BacktestSettings;
  /** The backtest's id: a thread that comes to another one has other data or code, and must not take part. */
  readonly id: string;
}

/** What a thread answers to a date: what it decided, or why it could not. */
export type ThreadAnswer =
  | { readonly day: DayRecord }
  | { readonly failure: { readonly code: string; readonly message: string } };

/** Fewer decisions on companies than this are done before a thread has come up. */
const worthwhile = 15_000;

export class BacktestThreads {
  readonly #threads: readonly Worker[];
  readonly deciders: readonly DayDecider[];

  /** @param count how many threads decide in all, the main one included. */
  constructor(plan: BacktestPlan, options: Invocation["options"], count: number) {
    const { settings, days, data, variants } = plan;
    const companies = settings.universe?.length ?? data.asOf(settings.to).symbols().length;
    const isWorthwhile = days.length * companies * variants.length >= worthwhile;
    const task: ThreadTask = {
      options,
      directory: process.cwd(),
      workflow: plan.workflow.name,
      settings,
      id: plan.id,
    };
    this.#threads = Array.from({ length: isWorthwhile ? count - 1 : 0 }, () => {
      return new Worker(new URL("./backtest-thread.ts", import.meta.url), { workerData: task });
    });
    // Twice each: while a thread decides a day, the next one is with it already, as this thread is slow to answer.
    this.deciders = this.#threads.map(deciderOf).flatMap((decide) => [decide, decide]);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }
}

/** A thread answers in the order in which it was asked. */
function deciderOf(thread: Worker): DayDecider {
  const waiting: PromiseWithResolvers<DayRecord>[] = [];
  let ended: MycroftError | null = null;
  const end = (because: string) => {
    ended ??= new MycroftError(
      "INTERNAL",
      `A thread of the backtest ended: ${because}. \`--threads 1\` does without.`,
    );
    for (const { reject } of waiting.splice(0)) reject(ended);
  };
  thread.on("message", (answer: ThreadAnswer) => {
    const asked = waiting.shift();
    if ("day" in answer) asked?.resolve(answer.day);
    else
      asked?.reject(new MycroftError("RUN_WITHHELD", `${answer.failure.message} (${answer.failure.code})`));
  });
  thread.on("error", (error) => end(error instanceof Error ? error.message : String(error)));
  thread.on("exit", (code) => end(`exit code ${code}`));
  return (date) => {
    if (ended !== null) return Promise.reject(ended);
    const asked = Promise.withResolvers<DayRecord>();
    waiting.push(asked);
    thread.postMessage(date);
    return asked.promise;
  };
}

/** Works on the server's experiments in threads of their own, so that the server goes on answering. */
import { Worker } from "node:worker_threads";
import type { BacktestReport, BacktestStore } from "@mycroft/backtest";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import type { Evaluation } from "@mycroft/evaluation";
import type { DayAgain, ExperimentWork, WorkPorts } from "@mycroft/server";
import type { Invocation } from "../command.ts";
import { errorOf } from "./error-of.ts";
import { type FromThread, storeCalls, type ThreadStart, type ToThread } from "./thread-messages.ts";

/** For a thread that is told to stop to come to the end of a day; then it is ended wherever it is. */
const stopMs = 5_000;

export function experimentThreads(
  options: Invocation["options"],
  directory: string = process.cwd(),
): ExperimentWork {
  return {
    backtest: async (task, { store, ...ports }) => {
      const value = await inThread({ options, directory, task: { kind: "backtest", ...task } }, ports, store);
      // The thread is this very code.
      return value as BacktestReport;
    },
    backtestDay: async (task, { store, signal }) => {
      const ports = { signal, onProgress: () => {} };
      const start: ThreadStart = { options, directory, task: { kind: "backtestDay", ...task } };
      return (await inThread(start, ports, store)) as readonly DayAgain[];
    },
    evaluation: async (task, ports) => {
      const value = await inThread(
        { options, directory, task: { kind: "evaluation", ...task } },
        ports,
        null,
      );
      return value as Evaluation;
    },
  };
}

async function inThread(start: ThreadStart, ports: WorkPorts, store: BacktestStore | null): Promise<unknown> {
  const { signal, onProgress } = ports;
  signal.throwIfAborted();
  const thread = new Worker(new URL("./experiment-thread.ts", import.meta.url), { workerData: start });
  const ended = Promise.withResolvers<unknown>();
  thread.on("message", (message: FromThread) => {
    switch (message.type) {
      case "call":
        answer(message, store).then(
          (said) => thread.postMessage(said),
          // A value that cannot travel: the thread would wait for ever.
          (thrown) => ended.reject(asMycroftError(thrown)),
        );
        break;
      case "progress":
        onProgress(message.done, message.total);
        break;
      case "finished":
        ended.resolve(message.value);
        break;
      case "failed":
        ended.reject(errorOf(message.error));
        break;
    }
  });
  thread.on("error", (thrown) => ended.reject(asMycroftError(thrown)));
  thread.on("exit", (code) => {
    ended.reject(
      new MycroftError("INTERNAL", `The thread of an experiment ended early, with exit code ${code}.`),
    );
  });
  const onStop = () => {
    const stop: ToThread = { type: "stop" };
    thread.postMessage(stop);
    setTimeout(() => ended.reject(signal.reason), stopMs).unref();
  };
  signal.addEventListener("abort", onStop, { once: true });
  try {
    return await ended.promise;
  } finally {
    signal.removeEventListener("abort", onStop);
    await thread.terminate();
  }
}

async function answer(
  { id, method, values }: Extract<FromThread, { type: "call" }>,
  store: BacktestStore | null,
): Promise<ToThread> {
  try {
    if (store === null || !storeCalls.includes(method)) throw new MycroftError("INTERNAL", "No store here.");
    const call = store[method] as (...given: readonly unknown[]) => Promise<unknown>;
    return { type: "answer", id, value: await call.apply(store, [...values]) };
  } catch (thrown) {
    return { type: "refusal", id, error: asMycroftError(thrown).toRecord() };
  }
}

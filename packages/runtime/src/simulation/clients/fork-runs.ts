/** Forks and retries runs that have settled, once each, whatever crashes in between. */
import type { ForkRun } from "../../fork-run.ts";
import type { DurableRun } from "../durable-runs.ts";
import { forkName, retryName } from "../run-names.ts";
import type { ScenarioFork } from "../scenario.ts";
import { ask } from "./ask.ts";
import type { ClientOptions } from "./outside.ts";

/** Resolves when each is started. */
export async function forkRuns(options: ClientOptions): Promise<void> {
  await Promise.all(options.scenario.forks.map((fork) => forkRun(options, fork)));
}

async function forkRun(options: ClientOptions, fork: ScenarioFork): Promise<void> {
  const { outside, witness, pause, names, memory } = options;
  const request = `${fork.kind} ${fork.run} ${fork.number}`;
  const name = nameOfFork(fork);
  const original = await settledRun(options, fork.run);
  await pause(fork.afterMs);
  if (memory.answered.has(request) || witness.durable.get(name) !== undefined) return;
  const answer = await ask(
    options,
    ["INPUT_INVALID"],
    () =>
      names.give(name, () =>
        fork.kind === "retry" ? outside.retry(fork.run) : outside.fork(requestOf(original, fork)),
      ),
    () => witness.durable.get(name)?.header.runId,
  );
  if ("value" in answer) witness.isStarted(answer.value);
  else if (fork.kind === "fork" || hasFailed(original)) {
    witness.accuse("refused", `the ${fork.kind} of ${fork.run}: ${answer.refusal}`);
  }
  memory.answered.add(request);
}

export function nameOfFork({ run, number, kind }: ScenarioFork): string {
  return kind === "fork" ? forkName(run, number) : retryName(run, number);
}

/** What is asked for: from which task on, with which input. */
export function requestOf({ header, state }: DurableRun, { pick, input }: ScenarioFork): ForkRun {
  const tasks = [...state.tasks.keys()];
  const from = tasks[pick % tasks.length];
  return {
    runId: header.runId,
    from: from === undefined ? [] : [from],
    ...(input === null ? {} : { input }),
  };
}

async function settledRun({ outside, witness, pause }: ClientOptions, runId: string): Promise<DurableRun> {
  for (;;) {
    const run = witness.durable.get(runId);
    if (run !== undefined) {
      await outside.waitFor(runId);
      return run;
    }
    await pause(1_000);
  }
}

function hasFailed({ state }: DurableRun): boolean {
  return [...state.tasks.values()].some(({ status }) => status === "failed" || status === "cancelled");
}

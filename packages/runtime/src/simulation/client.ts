/**
 * Whoever uses a process from outside: starts the runs that are not there yet, asks for cancellations until it is
 * answered, and waits for every run's end. It checks each answer against the disk.
 */
import { asMycroftError } from "@mycroft/errors";
import type { Orchestrator } from "../orchestrator.ts";
import type { Scenario, ScenarioRun } from "./scenario.ts";
import type { Witness } from "./witness.ts";

export interface ClientOptions {
  readonly orchestrator: Orchestrator;
  readonly scenario: Scenario;
  readonly witness: Witness;
  /** Resolves at that many milliseconds after the start of the simulation, or at once if that has passed. */
  readonly until: (atMs: number) => Promise<void>;
  readonly pause: (forMs: number) => Promise<void>;
  /** The ids that the orchestrator gives to the next runs. */
  readonly ids: string[];
  /** Cancellations that have been answered, in whatever life. */
  readonly answered: Set<string>;
}

const retryMs = 1_000;
const provenance = { codeVersion: "simulated" };

/** Resolves when every run has settled. */
export async function useProcess(options: ClientOptions): Promise<void> {
  const { cancels, runs } = options.scenario;
  const cancelled = cancels.map(({ runId, atMs }) => requestCancel(options, runId, atMs));
  await Promise.all([startAll(options, runs), ...cancelled]);
  await Promise.all(runs.map((run) => waitForEnd(options, run)));
}

/** One after the other, so that each gets its own id. */
async function startAll(options: ClientOptions, runs: readonly ScenarioRun[]): Promise<void> {
  for (const run of runs.toSorted((a, b) => a.atMs - b.atMs)) await startIfAbsent(options, run);
}

async function startIfAbsent(
  options: ClientOptions,
  { runId, plan, input, atMs }: ScenarioRun,
): Promise<void> {
  const { orchestrator, witness, until, pause, ids } = options;
  await until(atMs);
  while (witness.durable.get(runId) === undefined) {
    ids.splice(0, ids.length, runId);
    try {
      await orchestrator.startRun({ plan, input, asOf: "2010-02-26", provenance });
      witness.isStarted(runId);
    } catch (thrown) {
      if (asMycroftError(thrown).code !== "STORE_FULL") throw thrown;
      await pause(retryMs);
    }
  }
}

async function waitForEnd({ orchestrator, witness }: ClientOptions, { runId }: ScenarioRun): Promise<void> {
  witness.hasSettled(runId, await orchestrator.waitFor(runId));
}

async function requestCancel(options: ClientOptions, runId: string, atMs: number): Promise<void> {
  const { orchestrator, witness, until, answered } = options;
  await until(atMs);
  if (answered.has(runId)) return;
  try {
    witness.cancels(runId, await orchestrator.cancel(runId, "simulated"));
  } catch (thrown) {
    if (asMycroftError(thrown).code !== "RUN_UNKNOWN") throw thrown;
  }
  answered.add(runId);
}

/** Cuts a scenario that breaks a rule down to a small one that breaks the same rule: the shortest way to see why. */
import { compile, type MapStep, type Plan, type StepDefinition } from "@mycroft/engine";
import type { Scenario, ScenarioRun } from "./scenario.ts";
import { type SimulationReport, simulate } from "./simulate.ts";
import type { Variant } from "./variant.ts";

export interface Shrunk {
  readonly scenario: Scenario;
  /** With the list of what happened. */
  readonly report: SimulationReport;
}

/** @param mostTries how many smaller scenarios are run at most. */
export async function shrink(scenario: Scenario, variant?: Variant, mostTries = 600): Promise<Shrunk> {
  const { violation } = await simulate(scenario, { variant });
  let smallest = scenario;
  let tries = 0;
  for (let goesOn = true; goesOn; ) {
    goesOn = false;
    for (const candidate of smallerScenarios(smallest)) {
      if (tries >= mostTries) break;
      tries += 1;
      const found = (await simulate(candidate, { variant })).violation;
      if (found === null || found.rule !== violation?.rule) continue;
      smallest = candidate;
      goesOn = true;
      break;
    }
  }
  return { scenario: smallest, report: await simulate(smallest, { variant, isTraced: true }) };
}

/** Each with one thing less, the greatest reductions first. */
export function* smallerScenarios(scenario: Scenario): Iterable<Scenario> {
  const { runs, lives, cancels, jumps, full, queue } = scenario;
  if (runs.length > 1) {
    for (const run of runs) {
      const others = cancels.filter((cancel) => cancel.runId !== run.runId);
      yield { ...scenario, runs: without(runs, run), cancels: others };
    }
  }
  for (const life of lives) yield { ...scenario, lives: without(lives, life) };
  for (const cancel of cancels) yield { ...scenario, cancels: without(cancels, cancel) };
  for (const jump of jumps) yield { ...scenario, jumps: without(jumps, jump) };
  for (const time of full) yield { ...scenario, full: without(full, time) };
  for (const fault of ["loss", "repetition", "refusal", "slowestMs"] as const) {
    if (queue[fault] > 0) yield { ...scenario, queue: { ...queue, [fault]: 0 } };
  }
  for (const fault of ["slowestCommitMs", "busRefusal", "lies"] as const) {
    if (scenario[fault] > 0) yield { ...scenario, [fault]: 0 };
  }
  for (const limit of ["workers", "concurrency"] as const) {
    if (scenario[limit] > 1) yield { ...scenario, [limit]: 1 };
  }
  for (const run of runs) {
    for (const smaller of smallerRuns(run)) yield { ...scenario, runs: replaced(runs, run, smaller) };
  }
  for (const life of lives) {
    if (life.downMs > 0) yield { ...scenario, lives: replaced(lives, life, { ...life, downMs: 0 }) };
    if (life.wipesQueue) yield { ...scenario, lives: replaced(lives, life, { ...life, wipesQueue: false }) };
    for (const occasions of [Math.floor(life.occasions / 2), life.occasions - 1]) {
      if (occasions > 0) yield { ...scenario, lives: replaced(lives, life, { ...life, occasions }) };
    }
  }
}

function* smallerRuns(run: ScenarioRun): Iterable<ScenarioRun> {
  if (run.atMs > 0) yield { ...run, atMs: 0 };
  const { workflow } = run.plan;
  if (workflow.output.kind !== "const") {
    const plan = compiled({ ...run.plan, workflow: { ...workflow, output: { kind: "const", value: null } } });
    if (plan !== null) yield { ...run, plan };
  }
  for (const steps of smallerSteps(workflow.steps)) {
    const plan = steps.length === 0 ? null : compiled({ ...run.plan, workflow: { ...workflow, steps } });
    if (plan !== null) yield { ...run, plan };
  }
}

function* smallerSteps(steps: readonly StepDefinition[]): Iterable<readonly StepDefinition[]> {
  for (const step of steps) yield without(steps, step);
  for (const map of steps.filter((step): step is MapStep => step.kind === "map")) {
    for (const inner of smallerSteps(map.steps))
      yield replaced<StepDefinition>(steps, map, { ...map, steps: inner });
  }
}

/** Null when another step or the output needs what is gone. */
function compiled({ workflow }: Plan): Plan | null {
  try {
    return compile(workflow);
  } catch {
    return null;
  }
}

function without<T>(list: readonly T[], item: T): readonly T[] {
  return list.filter((other) => other !== item);
}

function replaced<T>(list: readonly T[], item: T, by: T): readonly T[] {
  return list.map((other) => (other === item ? by : other));
}

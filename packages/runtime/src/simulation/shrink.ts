/** Cuts a scenario that breaks a rule down to a small one that breaks the same rule: the shortest way to see why. */
import type { StepDefinition, WorkflowDefinition } from "@mycroft/engine";
import type { AnyVariant } from "./any-variant.ts";
import { smallerClusters } from "./cluster/smaller-clusters.ts";
import { compilable } from "./compile-plans.ts";
import type { Scenario, ScenarioLife, ScenarioRun, ScenarioWorkflow } from "./scenario.ts";
import { type SimulationReport, simulate } from "./simulate.ts";

export interface Shrunk {
  readonly scenario: Scenario;
  /** With the list of what happened. */
  readonly report: SimulationReport;
}

/** @param mostTries how many smaller scenarios are run at most. */
export async function shrink(scenario: Scenario, variant?: AnyVariant, mostTries = 1_000): Promise<Shrunk> {
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
  yield* withoutRuns(scenario);
  for (const cluster of smallerClusters(scenario.cluster)) yield { ...scenario, cluster };
  yield* withoutEvents(scenario);
  yield* withoutFaults(scenario);
  yield* withSmallerWorkflows(scenario);
  for (const run of scenario.runs) {
    for (const smaller of smallerRuns(run)) {
      yield { ...scenario, runs: replaced(scenario.runs, run, smaller) };
    }
  }
  for (const life of scenario.lives) {
    for (const smaller of smallerLives(life)) {
      yield { ...scenario, lives: replaced(scenario.lives, life, smaller) };
    }
  }
}

function* withoutRuns(scenario: Scenario): Iterable<Scenario> {
  const { runs, cancels, forks, letters, schedule, backfill } = scenario;
  if (backfill !== null) yield { ...scenario, backfill: null };
  if (backfill !== null && backfill.days > 1) {
    yield { ...scenario, backfill: { ...backfill, days: backfill.days - 1 } };
  }
  if (schedule !== null) yield { ...scenario, schedule: null };
  if (schedule !== null && schedule.firings > 1) {
    yield { ...scenario, schedule: { ...schedule, firings: schedule.firings - 1 } };
  }
  if (runs.length <= 1) return;
  for (const run of runs) {
    const isOther = (of: { readonly run: string }) => of.run !== run.name;
    yield {
      ...scenario,
      runs: without(runs, run),
      cancels: cancels.filter(isOther),
      forks: forks.filter(isOther),
      letters: letters.filter(isOther),
    };
  }
}

/** Things that happen at a time, in lists. */
const happenings = [
  "lives",
  "forks",
  "cancels",
  "letters",
  "intrusions",
  "freezes",
  "jumps",
  "full",
] as const satisfies readonly (keyof Scenario)[];

function* withoutEvents(scenario: Scenario): Iterable<Scenario> {
  for (const name of happenings) {
    const list: readonly unknown[] = scenario[name];
    for (const one of list) yield { ...scenario, [name]: without(list, one) };
  }
  const { schedule } = scenario;
  for (const pause of schedule?.pauses ?? []) {
    if (schedule !== null) {
      yield { ...scenario, schedule: { ...schedule, pauses: without(schedule.pauses, pause) } };
    }
  }
}

function* withoutFaults(scenario: Scenario): Iterable<Scenario> {
  const { queue, dispatch } = scenario;
  for (const fault of ["loss", "repetition", "refusal", "slowestMs"] as const) {
    if (queue[fault] > 0) yield { ...scenario, queue: { ...queue, [fault]: 0 } };
  }
  for (const fault of ["slowestCommitMs", "slowestReadMs", "busRefusal", "lies"] as const) {
    if (scenario[fault] > 0) yield { ...scenario, [fault]: 0 };
  }
  for (const limit of ["workers", "concurrency"] as const) {
    if (scenario[limit] > 1) yield { ...scenario, [limit]: 1 };
  }
  if (Object.keys(dispatch.rateLimits ?? {}).length > 0) {
    yield { ...scenario, dispatch: { ...dispatch, rateLimits: {} } };
  }
}

function* withSmallerWorkflows(scenario: Scenario): Iterable<Scenario> {
  const { workflows } = scenario;
  for (const workflow of workflows) {
    const isUsed =
      scenario.schedule?.workflow === workflow.name ||
      scenario.backfill?.workflow === workflow.name ||
      scenario.runs.some((run) => run.workflow === workflow.name);
    const candidates = isUsed ? [] : [without(workflows, workflow)];
    for (const smaller of smallerVersions(workflow)) candidates.push(replaced(workflows, workflow, smaller));
    for (const candidate of candidates) {
      if (compilable(candidate)) yield { ...scenario, workflows: candidate };
    }
  }
}

function* smallerVersions({ name, versions }: ScenarioWorkflow): Iterable<ScenarioWorkflow> {
  const [first, ...others] = versions;
  if (others.length > 0) yield { name, versions: [first] };
  for (const smaller of smallerDefinitions(first)) yield { name, versions: [smaller, ...others] };
  for (const [index, other] of others.entries()) {
    for (const smaller of smallerDefinitions(other)) {
      yield { name, versions: [first, ...others.with(index, smaller)] };
    }
  }
}

function* smallerDefinitions(definition: WorkflowDefinition): Iterable<WorkflowDefinition> {
  const { output, steps, timeoutMs, ...rest } = definition;
  if (timeoutMs !== undefined) yield { ...rest, output, steps };
  if (output.kind !== "const") yield { ...definition, output: { kind: "const", value: null } };
  for (const smaller of smallerSteps(steps)) {
    if (smaller.length > 0) yield { ...definition, steps: smaller };
  }
}

function* smallerSteps(steps: readonly StepDefinition[]): Iterable<readonly StepDefinition[]> {
  for (const step of steps) yield without(steps, step);
  for (const step of steps) {
    for (const simpler of simplerSteps(step)) yield replaced(steps, step, simpler);
  }
}

function* simplerSteps(step: StepDefinition): Iterable<StepDefinition> {
  if (step.when !== undefined) {
    const { when: _, ...rest } = step;
    yield rest as StepDefinition;
  }
  if (step.kind === "map" || step.kind === "repeat") {
    for (const inner of smallerSteps(step.steps)) yield { ...step, steps: inner };
  }
}

function* smallerRuns(run: ScenarioRun): Iterable<ScenarioRun> {
  if (run.atMs > 0) yield { ...run, atMs: 0 };
  if (run.keyed > 1) yield { ...run, keyed: 1 };
  if (run.keyed > 0) yield { ...run, keyed: 0 };
}

function* smallerLives(life: ScenarioLife): Iterable<ScenarioLife> {
  if (life.downMs > 0) yield { ...life, downMs: 0 };
  if (life.wipesQueue) yield { ...life, wipesQueue: false };
  if (life.deploys) yield { ...life, deploys: false };
  if (life.since === "request") yield { ...life, since: "start" };
  for (const occasions of new Set([Math.floor(life.occasions / 2), life.occasions - 1])) {
    if (occasions > 0) yield { ...life, occasions };
  }
}

function without<T>(list: readonly T[], item: T): readonly T[] {
  return list.filter((other) => other !== item);
}

function replaced<T>(list: readonly T[], item: T, by: T): readonly T[] {
  return list.map((other) => (other === item ? by : other));
}

/** Holds forks and retries against the runs that they began from: they take over what they may, and do the rest. */
import { isDeepStrictEqual } from "node:util";
import { bodyOf, type RunResult, type StepDefinition } from "@mycroft/engine";
import { nameOfFork, requestOf } from "./clients/fork-runs.ts";
import type { DurableRun } from "./durable-runs.ts";
import type { References } from "./references.ts";
import type { Scenario, ScenarioFork } from "./scenario.ts";
import { startAt } from "./scenario.ts";
import type { Witness } from "./witness.ts";

export function checkForks(scenario: Scenario, witness: Witness, references: References): void {
  for (const fork of scenario.forks) {
    const name = nameOfFork(fork);
    const [run, original] = [witness.durable.get(name), witness.durable.get(fork.run)];
    if (run === undefined || original === undefined) continue;
    const accuse = (detail: string) => witness.accuse("carried", `${name}: ${detail}`);
    const input = fork.kind === "fork" ? (fork.input ?? original.state.input) : original.state.input;
    if (!isDeepStrictEqual(run.state.input, input)) accuse("it has another input");
    if (fork.input === null) checkDone(run, original, fork, accuse);
    if (fork.kind === "fork") checkResult(run, original, references, accuse);
    if (fork.kind === "fork") checkDoneAgain(run, original, fork, references, accuse);
  }
}

/** What does not follow from what is to be done again is not done again. */
function checkDone(
  run: DurableRun,
  original: DurableRun,
  fork: ScenarioFork,
  accuse: (detail: string) => void,
): void {
  const { steps } = original.state.plan.plan.workflow;
  const asked = fork.kind === "fork" ? requestOf(original, fork).from : [];
  const again = new Set(asked.map(rootStepOf));
  // What was cancelled has no outcome to take over; a retry does again what failed.
  for (const { id, status } of original.state.tasks.values()) {
    if (status === "cancelled" || (fork.kind === "retry" && status === "failed")) again.add(rootStepOf(id));
  }
  const may = followersOf(steps, again);
  for (const outcome of run.outcomes) {
    const task = outcome.slice(0, outcome.lastIndexOf("#"));
    const status = original.state.tasks.get(task)?.status;
    const wasDone = status === "succeeded" || status === "failed";
    if (wasDone && !may.has(rootStepOf(task))) accuse(`${task} is done again`);
  }
}

/** What is asked for is done again, where nothing keeps it from being done as it was before. */
function checkDoneAgain(
  run: DurableRun,
  original: DurableRun,
  fork: ScenarioFork,
  references: References,
  accuse: (detail: string) => void,
): void {
  if (fork.input !== null) return;
  if (!references.isUndisturbed(run) || !references.isUndisturbed(original)) return;
  for (const task of requestOf(original, fork).from) {
    const wasDone = (original.state.tasks.get(task)?.attempt ?? 0) > 0;
    if (wasDone && run.state.tasks.get(task)?.attempt === 0) accuse(`${task} is not done again`);
  }
}

/** A fork of a run that nothing had disturbed ends as a new run on its input would. */
function checkResult(
  run: DurableRun,
  original: DurableRun,
  references: References,
  accuse: (detail: string) => void,
): void {
  if (!references.isUndisturbed(run) || !references.isUndisturbed(original)) return;
  const { planHash, runId } = original.header;
  const timedOut = new Map([
    ...references.excusesOf(original).timedOut,
    ...references.excusesOf(run).timedOut,
  ]);
  const excuses = { ...references.excusesOf(run), timedOut };
  const input = run.state.input;
  const expected = references.run(runId, planHash, [{ type: "runStarted", at: startAt, input }], excuses);
  const result = renamed(run.state.result, run.header.runId, runId);
  if (!isDeepStrictEqual(result, expected.result)) {
    accuse(`${JSON.stringify(result)} instead of ${JSON.stringify(expected.result)}`);
  }
}

/** Errors name runs. */
function renamed(result: RunResult | null, from: string, to: string): RunResult | null {
  return JSON.parse(JSON.stringify(result).replaceAll(from, to)) as RunResult | null;
}

/** Of `outer[1]/inner[0]/task`, the step that stands in the workflow itself. */
function rootStepOf(task: string): string {
  return /^[^[/]+/.exec(task)?.[0] ?? task;
}

/** The steps of a scope that these lead to, themselves included: by what the definitions say, and no plan. */
function followersOf(steps: readonly StepDefinition[], first: ReadonlySet<string>): ReadonlySet<string> {
  const followers = new Set(first);
  for (let before = -1; before < followers.size; ) {
    before = followers.size;
    for (const step of steps) {
      if (mentionedBy(step).some((name) => followers.has(name))) followers.add(step.name);
    }
  }
  return followers;
}

function mentionedBy(step: StepDefinition): readonly string[] {
  const within = (bodyOf(step)?.steps ?? []).flatMap(mentionedBy);
  return [...(step.after ?? []), ...within, ...namesIn({ ...step, steps: [] })];
}

function namesIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const { kind, step } = value as { readonly kind?: unknown; readonly step?: unknown };
  const own = (kind === "step" || kind === "settled") && typeof step === "string" ? [step] : [];
  return [...own, ...Object.values(value).flatMap(namesIn)];
}

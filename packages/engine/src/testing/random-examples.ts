/** Random plans with the events of a run, which may have taken over outcomes of another run; and ways to look at runs. */
import { apply, fold } from "../apply.ts";
import { outcomesToCarry } from "../carry-outcomes.ts";
import { outstanding } from "../commands.ts";
import { compile } from "../compile.ts";
import { describeTasks } from "../describe-tasks.ts";
import type { Plan } from "../plan.ts";
import { indexPlan } from "../plan-index.ts";
import type { CarriedOutcome, RunEvent } from "../run-event.ts";
import { createRun, type RunState } from "../run-state.ts";
import { type Disorder, randomEvents, randomSetting, type Setting } from "./random-run.ts";
import { randomWorkflow, someValues } from "./random-workflow.ts";
import { Tape } from "./tape.ts";

export const runId = "run-1";

export interface Example {
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
}

export function exampleFrom(numbers: Uint16Array, disorder: Disorder): Example {
  const tape = new Tape(numbers);
  const plan = deepFreeze(compile(randomWorkflow(tape)));
  const setting = randomSetting(tape);
  const isFork = tape.chance(30);
  const carried = isFork ? { carried: deepFreeze(randomlyCarried(plan, setting, tape)) } : {};
  const events = randomEvents(plan, runId, { ...setting, ...carried }, tape, disorder);
  return { plan, events: deepFreeze(events) };
}

/** What a fork of a random run takes over, with something stated. */
function randomlyCarried(plan: Plan, setting: Setting, tape: Tape): readonly CarriedOutcome[] {
  const other = tape.chance(50) ? { ...setting, input: randomSetting(tape).input } : setting;
  const events = randomEvents(plan, "run-0", other, tape, { noise: 5, stops: true });
  const original = fold(plan, "run-0", events);
  const carried = outcomesToCarry(original, randomTasks(original, tape));
  if ("unknown" in carried) throw new Error(`The run has no task ${carried.unknown}.`);
  const [body] = [...original.tasks.values()].filter((task) => task.body !== null && tape.chance(50));
  const chosen = [...randomTasks(original, tape), ...(body === undefined ? [] : [body.id])];
  const stated = chosen.map((task): CarriedOutcome => {
    const error = { code: "STATED", message: "Stated.", retryable: true };
    return { task, inputHash: null, ...(tape.chance(30) ? { error } : { output: tape.pick(someValues) }) };
  });
  return [...carried, ...stated];
}

/** Up to three tasks of the run, by their ids or the names of their steps. */
export function randomTasks({ tasks }: RunState, tape: Tape): readonly string[] {
  const all = [...tasks.values()];
  const chosen = Array.from({ length: tape.draw(3) }, () => all[tape.draw(all.length - 1)]);
  return chosen.flatMap((task) => (task === undefined ? [] : [tape.chance(20) ? task.step.name : task.id]));
}

export function newRun(plan: Plan): RunState {
  return createRun(indexPlan(plan), runId);
}

/** Everything that can be seen of a run, as one text. */
export function textOf(state: RunState): string {
  const { result, settledAt, startedAt, deadlineAt, ignored, size } = state;
  const tasks = describeTasks(state);
  return JSON.stringify([tasks, outstanding(state), result, settledAt, startedAt, deadlineAt, ignored, size]);
}

/** The texts of commands and state after each event. */
export function transcript(plan: Plan, events: readonly RunEvent[]): readonly string[] {
  const state = newRun(plan);
  return events.map((event) => JSON.stringify(apply(state, event)) + textOf(state));
}

/** What a run came to, without the times at which it did. */
export function outcomeOf(state: RunState): unknown {
  const tasks = describeTasks(state).map(({ readyAt: _, settledAt: __, dueAt: ___, ...rest }) => rest);
  return { tasks, result: state.result };
}

export function copyOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** The same JSON with the properties of every object in the opposite order. */
export function turnedAround<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(turnedAround) as T;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, member]) => [key, turnedAround(member)])) as T;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}

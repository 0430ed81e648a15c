/** Forks and retries of random runs: what they take over, what they do again, and what comes of them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { apply, fold } from "./apply.ts";
import { outcomesToCarry, tasksToRetry } from "./carry-outcomes.ts";
import { compile } from "./compile.ts";
import { describeTasks } from "./describe-tasks.ts";
import type { Plan } from "./plan.ts";
import type { CarriedOutcome, RunEvent } from "./run-event.ts";
import type { RunState } from "./run-state.ts";
import { copyOf, newRun, randomTasks, runId, textOf } from "./testing/random-examples.ts";
import { type Disorder, randomEvents, randomSetting, type Setting } from "./testing/random-run.ts";
import { randomWorkflow } from "./testing/random-workflow.ts";
import { mentionsOf } from "./testing/reference-values.ts";
import { Tape } from "./testing/tape.ts";
import type { StepDefinition } from "./workflow-definition.ts";

const tapes = fc.uint16Array({ maxLength: 800, size: "max" });
const numRuns = 300;
const inOrder: Disorder = { noise: 0, stops: false };

interface Original {
  readonly plan: Plan;
  readonly setting: Setting;
  readonly state: RunState;
  readonly tape: Tape;
}

/** A run that nothing came in the way of, unless it is stopped somewhere. */
function originalFrom(numbers: Uint16Array, disorder = inOrder): Original {
  const tape = new Tape(numbers);
  const { timeoutMs: _, ...workflow } = randomWorkflow(tape);
  const plan = compile(workflow);
  const setting = randomSetting(tape);
  return {
    plan,
    setting,
    tape,
    state: fold(plan, runId, randomEvents(plan, runId, setting, tape, disorder)),
  };
}

function carriedFrom(state: RunState, from: readonly string[]): readonly CarriedOutcome[] {
  const carried = outcomesToCarry(state, from);
  assert.ok(!("unknown" in carried));
  return carried;
}

/** The events of a run by the same host, in another order. */
function eventsOf({ plan, tape }: Original, setting: Setting): readonly RunEvent[] {
  return randomEvents(plan, runId, setting, tape, inOrder);
}

/** What tasks came to, without how many attempts that took: what was taken over took none. */
function endOf(state: RunState): unknown {
  const tasks = describeTasks(state).map(({ id, status, output, error, skipped }) =>
    copyOf({ id, status, output, error, skipped }),
  );
  return { tasks, result: state.result };
}

/** The tasks that a run asked a host about, or waited for. */
function doneIn(plan: Plan, events: readonly RunEvent[]): ReadonlySet<string> {
  const state = newRun(plan);
  const done = new Set<string>();
  for (const event of events) {
    apply(state, event);
    for (const { id, status } of state.tasks.values()) {
      if (["running", "waitingForApproval", "waitingForSignal", "sleeping"].includes(status)) done.add(id);
    }
  }
  return done;
}

/** Whether a task is another one, lies within it, or can only come after it, by their ids and the plan. */
function follows(steps: readonly StepDefinition[], task: string, other: string): boolean {
  if (task === other || task.startsWith(`${other}[`)) return true;
  const [mine, others] = [placeIn(task), placeIn(other)];
  const step = steps.find(({ name }) => name === mine.name);
  if (step === undefined) return false;
  if (mine.name !== others.name) return needs(steps, step, others.name);
  if ((step.kind !== "map" && step.kind !== "repeat") || mine.index === null || others.index === null)
    return false;
  if (mine.index !== others.index) return step.kind === "repeat" && mine.index > others.index;
  return follows(step.steps, mine.rest, others.rest);
}

/** The name of a task's outermost step, which instance of its body the task lies in, and its id there. */
function placeIn(id: string) {
  const [, name = "", index, rest = ""] = /^([^[/]+)(?:\[(\d+)\]\/(.+))?$/.exec(id) ?? [];
  return { name, index: index === undefined ? null : Number(index), rest };
}

function needs(steps: readonly StepDefinition[], step: StepDefinition, name: string): boolean {
  const mentioned = mentionsOf(step);
  if (mentioned.has(name)) return true;
  return steps.some((other) => mentioned.has(other.name) && needs(steps, other, name));
}

describe("a fork of a random run", () => {
  test("with equal input and nothing to do again comes out as the original, at once", () => {
    fc.assert(
      fc.property(tapes, (numbers) => {
        const { plan, setting, state } = originalFrom(numbers);
        const before = textOf(state);
        const outcomes = carriedFrom(state, []);
        const fork = newRun(plan);
        apply(fork, { type: "outcomesCarried", at: 1, outcomes });
        apply(fork, { type: "runStarted", at: 1_800_000_000_000, input: copyOf(setting.input) });
        assert.deepEqual(endOf(fork), endOf(state));
        assert.equal(textOf(state), before, "the original is as it was");
        assert.deepEqual(carriedFrom(fork, []), outcomes);
      }),
      { numRuns },
    );
  });

  test("from any tasks does those again and comes out as the original, in any order", () => {
    fc.assert(
      fc.property(tapes, (numbers) => {
        const original = originalFrom(numbers);
        const { plan, setting, state, tape } = original;
        const from = randomTasks(state, tape);
        const carried = carriedFrom(state, from);
        const events = eventsOf(original, { ...setting, carried });
        assert.deepEqual(endOf(fold(plan, runId, events)), endOf(state));
        const done = doneIn(plan, events);
        const names = new Set(carried.map(({ task }) => task));
        for (const task of done) assert.ok(!names.has(task), `${task} was done again`);
        for (const id of from) {
          const task = state.tasks.get(id);
          const isWork = task !== undefined && task.attempt > 0;
          if (isWork) assert.ok(done.has(id), `${id} was not done again`);
        }
      }),
      { numRuns },
    );
  });

  test("takes over exactly what is neither done again nor follows it, by the plan", () => {
    let left = 0;
    fc.assert(
      fc.property(tapes, (numbers) => {
        const { plan, state, tape } = originalFrom(numbers);
        const from = randomTasks(state, tape);
        const again = [...state.tasks.values()].filter(
          ({ id, step }) => from.includes(id) || from.includes(step.name),
        );
        const expected = describeTasks(state).flatMap(({ id, kind, status }) => {
          const isOutcome =
            kind !== "map" && kind !== "repeat" && (status === "succeeded" || status === "failed");
          return isOutcome && !again.some((task) => follows(plan.workflow.steps, id, task.id)) ? [id] : [];
        });
        const carried = carriedFrom(state, from).map(({ task }) => task);
        assert.deepEqual(carried, expected);
        left += carriedFrom(state, []).length - carried.length;
      }),
      { numRuns },
    );
    // About 190 of 300 on average; one run in eight has less than half as many as there are runs.
    assert.ok(left > numRuns / 6, `${left} outcomes were not taken over`);
  });

  test("with another input comes out as a new run with that input, and does no more than that", () => {
    let carriedOver = 0;
    fc.assert(
      fc.property(tapes, (numbers) => {
        const original = originalFrom(numbers);
        const { plan, setting, state, tape } = original;
        const { input } = randomSetting(tape);
        const carried = carriedFrom(state, []);
        const forked = eventsOf(original, { ...setting, input, carried });
        const anew = eventsOf(original, { ...setting, input });
        assert.deepEqual(endOf(fold(plan, runId, forked)), endOf(fold(plan, runId, anew)));
        const [again, all] = [doneIn(plan, forked), doneIn(plan, anew)];
        for (const task of again) assert.ok(all.has(task));
        carriedOver += all.size - again.size;
      }),
      { numRuns },
    );
    assert.ok(carriedOver > numRuns / 2, `${carriedOver} tasks were not done again`);
  });

  test("never shows an outcome beside an input that it did not come from", () => {
    fc.assert(
      fc.property(tapes, (numbers) => {
        const original = originalFrom(numbers);
        const { plan, setting, state, tape } = original;
        const { input } = randomSetting(tape);
        const fork = fold(
          plan,
          runId,
          eventsOf(original, { ...setting, input, carried: carriedFrom(state, []) }),
        );
        const bound = new Map(carriedFrom(fork, []).map((outcome) => [outcome.task, outcome.inputHash]));
        const before = new Map(carriedFrom(state, []).map((outcome) => [outcome.task, outcome.inputHash]));
        for (const task of fork.tasks.values()) {
          const isTakenOver = "retry" in task.step.work && task.attempt === 0 && bound.has(task.id);
          if (isTakenOver) assert.equal(bound.get(task.id), before.get(task.id));
        }
      }),
      { numRuns },
    );
  });
});

describe("a retry of a random run", () => {
  test("that was stopped somewhere comes out as if it had not been", () => {
    let kept = 0;
    fc.assert(
      fc.property(tapes, fc.nat(), (numbers, moment) => {
        const original = originalFrom(numbers);
        const { plan, setting } = original;
        const events = randomEvents(plan, runId, setting, new Tape(numbers), inOrder);
        const whole = fold(plan, runId, events);
        const cut = 1 + (moment % events.length);
        const stopped = fold(plan, runId, events.slice(0, cut));
        apply(stopped, { type: "cancelRequested", at: 1_800_000_000_000, reason: "enough" });
        if (stopped.result?.status !== "cancelled") return;
        const carried = carriedFrom(stopped, tasksToRetry(stopped));
        kept += carried.length;
        const retried = eventsOf(original, { ...setting, carried });
        assert.deepEqual(endOf(fold(plan, runId, retried)), endOf(whole));
      }),
      { numRuns },
    );
    assert.ok(kept > numRuns / 2, `${kept} outcomes were kept`);
  });

  test("does again every task that failed or was cancelled itself, and keeps no such outcome", () => {
    let failed = 0;
    fc.assert(
      fc.property(tapes, (numbers) => {
        const { state } = originalFrom(numbers, { noise: 10, stops: true });
        const from = tasksToRetry(state);
        failed += from.length;
        assert.equal(new Set(from).size, from.length);
        const carried = carriedFrom(state, from);
        assert.ok(carried.every((outcome) => "output" in outcome));
        for (const { id, status, body } of state.tasks.values()) {
          const isOwn = body === null && (status === "failed" || status === "cancelled");
          const isCovered = from.some((task) => task === id || id.startsWith(`${task}[`));
          if (isOwn) assert.ok(isCovered, id);
        }
      }),
      { numRuns },
    );
    assert.ok(failed > numRuns / 2, `${failed} tasks were to be done again`);
  });
});

/** The rules of a run, held against random plans and random, disorderly sequences of events. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { apply, fold } from "./apply.ts";
import { attemptCommand, outstanding } from "./commands.ts";
import { compile } from "./compile.ts";
import { describeTasks } from "./describe-tasks.ts";
import type { Plan } from "./plan.ts";
import { indexPlan } from "./plan-index.ts";
import type { Command, RunEvent } from "./run-event.ts";
import { createRun, type RunState } from "./run-state.ts";
import { type Disorder, randomEvents, randomSetting } from "./testing/random-run.ts";
import { randomWorkflow } from "./testing/random-workflow.ts";
import { ReferenceRun } from "./testing/reference-run.ts";
import { Tape } from "./testing/tape.ts";

const runId = "run-1";
const tapes = fc.uint16Array({ maxLength: 600, size: "max" });
const numRuns = 300;

interface Example {
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
}

function exampleFrom(numbers: Uint16Array, disorder: Disorder): Example {
  const tape = new Tape(numbers);
  const plan = deepFreeze(compile(randomWorkflow(tape)));
  return { plan, events: deepFreeze(randomEvents(plan, runId, randomSetting(tape), tape, disorder)) };
}

/** Checks something of random runs that may be disturbed and stopped in every way. */
function check(property: (example: Example, numbers: Uint16Array) => void): void {
  const disorder = { noise: 25, stops: true };
  fc.assert(
    fc.property(tapes, (numbers) => property(exampleFrom(numbers, disorder), numbers)),
    { numRuns },
  );
}

function newRun(plan: Plan): RunState {
  return createRun(indexPlan(plan), runId);
}

/** Everything that can be seen of a run, as one text. */
function textOf(state: RunState): string {
  const { result, settledAt, startedAt, deadlineAt, ignored, size } = state;
  const tasks = describeTasks(state);
  return JSON.stringify([tasks, outstanding(state), result, settledAt, startedAt, deadlineAt, ignored, size]);
}

/** The texts of commands and state after each event. */
function transcript(plan: Plan, events: readonly RunEvent[]): readonly string[] {
  const state = newRun(plan);
  return events.map((event) => JSON.stringify(apply(state, event)) + textOf(state));
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}

function copyOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** The same JSON with the properties of every object in the opposite order. */
function turnedAround<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(turnedAround) as T;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, member]) => [key, turnedAround(member)])) as T;
}

/** What a run came to, without the times at which it did. */
function outcomeOf(state: RunState): unknown {
  const tasks = describeTasks(state).map(({ readyAt: _, settledAt: __, ...rest }) => rest);
  return { tasks, result: state.result };
}

describe("a random run", () => {
  test("settles when all that was asked for is answered", () => {
    // The host throws when it finds nothing to do in a run that has not settled.
    check(({ plan, events }) => assert.notEqual(fold(plan, runId, events).result, null));
  });

  test("the random plans and runs reach every rule, status and result", () => {
    const seen = new Map<string, number>();
    const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
    const disorder = { noise: 25, stops: true };
    for (const numbers of fc.sample(tapes, { numRuns: 500, seed: 1 })) {
      const { plan, events } = exampleFrom(numbers, disorder);
      const state = fold(plan, runId, events);
      count(`run ${state.result?.status}`);
      if (state.result?.status === "failed") count(state.result.error.code);
      for (const task of state.tasks.values()) {
        count(`${task.step.work.kind} ${task.status}`);
        count(`${task.step.trigger} ${task.status === "skipped" ? "skipped" : "begun"}`);
        if (task.error !== null) count(task.error.code);
        if (task.attempt > 2) count("third attempt");
        if (task.body !== null && task.scope.parent !== null) count("nested map");
      }
    }
    const wanted =
      "run succeeded,run failed,run cancelled,RUN_TIMED_OUT,TASK_FAILED,MAP_NOT_A_LIST,MAP_TOO_LARGE,MAP_ITEMS_FAILED," +
      "call succeeded,call failed,call skipped,call cancelled,resolve succeeded,map succeeded,map failed,map skipped," +
      "map cancelled,allSuccess skipped,anySuccess skipped,noneFailed skipped,allDone skipped,allDone begun," +
      "anySuccess begun,noneFailed begun,third attempt,nested map";
    for (const what of wanted.split(","))
      assert.ok((seen.get(what) ?? 0) >= 5, `${what}: ${seen.get(what) ?? 0}`);
  });

  test("E1 equal plans and events give equal states and commands, byte for byte", () => {
    check(({ plan, events }, numbers) => {
      const expected = transcript(plan, events);
      assert.deepEqual(transcript(copyOf(plan), copyOf(events)), expected);
      const again = compile(turnedAround(randomWorkflow(new Tape(numbers))));
      assert.equal(again.hash, plan.hash);
      assert.deepEqual(transcript(turnedAround(copyOf(plan)), events), expected);
    });
  });

  test("E2 each task runs or is skipped exactly as the rules say, and not before", () => {
    check(({ plan, events }) => {
      const state = newRun(plan);
      const reference = new ReferenceRun(plan.workflow, runId);
      for (const event of events) {
        const runningBefore = runningIn(reference);
        const ignoredBefore = state.ignored;
        const commands = apply(state, event);
        assert.equal(reference.apply(event), state.ignored === ignoredBefore);
        assert.deepEqual(
          describeTasks(state).map(({ id, status, attempt, output, error, skipped }) =>
            copyOf({ id, status, attempt, output, error, skipped }),
          ),
          copyOf(reference.tasks()),
        );
        assert.deepEqual(copyOf(state.result), copyOf(reference.result()));
        const started = commands.flatMap((command) =>
          command.type === "startAttempt" ? [`${command.task} ${command.attempt}`] : [],
        );
        const expected = [...runningIn(reference)].filter((attempt) => !runningBefore.has(attempt));
        if (state.result === null) assert.deepEqual(new Set(started), new Set(expected));
        assert.equal(new Set(started).size, started.length);
        for (const command of commands) {
          if (command.type !== "startAttempt") continue;
          assert.deepEqual(copyOf(command.input), copyOf(reference.inputOf(command.task)));
        }
      }
    });
  });

  test("E2 what a run comes to does not depend on the order in which attempts end", () => {
    fc.assert(
      fc.property(tapes, tapes, (numbers, others) => {
        const disorder = { noise: 10, stops: false };
        const tape = new Tape(numbers);
        const { timeoutMs: _, ...workflow } = randomWorkflow(tape);
        const plan = compile(workflow);
        const setting = randomSetting(tape);
        const [left, right] = [tape, new Tape(others)].map((order) => {
          const events = randomEvents(plan, runId, setting, order, disorder);
          return outcomeOf(fold(plan, runId, events));
        });
        assert.deepEqual(left, right);
      }),
      { numRuns },
    );
  });

  test("E10 an event that is stale, repeated or unknown is counted, and changes nothing else", () => {
    check(({ plan, events }) => {
      const state = newRun(plan);
      for (const event of events) {
        const before = textOf(state);
        const { ignored } = state;
        apply(state, event);
        if (state.ignored === ignored) continue;
        assert.equal(state.ignored, ignored + 1);
        state.ignored = ignored;
        assert.equal(textOf(state), before);
        state.ignored = ignored + 1;
      }
    });
  });

  test("E10 no result counts twice", () => {
    check(({ plan, events }) => {
      const state = newRun(plan);
      for (const event of events) {
        apply(state, event);
        if (event.type === "timerFired") continue;
        const { ignored } = state;
        assert.deepEqual(apply(state, event), []);
        assert.equal(state.ignored, ignored + 1);
      }
    });
  });

  test("E11 after a cancel every attempt is cancelled, nothing starts and nothing counts", () => {
    fc.assert(
      fc.property(tapes, fc.nat(), (numbers, moment) => {
        const { plan, events } = exampleFrom(numbers, { noise: 10, stops: false });
        const state = newRun(plan);
        const started = events.findIndex((event) => event.type === "runStarted") + 1;
        const cut = started + (moment % (events.length - started + 1));
        for (const event of events.slice(0, cut)) apply(state, event);
        const wasSettled = state.result !== null;
        const asked = outstanding(state);
        const commands = apply(state, { type: "cancelRequested", at: 1, reason: "enough" });
        const stopped = asked.map((command): Command => {
          if (command.type === "startAttempt") {
            return { type: "cancelAttempt", task: command.task, attempt: command.attempt };
          }
          assert.ok(command.type === "setTimer");
          return { type: "clearTimer", timer: command.timer };
        });
        if (wasSettled) assert.deepEqual(commands, []);
        else {
          const result = { status: "cancelled", reason: "enough" } as const;
          assert.deepEqual(new Set(commands), new Set([...stopped, { type: "settleRun", result }]));
          assert.deepEqual(state.result, result);
        }
        const after = outcomeOf(state);
        for (const event of events) assert.deepEqual(apply(state, event), []);
        assert.deepEqual(outcomeOf(state), after);
        assert.deepEqual(outstanding(state), []);
      }),
      { numRuns },
    );
  });

  test("E12 state is the fold of events, and a run taken over anywhere goes on as it would have", () => {
    fc.assert(
      fc.property(tapes, fc.nat(), (numbers, moment) => {
        const { plan, events } = exampleFrom(numbers, { noise: 25, stops: true });
        const cut = moment % (events.length + 1);
        const state = fold(copyOf(plan), runId, copyOf(events.slice(0, cut)));
        const rest = events.slice(cut).map((event) => JSON.stringify(apply(state, event)) + textOf(state));
        assert.deepEqual(rest, transcript(plan, events).slice(cut));
      }),
      { numRuns },
    );
  });

  test("E12 what is outstanding is what was asked for and neither settled nor taken back", () => {
    check(({ plan, events }) => {
      const state = newRun(plan);
      const open = new Map<string, Command>();
      for (const event of events) {
        const { ignored } = state;
        const commands = apply(state, event);
        const counted = state.ignored === ignored;
        if (event.type === "timerFired") open.delete(`timer ${event.timer}`);
        if (counted && (event.type === "attemptSucceeded" || event.type === "attemptFailed")) {
          open.delete(`attempt ${event.task} ${event.attempt}`);
        }
        for (const command of commands) follow(command, open);
        assert.deepEqual(new Set(outstanding(state)), new Set(open.values()));
        for (const command of open.values()) {
          if (command.type !== "startAttempt") continue;
          assert.deepEqual(attemptCommand(state, command.task, command.attempt), command);
          assert.equal(attemptCommand(state, command.task, command.attempt + 1), null);
        }
      }
      assert.equal(open.size, 0);
    });
  });
});

function runningIn(reference: ReferenceRun): ReadonlySet<string> {
  const running = reference.tasks().filter((task) => task.status === "running");
  return new Set(running.map((task) => `${task.id} ${task.attempt}`));
}

/** Keeps account of what a host has been asked to do. */
function follow(command: Command, open: Map<string, Command>): void {
  switch (command.type) {
    case "startAttempt":
      open.set(`attempt ${command.task} ${command.attempt}`, command);
      return;
    case "cancelAttempt":
      assert.ok(open.delete(`attempt ${command.task} ${command.attempt}`));
      return;
    case "setTimer":
      open.set(`timer ${command.timer}`, command);
      return;
    case "clearTimer":
      open.delete(`timer ${command.timer}`);
      return;
    case "settleRun":
      return;
  }
}

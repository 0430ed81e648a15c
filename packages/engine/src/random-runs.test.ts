/** The rules of a run, held against random plans and random, disorderly sequences of events. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { apply, fold } from "./apply.ts";
import {
  attemptCommand,
  attemptsUnderWay,
  childRunCommand,
  childRunsUnderWay,
  outstanding,
} from "./commands.ts";
import { compile } from "./compile.ts";
import { describeTasks } from "./describe-tasks.ts";
import type { Command, RunEvent } from "./run-event.ts";
import {
  copyOf,
  type Example,
  exampleFrom,
  newRun,
  outcomeOf,
  runId,
  textOf,
  transcript,
  turnedAround,
} from "./testing/random-examples.ts";
import { randomEvents, randomSetting } from "./testing/random-run.ts";
import { randomWorkflow } from "./testing/random-workflow.ts";
import type { ReferenceTask } from "./testing/reference-facts.ts";
import { ReferenceRun } from "./testing/reference-run.ts";
import { Tape } from "./testing/tape.ts";

const tapes = fc.uint16Array({ maxLength: 800, size: "max" });
const numRuns = 300;
const anything = { noise: 25, stops: true };

/** Checks something of random runs that may be disturbed and stopped in every way. */
function check(property: (example: Example, numbers: Uint16Array) => void): void {
  fc.assert(
    fc.property(tapes, (numbers) => property(exampleFrom(numbers, anything), numbers)),
    { numRuns },
  );
}

/** Whether a host that sends the event twice means it once. */
function countsOnce(event: RunEvent): boolean {
  if (event.type === "signalReceived") return event.id !== undefined;
  return event.type !== "timerFired" && event.type !== "outcomesCarried";
}

describe("a random run", () => {
  test("settles when all that was asked for is answered", () => {
    // The host throws when it finds nothing to do in a run that has not settled.
    check(({ plan, events }) => assert.notEqual(fold(plan, runId, events).result, null));
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

  test("E2 to E9 each task comes out exactly as the rules say, and nothing is asked for before its time", () => {
    check(({ plan, events }) => {
      const state = newRun(plan);
      const reference = new ReferenceRun(plan.workflow, runId);
      let before: readonly ReferenceTask[] = [];
      for (const event of events) {
        const { ignored } = state;
        const commands = apply(state, event);
        const counts = reference.apply(event, (task) => state.tasks.get(task)?.output);
        assert.equal(counts, state.ignored === ignored);
        const expected = reference.tasks();
        assert.deepEqual(
          describeTasks(state).map(({ id, status, attempt, output, error, skipped }) =>
            copyOf({ id, status, attempt, output, error, skipped }),
          ),
          copyOf(expected),
        );
        assert.deepEqual(copyOf(state.result), copyOf(reference.result()));
        const started = commands.filter((command) => "input" in command);
        const attempts = started.map((command) => `${command.task} ${command.attempt}`);
        assert.equal(new Set(attempts).size, attempts.length);
        if (state.result === null) {
          const running = new Set(runningIn(before));
          const wanted = runningIn(expected).filter((attempt) => !running.has(attempt));
          assert.deepEqual(new Set(attempts), new Set(wanted));
        }
        for (const { task, input } of started) {
          assert.deepEqual(copyOf(input), copyOf(reference.inputOf(task)));
        }
        before = expected;
      }
    });
  });

  test("E2 what a run comes to does not depend on the order in which things happen in it", () => {
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

  test("E10 a run goes on without what was ignored as it would have with it", () => {
    check(({ plan, events }) => {
      const state = newRun(plan);
      const counted = events.filter((event) => {
        const { ignored } = state;
        apply(state, event);
        return state.ignored === ignored;
      });
      assert.deepEqual(outcomeOf(fold(plan, runId, counted)), outcomeOf(state));
    });
  });

  test("E10 nothing that is sent twice counts twice", () => {
    check(({ plan, events }) => {
      const state = newRun(plan);
      for (const event of events) {
        apply(state, event);
        if (!countsOnce(event)) continue;
        const { ignored } = state;
        assert.deepEqual(apply(state, event), []);
        assert.equal(state.ignored, ignored + 1);
      }
    });
  });

  test("E11 after a cancel all that is under way is given up, nothing starts and nothing counts", () => {
    fc.assert(
      fc.property(tapes, fc.nat(), (numbers, moment) => {
        const { plan, events } = exampleFrom(numbers, { noise: 10, stops: false });
        const state = newRun(plan);
        const started = events.findIndex((event) => event.type === "runStarted") + 1;
        const cut = started + (moment % (events.length - started + 1));
        for (const event of events.slice(0, cut)) apply(state, event);
        const wasSettled = state.result !== null;
        const stopped = outstanding(state).map(givenUp);
        const commands = apply(state, { type: "cancelRequested", at: 1, reason: "enough" });
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

  test("E11 after a task's cancel all that is under way in it is given up, and nothing starts there", () => {
    fc.assert(
      fc.property(tapes, fc.nat(), fc.nat(), (numbers, moment, choice) => {
        const { plan, events } = exampleFrom(numbers, anything);
        const cut = moment % (events.length + 1);
        const state = fold(plan, runId, events.slice(0, cut));
        const ids = [...state.tasks.keys()];
        const id = ids[choice % ids.length];
        if (id === undefined || state.result !== null) return;
        const wasSettled = state.tasks.get(id)?.settledAt !== null;
        const isWithin = (task: string) => task === id || task.startsWith(`${id}[`);
        const stopped = outstanding(state).filter((command) => isWithin(taskOf(command)));
        const commands = apply(state, { type: "cancelRequested", at: 1, reason: "enough", task: id });
        if (wasSettled) {
          assert.deepEqual(commands, []);
          return;
        }
        assert.equal(state.tasks.get(id)?.status, "cancelled");
        const given = commands.filter((command) => isWithin(taskOf(command)));
        assert.deepEqual(new Set(given), new Set(stopped.map(givenUp)));
        for (const event of events.slice(cut)) {
          for (const command of apply(state, event)) assert.ok(!isWithin(taskOf(command)));
        }
        assert.equal(state.tasks.get(id)?.status, "cancelled");
      }),
      { numRuns },
    );
  });

  test("E12 state is the fold of events, and a run taken over anywhere goes on as it would have", () => {
    fc.assert(
      fc.property(tapes, fc.nat(), (numbers, moment) => {
        const { plan, events } = exampleFrom(numbers, anything);
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
        const underWay = [...open.values()].filter((command) => command.type === "startAttempt");
        assert.deepEqual(
          new Set(Array.from(attemptsUnderWay(state), ({ task, attempt }) => `${task} ${attempt}`)),
          new Set(underWay.map(({ task, attempt }) => `${task} ${attempt}`)),
        );
        const children = [...open.values()].filter((command) => command.type === "startChildRun");
        assert.deepEqual(
          new Set(Array.from(childRunsUnderWay(state), ({ task, attempt }) => `${task} ${attempt}`)),
          new Set(children.map(({ task, attempt }) => `${task} ${attempt}`)),
        );
        for (const command of open.values()) {
          if (!("input" in command)) continue;
          const { task, attempt } = command;
          assert.deepEqual(
            attemptCommand(state, task, attempt) ?? childRunCommand(state, task, attempt),
            command,
          );
          assert.equal(
            attemptCommand(state, task, attempt + 1) ?? childRunCommand(state, task, attempt + 1),
            null,
          );
        }
      }
      assert.equal(open.size, 0);
    });
  });
});

describe("the random plans and runs", () => {
  test("reach every kind, rule, status, error and result", () => {
    const seen = new Map<string, number>();
    const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
    for (const numbers of fc.sample(tapes, { numRuns: 1_000, seed: 1 })) {
      const { plan, events } = exampleFrom(numbers, anything);
      const state = newRun(plan);
      for (const event of events) {
        const { ignored } = state;
        apply(state, event);
        count(`${event.type} ${state.ignored === ignored ? "counts" : "is ignored"}`);
      }
      count(`run ${state.result?.status}`);
      if (state.result?.status === "failed") count(state.result.error.code);
      for (const task of state.tasks.values()) {
        const { kind } = task.step.work;
        count(`${kind} ${task.status}`);
        count(`${task.step.trigger} ${task.status === "skipped" ? "skipped" : "begun"}`);
        if (task.error !== null) count(task.error.code);
        if (task.attempt > 2) count("third attempt");
        if (state.carried?.has(task.id) === true && task.attempt === 0 && task.status === "succeeded") {
          count(`${kind} carried`);
        }
        const { parent } = task.scope;
        if (task.body === null) continue;
        count(`${kind} in ${parent?.step.work.kind ?? "the root"}`);
        if (kind === "repeat") count(`round ${task.body.scopes.length}`);
      }
    }
    const kinds = ["call", "resolve", "run", "map", "repeat", "approve", "waitFor", "sleep"];
    const wanted = [
      ...["succeeded", "failed", "cancelled"].map((status) => `run ${status}`),
      ...kinds.flatMap((kind) => ["succeeded", "skipped", "cancelled"].map((status) => `${kind} ${status}`)),
      ...["call", "run", "map", "repeat", "approve", "waitFor", "sleep"].map((kind) => `${kind} failed`),
      ...["call", "resolve", "run", "map", "repeat", "approve", "waitFor", "sleep"].map(
        (kind) => `${kind} carried`,
      ),
      ...["allSuccess", "anySuccess", "noneFailed", "allDone"].flatMap((rule) => [
        `${rule} skipped`,
        `${rule} begun`,
      ]),
      ...["map", "repeat"].flatMap((kind) =>
        ["map", "repeat", "the root"].map((around) => `${kind} in ${around}`),
      ),
      ...["outcomesCarried", "attemptSucceeded", "attemptFailed", "timerFired", "signalReceived"].flatMap(
        bothWays,
      ),
      ...["approvalDecided", "cancelRequested", "runStarted"].flatMap(bothWays),
      ...["RUN_TIMED_OUT", "TASK_FAILED", "NO_DATA", "MAP_NOT_A_LIST", "MAP_TOO_LARGE", "MAP_ITEMS_FAILED"],
      ...[
        "REPEAT_EXHAUSTED",
        "APPROVAL_REJECTED",
        "SIGNAL_TIMED_OUT",
        "SLEEP_INVALID",
        "TASK_CANCELLED",
        "STATED",
      ],
      ...["INPUT_INVALID", "third attempt", "round 1", "round 2", "round 3"],
    ];
    const rare = wanted
      .filter((what) => (seen.get(what) ?? 0) < 5)
      .map((what) => `${what}: ${seen.get(what) ?? 0}`);
    assert.deepEqual(rare, []);
  });
});

function bothWays(event: string): readonly string[] {
  return [`${event} counts`, `${event} is ignored`];
}

function runningIn(tasks: readonly ReferenceTask[]): readonly string[] {
  return tasks.flatMap((task) => (task.status === "running" ? [`${task.id} ${task.attempt}`] : []));
}

/** The task that a command is about; empty for the run. */
function taskOf(command: Command): string {
  if ("task" in command) return command.task;
  return "timer" in command ? command.timer.replace(/^(retry:\d+|due):/, "") : "";
}

/** The command that takes one back. */
function givenUp(command: Command): Command {
  if (command.type === "setTimer") return { type: "clearTimer", timer: command.timer };
  assert.ok("input" in command);
  const { task, attempt } = command;
  return command.type === "startAttempt"
    ? { type: "cancelAttempt", task, attempt }
    : { type: "cancelChildRun", task, attempt, reason: "enough" };
}

/** Keeps account of what a host has been asked to do. */
function follow(command: Command, open: Map<string, Command>): void {
  switch (command.type) {
    case "startAttempt":
    case "startChildRun":
      open.set(`attempt ${command.task} ${command.attempt}`, command);
      return;
    case "cancelAttempt":
    case "cancelChildRun":
      assert.equal(
        open.get(`attempt ${command.task} ${command.attempt}`)?.type.replace("start", "cancel"),
        command.type,
      );
      open.delete(`attempt ${command.task} ${command.attempt}`);
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

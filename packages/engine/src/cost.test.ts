/** E13: what an event costs, counted in reads of state, tasks and plan. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { apply } from "./apply.ts";
import { contentHash } from "./canonical-json.ts";
import { compile } from "./compile.ts";
import { indexPlan } from "./plan-index.ts";
import type { Command, RunEvent } from "./run-event.ts";
import { createRun } from "./run-state.ts";
import { ReadCounter } from "./testing/read-counter.ts";
import {
  approve,
  call,
  constant,
  item,
  listOf,
  map,
  outputOf,
  repeat,
  sleep,
  waitFor,
  workflow,
} from "./testing/steps.ts";
import type { JsonValue, WaitForStep, WorkflowDefinition } from "./workflow-definition.ts";

/** A run of which every event's reads are counted. */
class CountedRun {
  readonly #counter = new ReadCounter();
  readonly #state;
  readonly #queue: Command[] = [];

  constructor(definition: WorkflowDefinition) {
    this.#state = this.#counter.watch(createRun(indexPlan(compile(definition)), "run-1"));
  }

  get isSettled(): boolean {
    return this.#state.result !== null;
  }

  /** How much the event costs. */
  send(event: RunEvent): number {
    const before = this.#counter.reads;
    this.#queue.push(...apply(this.#state, event));
    return this.#counter.reads - before;
  }

  start(input: JsonValue = null): number {
    return this.send({ type: "runStarted", at: 1, input });
  }

  succeed(task: string): number {
    return this.send({ type: "attemptSucceeded", at: 1, task, attempt: 1, output: 1 });
  }

  /** Succeeds in everything; gives the cost of all of it. */
  finish(): number {
    let cost = 0;
    for (const command of this.#queue)
      if (command.type === "startAttempt") cost += this.succeed(command.task);
    assert.ok(this.isSettled);
    return cost;
  }
}

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `s${index}`);
}

const independent = (size: number) => workflow(names(size).map((name) => call(name)));
const chain = (size: number) =>
  workflow(
    names(size).map((name, index) => call(name, index === 0 ? {} : { input: outputOf(`s${index - 1}`) })),
  );
const fan = (size: number) => {
  const middle = names(size);
  const last = call("last", { input: listOf(...middle.map((name) => outputOf(name))) });
  return workflow([call("first"), ...middle.map((name) => call(name, { after: ["first"] })), last]);
};
const mapped = () =>
  workflow([
    map("m", { maxItems: 100_000, steps: [call("a", { input: item("m") })], output: outputOf("a") }),
  ]);
const list = (size: number) => names(size);
/** Items that wait for a signal; with a key, each for its own. */
const waiting = (fields: Partial<WaitForStep> = {}) =>
  workflow([map("m", { maxItems: 100_000, steps: [waitFor("w", fields)], output: outputOf("w") })]);
const rounds = (count: number) =>
  workflow([
    repeat("r", { maxRounds: count, steps: [call("a", { input: item("r") })], output: outputOf("a") }),
  ]);
const signal = (key?: string): RunEvent => {
  const event = { type: "signalReceived", at: 1, signal: "go", payload: 1 } as const;
  return key === undefined ? event : { ...event, key };
};
const cancel = (task: string): RunEvent => ({ type: "cancelRequested", at: 1, reason: "enough", task });

describe("E13 the cost of an event", () => {
  const costs = (sizes: readonly number[], cost: (size: number) => number) => new Set(sizes.map(cost)).size;

  test("is the same in a map of 10, 100 or 10,000 items", () => {
    const cost = (size: number) => {
      const run = new CountedRun(mapped());
      run.start(list(size));
      return run.succeed("m[3]/a");
    };
    assert.equal(costs([10, 100, 10_000], cost), 1);
    assert.ok(cost(10_000) < 100, `${cost(10_000)} reads`);
  });

  test("is the same among 10, 100 or 1,000 independent steps, and in chains as long", () => {
    for (const shape of [independent, chain]) {
      const cost = (size: number) => {
        const run = new CountedRun(shape(size));
        run.start();
        return run.succeed("s0");
      };
      assert.equal(costs([10, 100, 1_000], cost), 1);
    }
  });

  test("of an event that is ignored is the same however large the run", () => {
    const cost = (size: number) => {
      const run = new CountedRun(mapped());
      run.start(list(size));
      run.succeed("m[3]/a");
      return (
        run.succeed("m[3]/a") + run.succeed("nobody") + run.send({ type: "timerFired", at: 1, timer: "run" })
      );
    };
    assert.equal(costs([10, 100, 10_000], cost), 1);
  });

  test("is the same in the first round, the tenth and the nine-hundredth", () => {
    const run = new CountedRun(rounds(1_000));
    run.start();
    const all = names(999).map((_, round) => run.succeed(`r[${round}]/a`));
    assert.deepEqual([all[10], all[900]], [all[0], all[0]]);
  });

  test("that is a signal is the same among 10, 100 or 10,000 tasks that wait for it, or for another key", () => {
    for (const fields of [{}, { key: item("m") }]) {
      const cost = (size: number) => {
        const run = new CountedRun(waiting(fields));
        run.start(list(size));
        return "key" in fields ? run.send(signal("s5")) : run.send(signal()) + run.send(signal());
      };
      assert.equal(costs([10, 100, 10_000], cost), 1);
    }
  });

  test("that begins a wait is the same among 10, 100 or 5,000 signals that came before", () => {
    const cost = (size: number) => {
      const run = new CountedRun(workflow([call("a"), waitFor("w", { after: ["a"] }), call("b")]));
      run.start();
      for (const _ of names(size)) run.send(signal());
      return run.succeed("a");
    };
    assert.equal(costs([10, 100, 5_000], cost), 1);
  });

  test("that ends a wait in vain, or cancels it, is the same wherever in the line the task stands", () => {
    const cost = (size: number) => {
      const run = new CountedRun(waiting({ timeoutMs: 5 }));
      run.start(list(size));
      const inVain = run.send({ type: "timerFired", at: 9, timer: `due:m[${size - 1}]/w` });
      return inVain + run.send(cancel(`m[${size / 2}]/w`));
    };
    assert.equal(costs([10, 100, 10_000], cost), 1);
  });

  test("that is a verdict or the end of a sleep is the same however many others wait", () => {
    const cost = (size: number) => {
      const steps = [approve("ok"), sleep("nap", { durationMs: constant(1) })];
      const run = new CountedRun(workflow([map("m", { maxItems: 100_000, steps })]));
      run.start(list(size));
      const verdict = {
        type: "approvalDecided",
        at: 1,
        task: "m[5]/ok",
        verdict: "approve",
        by: "Ada",
      } as const;
      return run.send(verdict) + run.send({ type: "timerFired", at: 9, timer: "due:m[6]/nap" });
    };
    assert.equal(costs([10, 100, 5_000], cost), 1);
  });

  test("that cancels a task is the same however large the run", () => {
    const cost = (size: number) => {
      const run = new CountedRun(mapped());
      run.start(list(size));
      return run.send(cancel("m[3]/a"));
    };
    assert.equal(costs([10, 100, 10_000], cost), 1);
  });
});

describe("E13 the cost of a run", () => {
  const growsInProportion = (cost: (size: number) => number) => {
    const [one = 0, two = 0, three = 0] = [100, 200, 300].map(cost);
    assert.ok(one > 0);
    assert.equal(three - two, two - one);
  };

  test("is proportional to its tasks and edges: independent steps, chains, fans", () => {
    for (const shape of [independent, chain, fan]) {
      growsInProportion((size) => {
        const run = new CountedRun(shape(size));
        return run.start() + run.finish();
      });
    }
  });

  test("is proportional to the items of a map", () => {
    growsInProportion((size) => {
      const run = new CountedRun(mapped());
      return run.start(list(size)) + run.finish();
    });
  });

  test("is proportional to its rounds", () => {
    growsInProportion((size) => {
      const run = new CountedRun(rounds(size));
      return run.start() + run.finish();
    });
  });

  test("is proportional to its waits and signals, and so is to cancel it while they wait", () => {
    growsInProportion((size) => {
      const run = new CountedRun(waiting());
      return run.start(list(size)) + names(size).reduce((cost) => cost + run.send(signal()), 0);
    });
    growsInProportion((size) => {
      const run = new CountedRun(waiting());
      run.start(list(size));
      return run.send({ type: "cancelRequested", at: 1, reason: "enough" });
    });
    growsInProportion((size) => {
      const run = new CountedRun(workflow([...waiting().steps, call("beside")]));
      run.start(list(size));
      return run.send(cancel("m"));
    });
  });

  test("that takes outcomes over is proportional to its tasks", () => {
    growsInProportion((size) => {
      const run = new CountedRun(mapped());
      const outcomes = names(size).map((name, index) => ({
        task: `m[${index}]/a`,
        inputHash: contentHash(name),
        output: 1,
      }));
      const cost = run.send({ type: "outcomesCarried", at: 1, outcomes }) + run.start(list(size));
      assert.ok(run.isSettled);
      return cost;
    });
  });

  test("is proportional to its edges where every step needs all before it", () => {
    const cost = (size: number) => {
      const steps = names(size).map((name, index) => call(name, { after: names(index) }));
      const run = new CountedRun(workflow(steps));
      return run.start() + run.finish();
    };
    for (const size of [10, 20, 40]) assert.ok(cost(size) < 60 * (size + (size * (size - 1)) / 2));
  });

  test("to cancel is proportional to its tasks, and so is to skip what follows a failure", () => {
    growsInProportion((size) => {
      const run = new CountedRun(mapped());
      run.start(list(size));
      return run.send({ type: "cancelRequested", at: 1, reason: "enough" });
    });
    growsInProportion((size) => {
      const run = new CountedRun(chain(size));
      run.start();
      const error = { code: "X", message: "", retryable: false };
      return run.send({ type: "attemptFailed", at: 1, task: "s0", attempt: 1, error });
    });
  });
});

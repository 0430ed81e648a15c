/** E13: what an event costs, counted in reads of state, tasks and plan. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { apply } from "./apply.ts";
import { compile } from "./compile.ts";
import { indexPlan } from "./plan-index.ts";
import type { Command, RunEvent } from "./run-event.ts";
import { createRun } from "./run-state.ts";
import { ReadCounter } from "./testing/read-counter.ts";
import { call, item, listOf, map, outputOf, workflow } from "./testing/steps.ts";
import type { JsonValue, WorkflowDefinition } from "./workflow-definition.ts";

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

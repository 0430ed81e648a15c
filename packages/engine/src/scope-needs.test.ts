import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { needsInScope, orderSteps } from "./scope-needs.ts";
import { call, input, item, map, objectOf, outputOf, settled } from "./testing/steps.ts";
import type { StepDefinition } from "./workflow-definition.ts";

/** Steps `s0` to `s9` of which each needs those that the list at its place names. */
function stepsOf(needs: readonly (readonly number[])[]): readonly StepDefinition[] {
  return needs.map((needed, index) => call(`s${index}`, { after: needed.map((other) => `s${other}`) }));
}

const graphs = fc
  .integer({ min: 1, max: 10 })
  .chain((size) =>
    fc.array(fc.array(fc.nat({ max: size - 1 }), { maxLength: 2 }), { minLength: size, maxLength: size }),
  )
  .map(stepsOf);

describe("the needs of a step", () => {
  test("are the steps of its scope that it names anywhere, its body included", () => {
    const inner = map("inner", {
      over: outputOf("b"),
      steps: [
        call("deep", { input: objectOf({ x: settled("c"), y: item("inner"), z: outputOf("deeper") }) }),
        call("deeper", { when: { op: "not", condition: { op: "exists", value: outputOf("d") } } }),
      ],
      output: outputOf("e", "path"),
    });
    const steps = [
      inner,
      ...["a", "b", "c", "d", "e", "f"].map((name) => call(name)),
      call("g", { after: ["f", "inner", "f"] }),
    ];
    assert.deepEqual(needsInScope(steps), [[2, 3, 4, 5], [], [], [], [], [], [], [0, 6]]);
    assert.deepEqual(needsInScope([call("a", { input: input("a") })]), [[]]);
  });
});

describe("the order of steps", () => {
  test("puts each after all that it needs, or shows a circle", () => {
    fc.assert(
      fc.property(graphs, (steps) => {
        const result = orderSteps(steps);
        if ("circle" in result) {
          assert.ok(result.circle.length > 0);
          for (const [index, step] of result.circle.entries()) {
            const next: StepDefinition | undefined = result.circle[(index + 1) % result.circle.length];
            assert.ok(step.after?.includes(next?.name ?? ""));
          }
          return;
        }
        assert.deepEqual(new Set(result.ordered), new Set(steps));
        assert.equal(result.ordered.length, steps.length);
        const placed = new Set<string>();
        for (const step of result.ordered) {
          for (const need of step.after ?? []) assert.ok(placed.has(need));
          placed.add(step.name);
        }
        assert.deepEqual(orderSteps(result.ordered), result);
      }),
    );
  });

  test("finds an order exactly when there is one", () => {
    fc.assert(
      fc.property(graphs, (steps) => {
        let left = steps;
        for (let round = 0; round < steps.length; round += 1) {
          left = left.filter((step) => left.some((other) => step.after?.includes(other.name)));
        }
        assert.equal("circle" in orderSteps(steps), left.length > 0);
      }),
    );
  });

  test("is the author's where that is one, and does not depend on the order of references", () => {
    const inOrder = fc
      .array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 10 })
      .map((needs) =>
        stepsOf(needs.map((list, index) => (index === 0 ? [] : list.map((need) => need % index)))),
      );
    const shuffled = inOrder.chain((steps) =>
      fc.tuple(fc.constant(steps), fc.shuffledSubarray([...steps], { minLength: steps.length })),
    );
    const namesOf = (steps: readonly StepDefinition[]) => {
      const result = orderSteps(steps);
      return "ordered" in result ? result.ordered.map((step) => step.name) : [];
    };
    fc.assert(
      fc.property(shuffled, ([steps, inDisorder]) => {
        assert.deepEqual(orderSteps(steps), { ordered: steps });
        const turned = inDisorder.map((step) => ({ ...step, after: (step.after ?? []).toReversed() }));
        assert.deepEqual(namesOf(turned), namesOf(inDisorder));
      }),
    );
  });
});

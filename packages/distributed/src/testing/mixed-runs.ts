/** A thousand runs of the mixed workflows, in an order in which all kinds are under way all the time. */
import type { JsonValue } from "@mycroft/engine";
import type { StartRun } from "@mycroft/runtime";
import { type MixedWorkflow, nextChain, plansOf } from "./mixed-plans.ts";

/** How many runs of each. */
const counts: Readonly<Record<MixedWorkflow, number>> = {
  chain: 260,
  slow: 100,
  fan: 50,
  panel: 60,
  shaky: 200,
  family: 60,
  asked: 70,
  told: 80,
  sleepy: 80,
  stopped: 40,
};

export const runCount: number = Object.values(counts).reduce((sum, count) => sum + count, 0);

export interface MixedRun extends StartRun {
  /** The run's id, too. */
  readonly startKey: string;
  readonly workflow: MixedWorkflow;
}

/** @param deployedAt from which place on runs are started by the workflows of the next version: never unless given. */
export function mixedRuns(deployedAt: number = Number.POSITIVE_INFINITY): readonly MixedRun[] {
  return Object.entries(counts)
    .flatMap(([name, count]) =>
      Array.from({ length: count }, (_, index) => ({
        workflow: name as MixedWorkflow,
        index,
        place: (index + 0.5) / count,
      })),
    )
    .toSorted((left, right) => left.place - right.place)
    .map(({ workflow, index }, place) => mixedRun(workflow, index, place >= deployedAt));
}

function mixedRun(workflow: MixedWorkflow, index: number, isNext: boolean): MixedRun {
  const [plan, ...childPlans] = plansOf[workflow];
  const startKey = `${workflow}-${index}`;
  return {
    workflow,
    plan: isNext && workflow === "chain" ? nextChain : plan,
    childPlans,
    input: inputOf(workflow, index),
    startKey,
    asOf: "2010-02-26",
    provenance: { codeVersion: "test" },
  };
}

function inputOf(workflow: MixedWorkflow, index: number): JsonValue {
  if (workflow !== "panel") return { of: workflow, number: index };
  return Array.from({ length: 3 + (index % 3) }, (_, item) => `${index}/${item}`);
}

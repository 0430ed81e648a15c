/** Each agent's record against a reference on the same cases: what policies keep that weigh by past score. */
import { MycroftError } from "@mycroft/errors";
import type { Round, StartLearning } from "./learned-weights.ts";
import { scaleToOne } from "./online-rule.ts";
import { neverNegative, RuleMemory } from "./rule-memory.ts";

/** What the agents are compared with on the cases that they judged: the equal mean of those who spoke, or the uniform. */
export type Reference = "mean" | "uniform";

export interface RelativeRecords {
  /** The agent's mean loss less the reference's, shrunk towards 0 by ten cases. */
  readonly excess: (agent: number) => number;
  /** The agent's loss over the reference's, with so many cases of the mean reference loss added to both; 1 for a newcomer. */
  readonly ratio: (agent: number, shrinkage: number) => number;
}

const shrinkage = 10;

/** `weigh` writes a non-negative weight for each agent, in any unit. */
export function startRecords(
  reference: Reference,
  weigh: (records: RelativeRecords, into: Float64Array, awake: Uint8Array | undefined) => void,
): StartLearning {
  return (size, saved) => {
    const memory = new RuleMemory(
      size,
      { scored: 0, loss: 0, reference: 0 },
      { cases: 0, referenceLoss: 0 },
      saved,
      undefined,
      {
        scored: neverNegative,
        loss: neverNegative,
        reference: neverNegative,
        cases: neverNegative,
        referenceLoss: neverNegative,
      },
    );
    return {
      get size() {
        return memory.size;
      },
      grow: (larger) => memory.grow(larger),
      save: () => memory.save(),
      weigh(into, awake) {
        weigh(recordsIn(memory), into, awake);
        scaleToOne(into, awake);
      },
      learn: (round) => learn(memory, round, reference),
    };
  };
}

type Memory = RuleMemory<"scored" | "loss" | "reference", "cases" | "referenceLoss">;

function recordsIn(memory: Memory): RelativeRecords {
  const scored = memory.column("scored");
  const loss = memory.column("loss");
  const reference = memory.column("reference");
  const { cases, referenceLoss } = memory.scalars;
  const usual = cases === 0 ? 0 : referenceLoss / cases;
  return {
    excess: (agent) => ((loss[agent] ?? 0) - (reference[agent] ?? 0)) / ((scored[agent] ?? 0) + shrinkage),
    ratio: (agent, added) => {
      const own = (loss[agent] ?? 0) + added * usual;
      const plain = (reference[agent] ?? 0) + added * usual;
      // Without any loss of the reference there is nothing to be better than; who has lost since is infinitely worse.
      if (plain > 0) return own / plain;
      return own > 0 ? Number.MAX_VALUE : 1;
    },
  };
}

function learn(memory: Memory, { cases, loss: scoring }: Round, reference: Reference): void {
  const scored = memory.column("scored");
  const loss = memory.column("loss");
  const plain = memory.column("reference");
  if (reference === "uniform" && scoring.forecasts === "points") {
    throw new MycroftError(
      "POLICY_INVALID",
      "There is no uniform forecast of points; choose the reference mean.",
      {
        details: { field: "settings.reference", value: reference, limit: "mean" },
      },
    );
  }
  for (const { agents, forecasts, observed } of cases) {
    const size = observed.length;
    const other =
      reference === "uniform" ? new Float64Array(size).fill(1 / size) : equalMean(forecasts, size);
    const referenceLoss = scoring.of(other, observed);
    memory.scalars.cases += 1;
    memory.scalars.referenceLoss += referenceLoss;
    agents.forEach((agent, index) => {
      scored[agent] = (scored[agent] ?? 0) + 1;
      loss[agent] = (loss[agent] ?? 0) + scoring.of(forecasts[index] ?? other, observed);
      plain[agent] = (plain[agent] ?? 0) + referenceLoss;
    });
  }
}

export function equalMean(forecasts: readonly Float64Array[], size: number): Float64Array {
  const mean = new Float64Array(size);
  for (const forecast of forecasts) {
    for (let k = 0; k < size; k += 1) mean[k] = (mean[k] ?? 0) + (forecast[k] ?? 0) / forecasts.length;
  }
  return mean;
}

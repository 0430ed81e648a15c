/** The likelihood of each agent's forecasts against the ensemble's: what Bayesian model averaging keeps. */
import { MycroftError } from "@mycroft/errors";
import { log } from "../portable-math/log.ts";
import type { StartLearning } from "./learned-weights.ts";
import { exponentiate } from "./online-rule.ts";
import { RuleMemory } from "./rule-memory.ts";

/** `floor` is the least probability that is charged for. */
export function startLikelihoods(floor: number): StartLearning {
  return (size, saved) => {
    const memory = new RuleMemory(size, { logLikelihood: 0 }, {}, saved);
    return {
      get size() {
        return memory.size;
      },
      grow: (larger) => memory.grow(larger),
      save: () => memory.save(),
      weigh(into, awake) {
        into.set(memory.column("logLikelihood"));
        exponentiate(into, awake);
      },
      learn({ cases, loss }) {
        if (loss.forecasts === "points") {
          throw new MycroftError(
            "POLICY_INVALID",
            "Points have no likelihood; choose another policy for them.",
            {
              details: { loss: loss.name },
            },
          );
        }
        const logLikelihood = memory.column("logLikelihood");
        for (const { agents, forecasts, pooled, observed } of cases) {
          const ensemble = logOf(pooled, observed, floor);
          agents.forEach((agent, index) => {
            const own = logOf(forecasts[index] ?? pooled, observed, floor);
            logLikelihood[agent] = (logLikelihood[agent] ?? 0) + own - ensemble;
          });
        }
      },
    };
  };
}

function logOf(forecast: Float64Array, observed: Float64Array, floor: number): number {
  let sum = 0;
  for (let k = 0; k < observed.length; k += 1) {
    const share = observed[k] ?? 0;
    if (share > 0) sum += share * log(Math.max(floor, forecast[k] ?? 0));
  }
  return sum;
}

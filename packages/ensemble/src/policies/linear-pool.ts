/** The linear opinion pool: the weighted mean of the distributions, with equal weights unless the settings state some. */
import { inside, placeOf, readDictionary, readNumber, readStrictObject } from "../json-reader.ts";
import { ensembleLimits } from "../limits.ts";
import { compareText } from "../panel.ts";
import {
  type Part,
  type Policy,
  type PolicyInput,
  type PolicySettings,
  poolLinearly,
  type WeightReason,
} from "../policy.ts";

type StatedWeights = ReadonlyMap<string, number>;

/**
 * Settings: `weights`, an object from agent to a number from 1e-6 to 1e6, relative to the weight 1 of every agent that
 * it does not name. Weights of agents that give no opinion are not used.
 * Source: Stone 1961, "The opinion pool", Annals of Mathematical Statistics 32(4).
 */
export const linearPool: Policy = {
  name: "linear-pool",
  version: "1.0.0",
  description: "The mean of the opinions, equally weighted or with fixed weights.",
  source: "Stone 1961, The opinion pool, Annals of Mathematical Statistics 32(4), 1339-1342",
  kind: "fixed",
  configure: (given) => {
    const stated = readStatedWeights(given);
    return { settings: settingsOf(stated), combine: (input) => combine(input, stated) };
  },
};

function combine({ opinions }: PolicyInput, stated: StatedWeights): readonly Part[] {
  if (stated.size === 0) {
    const reason: WeightReason = { type: "equal" };
    return poolLinearly(
      opinions,
      opinions.map(() => ({ raw: 1, reason })),
    );
  }
  return poolLinearly(
    opinions,
    opinions.map(({ agent }) => {
      const raw = stated.get(agent) ?? 1;
      return { raw, reason: { type: "stated", stated: raw } };
    }),
  );
}

function readStatedWeights(given: unknown): StatedWeights {
  const place = placeOf("settings");
  const { weights } = readStrictObject(given ?? {}, place, ["weights"], "POLICY_INVALID");
  const at = inside(place, "weights");
  const entries = Object.entries(readDictionary(weights ?? {}, at, "POLICY_INVALID"));
  const inOrder = entries.toSorted(([a], [b]) => compareText(a, b));
  return new Map(
    inOrder.map(([agent, weight]) => [agent, readNumber(weight, inside(at, agent), weightRange)]),
  );
}

const weightRange = {
  min: ensembleLimits.statedWeightMin,
  max: ensembleLimits.statedWeightMax,
  code: "POLICY_INVALID",
} as const;

function settingsOf(stated: StatedWeights): PolicySettings {
  return stated.size === 0 ? {} : { weights: Object.fromEntries(stated) };
}

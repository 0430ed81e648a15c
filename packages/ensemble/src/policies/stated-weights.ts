/** The setting `weights`, which several fixed policies share: what a person states an agent's word is worth. */
import { inside, placeOf, readDictionary, readNumber } from "../json-reader.ts";
import { ensembleLimits } from "../limits.ts";
import { compareText } from "../panel.ts";
import type { PolicySettings, RawWeight } from "../policy.ts";

/** By agent, in order of name. */
export type StatedWeights = ReadonlyMap<string, number>;

/** An object from agent to a number from 1e-6 to 1e6, relative to the weight 1 of every agent that it does not name. */
export function readStatedWeights(value: unknown): StatedWeights {
  return readByAgent(value, "weights", weightRange);
}

const weightRange = { min: ensembleLimits.statedWeightMin, max: ensembleLimits.statedWeightMax };

/** A setting that is an object from agent to a number. */
export function readByAgent(
  value: unknown,
  setting: string,
  range: { readonly min: number; readonly max: number },
): ReadonlyMap<string, number> {
  const at = inside(placeOf("settings"), setting);
  const entries = Object.entries(readDictionary(value ?? {}, at, "POLICY_INVALID"));
  const inOrder = entries.toSorted(([a], [b]) => compareText(a, b));
  return new Map(
    inOrder.map(([agent, number]) => [
      agent,
      readNumber(number, inside(at, agent), { ...range, code: "POLICY_INVALID" }),
    ]),
  );
}

/** As the record keeps them: nothing when nothing is stated. */
export function settingsOfWeights(stated: StatedWeights): PolicySettings {
  return stated.size === 0 ? {} : { weights: Object.fromEntries(stated) };
}

/** One raw weight for each agent: equal ones when none is stated. */
export function weighAsStated(
  opinions: readonly { readonly agent: string }[],
  stated: StatedWeights,
): readonly RawWeight[] {
  return opinions.map(({ agent }) => {
    if (stated.size === 0) return { raw: 1, reason: { type: "equal" } };
    const raw = stated.get(agent) ?? 1;
    return { raw, reason: { type: "stated", stated: raw } };
  });
}

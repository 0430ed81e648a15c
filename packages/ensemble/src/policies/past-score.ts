/**
 * Weights by past score: exponential weights on what each agent's opinions have cost so far. Agents with fewer scored
 * opinions than others are sleeping experts: they are judged on the rounds in which they spoke, and on no others.
 */
import type { AgentRecord } from "../agent-record.ts";
import { sumInOrder } from "../distribution.ts";
import { placeOf, readStrictObject } from "../json-reader.ts";
import { type Policy, type RawWeight, type WeighInput, type WeightReason, weightedMean } from "../policy.ts";
import { exp } from "../portable-math/exp.ts";
import { log } from "../portable-math/log.ts";

/**
 * With N opinions, n the largest number of scored opinions among their agents, and L_i agent i's cumulative score,
 * `w_i ~ exp(-eta L_i)` with `eta = sqrt(8 ln N / n)`: Cesa-Bianchi and Lugosi 2006, "Prediction, Learning, and Games",
 * Theorem 2.2, for convex losses in [0, 1]; RPS is one. As n counts the rounds so far, not those to come, the bound on
 * the regret from decision to decision is that of their Theorem 2.3.
 *
 * In a round that an agent slept through it is charged what the ensemble's average agent was (Freund, Schapire, Singer
 * and Warmuth 1997, "Using and combining predictors that specialize"): with s_i scored opinions of mean score m_i and
 * `m = sum s_i m_i / sum s_i`, `L_i = s_i m_i + (n - s_i) m`. Up to a factor that all share, `w_i ~ exp(-eta s_i (m_i - m))`.
 * So an agent without a record weighs as an average one, and a short record moves a weight little. Without any record,
 * all weigh the same. A limit: records hold means, not rounds, so an agent that spoke in hard times only looks worse.
 * Another: the theorems learn after each round, while outcomes here become known later and several on one day.
 * No settings.
 */
export const pastScore: Policy = {
  name: "past-score",
  version: "1.0.0",
  description: "The mean of the opinions, weighted by what each agent's past opinions have scored.",
  source:
    "Cesa-Bianchi and Lugosi 2006, Prediction, Learning, and Games, Theorem 2.2; sleeping experts after Freund, Schapire, Singer and Warmuth 1997, Using and combining predictors that specialize, STOC",
  kind: "learning",
  configure: (given) => {
    readStrictObject(given ?? {}, placeOf("settings"), [], "POLICY_INVALID");
    return weightedMean({}, weighByRecord);
  },
};

function weighByRecord({ opinions, records }: WeighInput): readonly RawWeight[] {
  const ownRecords = opinions.map(({ agent }) => scoredRecord(records.get(agent)));
  const known = ownRecords.filter((record) => record !== null);
  const reference = meanScoreOf(known);
  if (reference === null) {
    const reason: WeightReason = { type: "noRecord", reference };
    return opinions.map(() => ({ raw: 1, reason }));
  }
  const rounds = Math.max(...known.map((record) => record.scored));
  const rate = Math.sqrt((8 * log(opinions.length)) / rounds);
  const weighed = ownRecords.map((record) => weigh(record, reference, rate));
  const largest = Math.max(...weighed.map(({ logWeight }) => logWeight));
  // Relative to the largest, so that one weight is 1 and the sum can be neither 0 nor infinite.
  return weighed.map(({ logWeight, reason }) => ({ raw: exp(logWeight - largest), reason }));
}

function weigh(
  record: AgentRecord | null,
  reference: number,
  rate: number,
): { readonly logWeight: number; readonly reason: WeightReason } {
  if (record === null) return { logWeight: 0, reason: { type: "noRecord", reference } };
  // What its opinions have cost above what an average agent's would have.
  const excessLoss = record.scored * (record.meanScore - reference);
  return { logWeight: -rate * excessLoss, reason: { type: "record", record, reference, rate } };
}

function scoredRecord(record: AgentRecord | undefined): AgentRecord | null {
  return record === undefined || record.scored === 0 ? null : record;
}

/** The mean score of all scored opinions together. */
function meanScoreOf(records: readonly AgentRecord[]): number | null {
  if (records.length === 0) return null;
  const scored = sumInOrder(records.map((record) => record.scored));
  return sumInOrder(records.map((record) => (record.scored / scored) * record.meanScore));
}

/** The weights of a resolution in words: what each agent weighs, and which record or setting made it so. */
import { count, decimal, percent, quoted, significant } from "./phrases.ts";
import type { WeightReason } from "./policy.ts";
import type { AgentWeight, Resolution } from "./resolution.ts";

type Weighed = {
  readonly policy: Pick<Resolution["policy"], "name" | "version">;
  readonly weights: readonly AgentWeight[];
};

/** The policy, and each agent's weight with its reason, the heaviest first. */
export function explainWeights({ policy, weights }: Weighed): readonly string[] {
  const heading = `The policy is ${policy.name}, version ${policy.version}. An equal share is ${percent(1 / weights.length)}.`;
  const noRecords = weights.every(({ reason }) => reason.type === "noRecord" && reason.reference === null);
  const nothing = weights.every(({ reason }) => reason.type === "nothingLearned");
  const note = noRecords || nothing ? ["No agent has a record yet, so all weigh the same."] : [];
  const inOrder = weights.toSorted((a, b) => b.weight - a.weight);
  return [heading, ...note, ...scoreNote(weights), ...gainNote(weights), ...inOrder.map(explainWeight)];
}

/** What the scores of records are, said once. */
function scoreNote(weights: readonly AgentWeight[]): readonly string[] {
  const known = weights.find(({ reason }) => reason.type === "record")?.reason;
  if (known?.type !== "record") return [];
  const mean = known.reference.toFixed(4);
  return [`A score is a mean ranked probability score: lower is better, and the agents' mean is ${mean}.`];
}

/** What gains are, said once. */
function gainNote(weights: readonly AgentWeight[]): readonly string[] {
  const known = weights.find(({ reason }) => reason.type === "recalibrated")?.reason;
  if (known?.type !== "recalibrated") return [];
  return [
    "Each opinion is made as bold as its record warrants: how wide it is and which way it points are each multiplied by a factor, below 1 for an agent that has been too bold and above 1 for one that has been too timid.",
    `How wide the pool is was then multiplied by ${decimal(known.poolGain)}, by what the pools of earlier rounds have lacked.`,
  ];
}

function explainWeight({ agent, weight, reason }: AgentWeight): string {
  return `${agent} weighs ${percent(weight)}: ${spellReason(reason)}.`;
}

function spellReason(reason: WeightReason): string {
  switch (reason.type) {
    case "equal":
      return "the policy weighs all agents alike";
    case "stated":
      return `its stated weight is ${reason.stated}, where 1 is usual`;
    case "noRecord":
      return reason.reference === null
        ? "it has no record"
        : `it has no record, so it counts as one of average score (${reason.reference.toFixed(4)})`;
    case "record":
      return spellRecord(reason);
    case "confidence":
      return reason.measure === "stated"
        ? `it states a confidence of ${percent(reason.confidence)}`
        : `its highest probability is ${percent(reason.confidence)}`;
    case "reliability":
      return `its evidence is relied on to ${percent(reason.reliability)}`;
    case "learned":
      return spellLearned(reason);
    case "recalibrated":
      return spellGains(reason);
    case "nothingLearned":
      return "nothing has been learned of it yet";
  }
}

function spellLearned({ agent, loss, context }: Extract<WeightReason, { readonly type: "learned" }>): string {
  if (agent.scored === 0) return "none of its opinions has been scored yet, so it weighs as a newcomer";
  const mean = significant(agent.totalLoss / agent.scored);
  const period = `${count(agent.scored, "opinion")} from ${agent.from} to ${agent.to}`;
  const size = significant(Math.abs(agent.regret));
  const ahead = agent.regret >= 0 ? "more" : "less";
  const regime =
    context === undefined
      ? ""
      : `; what was learned in ${count(context.rounds, "round")} of the regime ${quoted(context.name)} counts ${percent(context.share)}, what was learned in all the rest`;
  return `its mean ${loss} loss is ${mean} over ${period}; in ${count(agent.rounds, "round")} of learning the ensemble lost ${size} ${ahead} than it in all${regime}`;
}

function spellGains(reason: Extract<WeightReason, { readonly type: "recalibrated" }>): string {
  const { agent, dispersionGain, directionGain } = reason;
  if (agent.scored === 0) return "none of its opinions has been scored yet, so what it says is left as it is";
  const record = `${count(agent.scored, "opinion")} in ${count(agent.rounds, "round")} from ${agent.from} to ${agent.to}`;
  return `its width is multiplied by ${decimal(dispersionGain)} and its direction by ${decimal(directionGain)}, after ${record}`;
}

function spellRecord({ record, reference }: Extract<WeightReason, { readonly type: "record" }>): string {
  const difference = record.meanScore - reference;
  const size = Math.abs(difference).toFixed(4);
  const standing = difference === 0 ? "equal to" : `${size} ${difference < 0 ? "better" : "worse"} than`;
  const period = `${count(record.scored, "opinion")} from ${record.from} to ${record.to}`;
  return `its score is ${record.meanScore.toFixed(4)} over ${period}, ${standing} the mean`;
}

/** Why an agent has its weight, in half a sentence; lower scores and losses are better. */
import type { WeightReason } from "@mycroft/ensemble";
import { formatNumber, formatPercent, formatPlural } from "../../design/format.ts";

type Reason<Type extends WeightReason["type"]> = Extract<WeightReason, { readonly type: Type }>;

export function whyText(reason: WeightReason): string {
  switch (reason.type) {
    case "equal":
      return "the policy weighs all alike";
    case "stated":
      return `its stated weight is ${reason.stated}, where 1 is usual`;
    case "record":
      return recordText(reason);
    case "noRecord":
      return reason.reference === null
        ? "nobody has a record yet"
        : `it has no record, so it counts as one of mean score, ${formatNumber(reason.reference, 4)}`;
    case "confidence":
      return reason.measure === "stated"
        ? `it says it is ${formatPercent(reason.confidence)} sure`
        : `its highest probability is ${formatPercent(reason.confidence)}`;
    case "learned":
      return learnedText(reason);
    case "recalibrated":
      return gainsText(reason);
    case "nothingLearned":
      return "nothing has been learned of it yet";
    case "reliability":
      return `its evidence is relied on to ${formatPercent(reason.reliability)}`;
  }
}

function recordText({ record, reference }: Reason<"record">): string {
  const difference = record.meanScore - reference;
  const size = formatNumber(Math.abs(difference), 4);
  const standing = difference === 0 ? "equal to" : `${size} ${difference < 0 ? "better" : "worse"} than`;
  const scored = formatPlural(record.scored, "opinion");
  return `its score is ${formatNumber(record.meanScore, 4)} over ${scored} from ${record.from} to ${record.to}, ${standing} the mean`;
}

function learnedText({ agent, loss, context }: Reason<"learned">): string {
  if (agent.scored === 0) return "none of its opinions has been scored yet";
  const mean = formatNumber(agent.totalLoss / agent.scored, 4);
  const ahead = agent.regret >= 0 ? "more" : "less";
  const where =
    context === undefined
      ? ""
      : `, of which the regime ${context.name} counts ${formatPercent(context.share, 0)}`;
  return `its mean ${loss} loss is ${mean} over ${formatPlural(agent.scored, "opinion")}; the ensemble lost ${formatNumber(Math.abs(agent.regret), 4)} ${ahead} than it in ${formatPlural(agent.rounds, "round")}${where}`;
}

function gainsText({ agent, dispersionGain, directionGain }: Reason<"recalibrated">): string {
  if (agent.scored === 0) return "none of its opinions has been scored yet, so what it says is left as it is";
  return `after ${formatPlural(agent.scored, "opinion")} its width is multiplied by ${formatNumber(dispersionGain)}, its direction by ${formatNumber(directionGain)}`;
}

/** What was learned, as weights: how a resolve step uses a learner's state, and how a learner says what it would do. */
import { inside, placeOf, rejection } from "../json-reader.ts";
import type { LearnedWeights, StartLearning } from "./learned-weights.ts";
import type { LearnedAgent, LearnerState } from "./learner-state.ts";
import type { RuleState } from "./online-rule.ts";
import { weightsAmong } from "./pool-case.ts";

/** One weight for each of `names`, if they alone are awake; one who was never met weighs as a newcomer. */
export function weighLearned(
  start: StartLearning,
  { agents, rule }: Pick<LearnerState, "agents" | "rule">,
  names: readonly string[],
  context: string | null = null,
): readonly number[] {
  const { learned, places } = recallLearned(start, { agents, rule }, names);
  return weightsAmong(learned, places, context);
}

/** @throws {MycroftError} INPUT_INVALID when agents have been met and nothing is left of what was learned of them. */
export function recall<Learned extends LearnedWeights>(
  start: (size: number, saved?: RuleState) => Learned,
  { agents, rule }: Pick<LearnerState, "agents" | "rule">,
): Learned {
  if (rule === null && agents.length > 0) {
    throw rejection("INPUT_INVALID", inside(placeOf("state"), "rule"), rule, "what the policy has learned");
  }
  return start(agents.length, rule ?? undefined);
}

/** What was learned, with a place for each of `names`: its own, or a newcomer's. */
export function recallLearned<Learned extends LearnedWeights>(
  start: (size: number, saved?: RuleState) => Learned,
  { agents, rule }: Pick<LearnerState, "agents" | "rule">,
  names: readonly string[],
): { readonly learned: Learned; readonly places: readonly number[] } {
  const known = new Map(agents.map(({ agent }, index) => [agent, index]));
  const learned = recall(start, { agents, rule });
  let size = agents.length;
  const places = names.map((name) => {
    const place = known.get(name);
    if (place !== undefined) return place;
    size += 1;
    return size - 1;
  });
  learned.grow(size);
  return { learned, places };
}

/** What is known of an agent that was never met. */
export function newcomer(agent: string): LearnedAgent {
  return { agent, scored: 0, totalLoss: 0, rounds: 0, regret: 0, from: null, to: null };
}

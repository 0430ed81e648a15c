/**
 * A walk through a sequence of cases with every policy of the catalogue: the weights that each came to, what each lost, the
 * regret against the best agent and the best mixture, and the drifts that were noticed. Walked once, then only looked at.
 */
import { certainOutcome, policies, rankedProbabilityScore } from "@mycroft/ensemble";
import { BestMixture } from "./best-mixture.ts";
import { type FrontState, LearningFront, type NoticedDrift } from "./learning-front.ts";
import type { Taught } from "./resolve-all.ts";
import type { WalkCase, WalkSource } from "./walk-case.ts";

export interface RuleTrace {
  readonly policy: string;
  /** By step, then by agent in order of `Walk.agents`; null for one without an opinion. */
  readonly weights: readonly (readonly (number | null)[])[];
  readonly pooled: readonly (readonly number[])[];
  /** By step; null where it is not known what followed. */
  readonly losses: readonly (number | null)[];
  /** The sum of the losses up to and with each step. */
  readonly cumulative: readonly number[];
}

export interface DriftFlag extends NoticedDrift {
  /** The step before whose forecast it was noticed. */
  readonly step: number;
}

/** The least that could have been lost up to and with a step. */
export interface Hindsight {
  readonly bestAgent: string | null;
  readonly agentLoss: number;
  readonly mixtureLoss: number;
  /** In order of `Walk.agents`. */
  readonly mixture: readonly number[];
}

/** What is known at every so many steps is kept, so that any step can be returned to. */
const stepsBetweenStates = 16;

export class Walk {
  readonly source: WalkSource;
  /** All agents of the walk, in order of name. */
  readonly agents: readonly string[];
  readonly #front: LearningFront;
  readonly #states: FrontState[] = [];
  readonly #rules: {
    -readonly [Field in keyof RuleTrace]: RuleTrace[Field] extends readonly (infer Item)[]
      ? Item[]
      : RuleTrace[Field];
  }[];
  readonly #flags: DriftFlag[] = [];
  readonly #hindsight: Hindsight[] = [];
  readonly #mixture: BestMixture;
  readonly #charged: Float64Array;
  #steps = 0;
  #lesson: { readonly step: number; readonly taught: Taught } | null = null;

  constructor(source: WalkSource) {
    this.source = source;
    this.agents = [
      ...new Set(source.cases.flatMap(({ opinions }) => opinions.map(({ agent }) => agent))),
    ].sort();
    this.#front = new LearningFront(policyNames, source.outcomes.length);
    this.#rules = policyNames.map((policy) => ({
      policy,
      weights: [],
      pooled: [],
      losses: [],
      cumulative: [],
    }));
    this.#mixture = new BestMixture(Math.max(1, this.agents.length));
    this.#charged = new Float64Array(this.agents.length);
  }

  /** How many steps have been walked. */
  get steps(): number {
    return this.#steps;
  }

  get isDone(): boolean {
    return this.#steps >= this.source.cases.length;
  }

  get rules(): readonly RuleTrace[] {
    return this.#rules;
  }

  get flags(): readonly DriftFlag[] {
    return this.#flags;
  }

  get hindsight(): readonly Hindsight[] {
    return this.#hindsight;
  }

  /** @throws {MycroftError} for a case that the ensemble refuses. */
  advance(): void {
    const walked = this.source.cases[this.#steps];
    if (walked === undefined) return;
    if (this.#steps % stepsBetweenStates === 0) this.#states.push(this.#front.save());
    const step = this.#steps;
    for (const noticed of this.#front.learnUntil(walked.on)) this.#flags.push({ ...noticed, step });
    const forecasts = this.#front.forecast(walked);
    for (const [index, { weights, pooled }] of forecasts.entries()) {
      const rule = this.#rules[index];
      if (rule === undefined) continue;
      rule.weights.push(this.agents.map((agent) => weights.get(agent) ?? null));
      rule.pooled.push(pooled);
      const loss = lossOf(pooled, walked);
      rule.losses.push(loss);
      rule.cumulative.push((rule.cumulative.at(-1) ?? 0) + (loss ?? 0));
    }
    this.#lookBack(walked);
    this.#steps += 1;
  }

  /** An agent without an opinion is charged what the mean of those who had one was: silence is neither praised nor blamed. */
  #lookBack(walked: WalkCase): void {
    const { opinions, outcome } = walked;
    if (outcome !== null) {
      const said = new Map(opinions.map(({ agent, probabilities }) => [agent, probabilities]));
      const mean = this.source.outcomes.map(
        (_, k) =>
          opinions.reduce((sum, { probabilities }) => sum + (probabilities[k] ?? 0), 0) / opinions.length,
      );
      const forecasts = this.agents.map((agent) => said.get(agent) ?? mean);
      for (const [index, forecast] of forecasts.entries()) {
        this.#charged[index] = (this.#charged[index] ?? 0) + (lossOf(forecast, walked) ?? 0);
      }
      this.#mixture.add(forecasts, outcome.index);
    }
    const { loss, weights } = this.#mixture.solve();
    const agentLoss = Math.min(...this.#charged);
    this.#hindsight.push({
      bestAgent: this.agents[this.#charged.indexOf(agentLoss)] ?? null,
      agentLoss,
      mixtureLoss: loss,
      mixture: weights,
    });
  }

  /** What each policy knows when it is asked the case of `step`: what was learned by that day, and nothing later. */
  taughtAt(step: number): Taught {
    const at = Math.max(0, Math.min(step, this.source.cases.length - 1));
    if (this.#lesson?.step !== at) this.#lesson = { step: at, taught: this.#learnAgainUntil(at) };
    return this.#lesson.taught;
  }

  #learnAgainUntil(at: number): Taught {
    const kept = Math.floor(at / stepsBetweenStates);
    const front = new LearningFront(policyNames, this.source.outcomes.length, this.#states[kept] ?? null);
    for (let index = kept * stepsBetweenStates; index < at; index += 1) {
      const walked = this.source.cases[index];
      if (walked === undefined) break;
      front.learnUntil(walked.on);
      front.forecast(walked);
    }
    const asked = this.source.cases[at];
    if (asked !== undefined) front.learnUntil(asked.on);
    return front.taught();
  }
}

const policyNames = policies.map(({ name }) => name);

function lossOf(forecast: readonly number[], { outcome }: WalkCase): number | null {
  if (outcome === null) return null;
  return rankedProbabilityScore(forecast, certainOutcome(outcome.index, forecast.length));
}

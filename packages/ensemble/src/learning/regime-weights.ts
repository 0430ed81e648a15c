/**
 * Weights learned for each context (a market regime), shrunk towards those learned over all: one online rule for all rounds
 * and one for each context, all the same rule. It hides how a round is split, and how many rules are saved as one.
 */
import { inside, placeOf, readNumber, rejection } from "../json-reader.ts";
import { ensembleLimits } from "../limits.ts";
import type { LearnedWeights, Round, ScoredCase } from "./learned-weights.ts";
import type { Loss } from "./loss.ts";
import type { OnlineRule, RuleState, StartRule } from "./online-rule.ts";

/** How far a context's own weights count. */
export interface ContextShare {
  readonly rounds: number;
  /** 0 to 1. */
  readonly share: number;
}

interface Learned {
  readonly rule: OnlineRule;
  rounds: number;
}

/** A context's name is never empty, so that this one is free for the rule of all rounds. */
const overall = "";
/** Between a context's name and that of a column; columns' names do not contain it. */
const separator = "/";
const roundsOf = "#rounds";
const countRange = { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true } as const;

/**
 * In a context with n rounds the weights are `s w_context + (1 - s) w_all` with `s = n / (n + halfway)`. So a new context
 * weighs as all together do, and one with much experience of its own by that: the posterior mean of a normal model whose
 * prior is worth `halfway` rounds. Each rule learns the linearized losses, whatever the learner is set to, as regrets against
 * its own mixture: with the gradient g at the pool that was forecast, agent k's is `g (w x - x_k)` for the rule's own
 * weights w, so that the rule's bound holds for the linearized losses of the rounds that it sees.
 * A limit: contexts beyond the 20th that is learned from are weighed as cases without one.
 * Source of the shrinkage: Efron and Morris 1975, "Data analysis using Stein's estimator and its generalizations", JASA 70.
 */
export class RegimeWeights implements LearnedWeights {
  readonly #start: StartRule;
  readonly #halfway: number;
  readonly #all: Learned;
  readonly #contexts = new Map<string, Learned>();

  constructor(start: StartRule, halfway: number, size: number, saved?: RuleState) {
    this.#start = start;
    this.#halfway = halfway;
    const states = saved === undefined ? new Map<string, RuleState>() : split(saved);
    // What has been saved without the rule of all rounds is refused by the rule, as it lacks its columns.
    const nothing = saved === undefined ? undefined : { size, columns: {}, scalars: {} };
    this.#all = this.#resume(states.get(overall) ?? nothing, size);
    for (const [name, state] of states) {
      if (name !== overall) this.#contexts.set(name, this.#resume(state, size));
    }
  }

  #resume(state: RuleState | undefined, size: number): Learned {
    const place = inside(placeOf("rule"), "scalars");
    const rounds =
      state === undefined ? 0 : readNumber(state.scalars[roundsOf], inside(place, roundsOf), countRange);
    return { rule: this.#start(size, state), rounds };
  }

  get size(): number {
    return this.#all.rule.size;
  }

  grow(size: number): void {
    this.#all.rule.grow(size);
    for (const { rule } of this.#contexts.values()) rule.grow(size);
  }

  shareOf(context: string): ContextShare {
    const rounds = this.#contexts.get(context)?.rounds ?? 0;
    return { rounds, share: rounds / (rounds + this.#halfway) };
  }

  weigh(into: Float64Array, awake?: Uint8Array, context: string | null = null): void {
    this.#all.rule.weigh(into, awake);
    const own = context === null ? undefined : this.#contexts.get(context);
    if (own === undefined || context === null) return;
    const { share } = this.shareOf(context);
    const weights = new Float64Array(into.length);
    own.rule.weigh(weights, awake);
    for (let k = 0; k < into.length; k += 1) {
      into[k] = (1 - share) * (into[k] ?? 0) + share * (weights[k] ?? 0);
    }
  }

  learn({ cases, loss }: Round): void {
    learnFrom(this.#all, cases, loss);
    const byContext = Map.groupBy(cases, ({ context }) => context);
    for (const [context, own] of byContext) {
      const learned = context === null ? undefined : this.#contextToLearn(context);
      if (learned !== undefined) learnFrom(learned, own, loss);
    }
  }

  #contextToLearn(context: string): Learned | undefined {
    const known = this.#contexts.get(context);
    if (known !== undefined || this.#contexts.size >= ensembleLimits.learnedContexts) return known;
    const learned = { rule: this.#start(this.size), rounds: 0 };
    this.#contexts.set(context, learned);
    return learned;
  }

  save(): RuleState {
    const columns: [string, readonly number[]][] = [];
    const scalars: [string, number][] = [];
    for (const [name, { rule, rounds }] of [[overall, this.#all] as const, ...this.#contexts]) {
      const own = rule.save();
      for (const [key, value] of Object.entries(own.columns)) columns.push([name + separator + key, value]);
      for (const [key, value] of Object.entries(own.scalars)) scalars.push([name + separator + key, value]);
      scalars.push([name + separator + roundsOf, rounds]);
    }
    return { size: this.size, columns: Object.fromEntries(columns), scalars: Object.fromEntries(scalars) };
  }
}

function learnFrom(learned: Learned, cases: readonly ScoredCase[], loss: Loss): void {
  const { rule } = learned;
  const weights = new Float64Array(rule.size);
  rule.weigh(weights);
  const regrets = new Float64Array(rule.size);
  const awake = new Uint8Array(rule.size);
  for (const one of cases) addRegrets(one, loss, weights, { regrets, awake, share: 1 / cases.length });
  rule.learn(regrets, awake);
  learned.rounds += 1;
}

/** Of those who judged the case, against the mixture of them by `weights`. */
function addRegrets(
  { agents, forecasts, pooled, observed }: ScoredCase,
  loss: Loss,
  weights: Float64Array,
  into: { readonly regrets: Float64Array; readonly awake: Uint8Array; readonly share: number },
): void {
  const slope = new Float64Array(pooled.length);
  loss.gradient(pooled, observed, slope);
  const gains = forecasts.map((forecast) => {
    let gain = 0;
    for (let j = 0; j < slope.length; j += 1) {
      gain += (slope[j] ?? 0) * ((pooled[j] ?? 0) - (forecast[j] ?? 0));
    }
    return gain;
  });
  let sum = 0;
  let mixture = 0;
  let plain = 0;
  agents.forEach((agent, index) => {
    const weight = weights[agent] ?? 0;
    sum += weight;
    mixture += weight * (gains[index] ?? 0);
    plain += (gains[index] ?? 0) / agents.length;
  });
  // Where the rule gives none of them any weight, they share equally, as `scaleToOne` has it.
  const mean = sum > 0 ? mixture / sum : plain;
  agents.forEach((agent, index) => {
    into.regrets[agent] = (into.regrets[agent] ?? 0) + into.share * ((gains[index] ?? 0) - mean);
    into.awake[agent] = 1;
  });
}

/** The saved rules by context, that of all rounds under the empty name. */
function split(saved: RuleState): Map<string, RuleState> {
  const columns = Map.groupBy(Object.entries(saved.columns), ([key]) => contextOf(key));
  const scalars = Map.groupBy(Object.entries(saved.scalars), ([key]) => contextOf(key));
  const limit = ensembleLimits.learnedContexts;
  if (scalars.size > limit + 1) {
    throw rejection("LIMIT_EXCEEDED", placeOf("rule"), `${scalars.size - 1} contexts`, `of at most ${limit}`);
  }
  return new Map(
    Array.from(scalars, ([context, own]) => {
      const state = {
        size: saved.size,
        columns: withoutContext(columns.get(context) ?? []),
        scalars: withoutContext(own),
      };
      return [context, state] as const;
    }),
  );
}

function contextOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf(separator)));
}

function withoutContext<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries(
    entries.map(([key, value]) => [key.slice(key.lastIndexOf(separator) + 1), value]),
  );
}

/**
 * Walks a policy forward through named agents that come, sleep and abstain, and through outcomes that come late, in
 * batches, out of order or never. What a forecast rests on is what had been learned before it (P5); what waits for an
 * outcome is limited (P8).
 */
import { MycroftError } from "@mycroft/errors";
import { normalizedWeights } from "../distribution.ts";
import {
  inside,
  placeOf,
  readDate,
  readList,
  readName,
  readStrictObject,
  rejection,
} from "../json-reader.ts";
import { ensembleLimits } from "../limits.ts";
import { compareText } from "../panel.ts";
import type { ConfiguredPolicy, Policy } from "../policy.ts";
import { findPolicy } from "../policy-catalog.ts";
import { AgentBook } from "./agent-book.ts";
import {
  type CheckedCase,
  type CheckedOutcome,
  type ForecastCase,
  type KnownOutcome,
  kindOf,
  type PooledCase,
  readCases,
  readOutcomes,
} from "./forecast-case.ts";
import type { LearnedWeights, ScoredCase } from "./learned-weights.ts";
import {
  checkLearnedBy,
  type LearnedAgent,
  type LearnerCounts,
  type LearnerState,
  readLearnerState,
  readPendingLimit,
} from "./learner-state.ts";
import { findLoss, type Loss, type LossName, readLoss } from "./loss.ts";
import { type Pooled, poolByPolicy, poolByWeights } from "./pool-case.ts";
import { recall, weighLearned } from "./weigh-learned.ts";

export interface LearnerSettings {
  /** What forecasts cost: `rps` for distributions and `square` for points unless stated. */
  readonly loss?: LossName | undefined;
  /** The quantile of the pinball loss, 0.001 to 0.999; 0.5 unless stated. */
  readonly level?: number | undefined;
  /** Learn from the gradient of the loss at the pool (true unless stated), or from the losses as they are. */
  readonly gradient?: boolean | undefined;
  /** How many cases may wait for their outcomes; the oldest is dropped for one more. 20,000 unless stated, at most 1e6. */
  readonly pendingCases?: number | undefined;
  /** The policy's own settings. */
  readonly policy?: unknown;
}

const settingNames = ["loss", "level", "gradient", "pendingCases", "policy"] as const;
const defaultPendingCases = 20_000;

/**
 * Starts to walk a policy forward, one that learns or not.
 * @param policy its name, or a policy of one's own.
 * @throws {MycroftError} POLICY_UNKNOWN, POLICY_INVALID or INPUT_INVALID, naming the field, the value and the limit.
 */
export function startLearner(policy: string | Policy, settings: LearnerSettings = {}): Learner {
  const place = placeOf("settings");
  const given = readStrictObject(settings, place, settingNames);
  const level = given.level ?? undefined;
  if (given.loss === undefined && level !== undefined) {
    throw rejection("INPUT_INVALID", inside(place, "level"), level, "left out unless the loss is pinball");
  }
  const loss = given.loss === undefined ? null : readLoss(given.loss, level, inside(place, "loss"));
  const gradient = given.gradient ?? true;
  if (typeof gradient !== "boolean") {
    throw rejection("INPUT_INVALID", inside(place, "gradient"), gradient, "true or false");
  }
  const found = typeof policy === "object" && policy !== null ? policy : findPolicy(policy);
  if (typeof found.configure !== "function") {
    throw rejection("POLICY_INVALID", placeOf("policy.configure"), found.configure, "a function");
  }
  const configured = found.configure(given.policy ?? undefined);
  return new Learner(found, configured, {
    format: 1,
    policy: { name: found.name, version: found.version, settings: configured.settings },
    loss: loss && { name: loss.name, level: loss.level },
    gradient,
    pendingCases: readPendingLimit(given.pendingCases ?? defaultPendingCases, inside(place, "pendingCases")),
    learnedOn: null,
    forecastOn: null,
    counts: { rounds: 0, forecast: 0, learned: 0, dropped: 0, unmatched: 0 },
    agents: [],
    rule: null,
    pending: [],
  });
}

/**
 * Goes on from what a learner has saved, byte for byte as that learner would have.
 * @param state as it comes: it is checked whole. `policy` is needed for a policy of one's own.
 * @throws {MycroftError} POLICY_UNKNOWN; POLICY_INVALID when the policy is of another version; INPUT_INVALID or
 *   LIMIT_EXCEEDED, naming the field, the value and the limit.
 */
export function resumeLearner(state: unknown, policy?: Policy): Learner {
  const checked = readLearnerState(state, placeOf("state"));
  const found = policy ?? findPolicy(checked.policy.name);
  checkLearnedBy(found, checked);
  return new Learner(found, found.configure(checked.policy.settings), checked);
}

/** Made by `startLearner` and `resumeLearner`. */
export class Learner {
  readonly #policy: Policy;
  readonly #configured: ConfiguredPolicy;
  readonly #gradient: boolean;
  readonly #pendingLimit: number;
  readonly #pending = new Map<string, WaitingCase>();
  readonly #book: AgentBook;
  /** Null for policies that keep nothing of their own between rounds. */
  readonly #learned: LearnedWeights | null;
  #loss: Loss | null;
  #counts: LearnerCounts;
  #learnedOn: string | null;
  #forecastOn: string | null;

  constructor(policy: Policy, configured: ConfiguredPolicy, state: LearnerState) {
    this.#policy = policy;
    this.#configured = configured;
    this.#gradient = state.gradient;
    this.#pendingLimit = state.pendingCases;
    this.#book = new AgentBook(state.agents);
    const { startLearning } = configured;
    this.#learned = startLearning === undefined ? null : recall(startLearning, state);
    this.#loss = state.loss && findLoss(state.loss.name, state.loss.level ?? undefined);
    this.#counts = state.counts;
    this.#learnedOn = state.learnedOn;
    this.#forecastOn = state.forecastOn;
    for (const { id, on, agents, forecasts, pooled, context = null } of state.pending) {
      const rows = forecasts.map((row) => Float64Array.from(row));
      this.#pending.set(id, { id, on, agents, forecasts: rows, pooled: Float64Array.from(pooled), context });
    }
  }

  /** What has been counted so far; `pending` cases wait for their outcomes. */
  get counts(): LearnerCounts & { readonly pending: number } {
    return { ...this.#counts, pending: this.#pending.size };
  }

  /** What is known of each agent, in the order in which they were first met. */
  get agents(): readonly LearnedAgent[] {
    return this.#book.entries();
  }

  /**
   * Pools the cases of one day by what has been learned so far, and remembers each until its outcome comes.
   * @param on `YYYY-MM-DD`, not before the day of any outcome that was learned.
   * @throws {MycroftError} INPUT_INVALID, OPINION_INVALID, OPINION_DIMENSION, LIMIT_EXCEEDED, ENSEMBLE_EMPTY or
   *   LOOK_AHEAD, naming the agent, the field, the value and the limit; POLICY_INVALID when the policy cannot pool
   *   forecasts of this kind, or learn from them. Then nothing has changed.
   */
  forecast(cases: readonly ForecastCase[], on: string): readonly PooledCase[] {
    const day = readDate(on, placeOf("on"));
    if (this.#learnedOn !== null && day < this.#learnedOn) {
      throw rejection(
        "LOOK_AHEAD",
        placeOf("on"),
        day,
        `at or after the day of the last outcomes, ${this.#learnedOn}`,
      );
    }
    const loss = this.#loss ?? usualLoss(kindOf(cases));
    const checked = readCases(cases, loss?.forecasts ?? "distributions", (id) => this.#pending.has(id));
    const strangers = this.#book.checkRoomFor(checked);
    if (loss === null || checked.length === 0) return [];
    this.#checkKind(loss);
    // What may be refused comes first: making room, and the pools of policies that may be anybody's own.
    this.#learned?.grow(this.#book.size + strangers);
    const pools = this.#poolsOf(checked, loss.forecasts === "points");
    this.#loss = loss;
    this.#forecastOn = day;
    return pools.map(([one, poolOf]) => this.#forecastOne(one, day, poolOf));
  }

  /** Each case with its pool, as far as that can be told before its agents have their places. */
  #poolsOf(
    cases: readonly CheckedCase[],
    arePoints: boolean,
  ): readonly (readonly [CheckedCase, (agents: readonly number[]) => Pooled])[] {
    const learned = this.#learned;
    if (learned !== null) {
      return cases.map((one) => [
        one,
        (agents) => poolByWeights(learned, agents, one.forecasts, one.context),
      ]);
    }
    const records = this.#book.records();
    return cases.map((one) => {
      const pool = poolByPolicy(this.#configured, one, records, arePoints);
      return [one, () => pool];
    });
  }

  #forecastOne(given: CheckedCase, on: string, poolOf: (agents: readonly number[]) => Pooled): PooledCase {
    const agents = given.agents.map((agent) => this.#book.placeOf(agent));
    const { weights, pooled } = poolOf(agents);
    const { id, forecasts, context } = given;
    this.#remember({ id, on, agents, forecasts, pooled, context });
    return {
      id: given.id,
      weights: new Map(given.agents.map((agent, index) => [agent, weights[index] ?? 0])),
      pooled: this.#isOfPoints() ? (pooled[0] ?? 0) : Array.from(pooled),
    };
  }

  #isOfPoints(): boolean {
    return this.#loss?.forecasts === "points";
  }

  #checkKind(loss: Loss): void {
    const { name } = this.#policy;
    if (loss.forecasts === "distributions") return;
    if (this.#configured.combinePoints !== undefined) return;
    throw new MycroftError(
      "POLICY_INVALID",
      `The policy ${name} pools distributions, not points; choose another for the ${loss.name} loss.`,
      { details: { policy: name, loss: loss.name } },
    );
  }

  #remember(waiting: WaitingCase): void {
    this.#pending.set(waiting.id, waiting);
    let dropped = 0;
    for (const id of this.#pending.keys()) {
      if (this.#pending.size <= this.#pendingLimit) break;
      this.#pending.delete(id);
      dropped += 1;
    }
    const { counts } = this;
    this.#counts = { ...this.#counts, forecast: counts.forecast + 1, dropped: counts.dropped + dropped };
  }

  /**
   * Learns from the outcomes that became known on one day, in any order: together they are one round, with losses
   * averaged over the cases, against the pools as they were when they were forecast. Outcomes of cases that are not
   * pending are counted and change nothing; a day without any other is not a round.
   * @param on `YYYY-MM-DD`, at or after the days of these forecasts and of all outcomes learned before.
   * @throws {MycroftError} INPUT_INVALID, OPINION_INVALID, OPINION_DIMENSION, LIMIT_EXCEEDED or LOOK_AHEAD, naming the
   *   field, the value and the limit; then nothing has changed.
   */
  learn(outcomes: readonly KnownOutcome[], on: string): void {
    const day = readDate(on, placeOf("on"));
    if (this.#learnedOn !== null && day < this.#learnedOn) {
      throw rejection(
        "LOOK_AHEAD",
        placeOf("on"),
        day,
        `at or after the day of the last outcomes, ${this.#learnedOn}`,
      );
    }
    const kind = this.#loss?.forecasts ?? null;
    const known = readOutcomes(outcomes, kind, (id) => this.#pending.get(id)?.pooled.length);
    const scored = this.#takeScored(known, day);
    const unmatched = this.#counts.unmatched + outcomes.length - known.length;
    this.#counts = { ...this.#counts, unmatched };
    if (this.#loss === null || scored.length === 0) return;
    const round = this.#book.score(scored, this.#loss, this.#gradient, day);
    this.#learned?.learn({ ...round, overlap: this.#daysWaitingAfter(scored) });
    this.#learnedOn = day;
    const learned = this.#counts.learned + scored.length;
    this.#counts = { ...this.#counts, rounds: this.#counts.rounds + 1, learned };
  }

  /** In the order of their forecasts, so that the order of outcomes within a day changes nothing (E1). */
  #takeScored(known: readonly CheckedOutcome[], day: string): readonly (ScoredCase & WaitingCase)[] {
    const observed = new Map(known.map((outcome) => [outcome.id, outcome.observed]));
    const found: (ScoredCase & WaitingCase)[] = [];
    for (const waiting of this.#waitingFor(known)) {
      if (waiting.on > day) {
        throw rejection(
          "LOOK_AHEAD",
          placeOf("on"),
          day,
          `at or after the forecast of ${waiting.id}, ${waiting.on}`,
        );
      }
      found.push({ ...waiting, observed: observed.get(waiting.id) ?? new Float64Array(0) });
    }
    for (const { id } of found) this.#pending.delete(id);
    return found;
  }

  #daysWaitingAfter(scored: readonly WaitingCase[]): number {
    const newest = scored.at(-1)?.on ?? "";
    const later = new Set<string>();
    for (const { on } of this.#pending.values()) if (on > newest) later.add(on);
    return later.size;
  }

  #waitingFor(known: readonly CheckedOutcome[]): readonly WaitingCase[] {
    const waiting = known.flatMap(({ id }) => this.#pending.get(id) ?? []);
    return waiting.toSorted((a, b) => compareText(a.on, b.on) || compareText(a.id, b.id));
  }

  /**
   * The weights that these agents would have now, if they alone were awake; a policy whose weights depend on the
   * forecasts is asked for those of equal forecasts. An agent that was never met weighs as a newcomer.
   * @param context as in a case: for policies that weigh by it.
   * @throws {MycroftError} ENSEMBLE_EMPTY without agents; INPUT_INVALID or LIMIT_EXCEEDED for names that cannot be.
   */
  weightsOf(agents: readonly string[], context: string | null = null): ReadonlyMap<string, number> {
    const names = readNames(agents).toSorted(compareText);
    const weights = normalizedWeights(this.#weigh(names, context));
    return new Map(names.map((agent, index) => [agent, weights[index] ?? 0]));
  }

  #weigh(names: readonly string[], context: string | null): readonly number[] {
    const { startLearning } = this.#configured;
    if (this.#learned !== null && startLearning !== undefined) {
      const state = { agents: this.#book.entries(), rule: this.#learned.save() };
      return weighLearned(startLearning, state, names, context);
    }
    const equal = names.map(() => new Float64Array(this.#isOfPoints() ? [0] : [0.5, 0.5]));
    const given = { agents: names, forecasts: equal };
    return poolByPolicy(this.#configured, given, this.#book.records(), this.#isOfPoints()).weights;
  }

  /** All that is remembered, as JSON. */
  save(): LearnerState {
    return {
      format: 1,
      policy: {
        name: this.#policy.name,
        version: this.#policy.version,
        settings: this.#configured.settings,
      },
      loss: this.#loss && { name: this.#loss.name, level: this.#loss.level },
      gradient: this.#gradient,
      pendingCases: this.#pendingLimit,
      learnedOn: this.#learnedOn,
      forecastOn: this.#forecastOn,
      counts: this.#counts,
      agents: this.#book.entries(),
      rule: this.#learned?.save() ?? null,
      pending: Array.from(this.#pending.values(), ({ id, on, agents, forecasts, pooled, context }) => ({
        id,
        on,
        agents,
        forecasts: forecasts.map((row) => Array.from(row)),
        pooled: Array.from(pooled),
        ...(context !== null && { context }),
      })),
    };
  }
}

interface WaitingCase {
  readonly id: string;
  readonly on: string;
  readonly agents: readonly number[];
  readonly forecasts: readonly Float64Array[];
  readonly pooled: Float64Array;
  readonly context: string | null;
}

function usualLoss(kind: "distributions" | "points" | null): Loss | null {
  if (kind === null) return null;
  return findLoss(kind === "points" ? "square" : "rps");
}

function readNames(agents: readonly string[]): readonly string[] {
  const place = placeOf("agents");
  const names = readList(agents, place, ensembleLimits.learnerAgents).map((agent, index) =>
    readName(agent, inside(place, index)),
  );
  if (names.length > 0) return [...new Set(names)];
  throw new MycroftError("ENSEMBLE_EMPTY", "There are no agents to weigh.", { details: { field: "agents" } });
}

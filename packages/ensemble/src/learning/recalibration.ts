/**
 * What the recalibrated pool keeps between rounds: how boldly each agent, and the pool of all, should have spoken. It
 * hides the sums that are kept and the arithmetic of pooling by them; its cost is linear in agents, cases and outcomes.
 */
import { normalizedWeights, sumInOrder } from "../distribution.ts";
import { ensembleLimits } from "../limits.ts";
import {
  addDeparture,
  blankDeparture,
  departureOf,
  type Gains,
  uniformCentre,
  unitGains,
} from "./departure.ts";
import { type GainEvidence, GainRound, gainFrom } from "./gain.ts";
import type { Contribution, LearnedWeights, Round } from "./learned-weights.ts";
import type { RuleState } from "./online-rule.ts";
import { equalMean } from "./relative-records.ts";
import { neverNegative, RuleMemory } from "./rule-memory.ts";

/** One agent's gain is expected between 0.5 and 1.5. */
const agentDeviation = 0.25;

/** The pool's gain is expected between 0 and 2: that a pool of calibrated forecasts is too timid is a theorem. */
const poolDeviation = 0.5;

/** However far the pool is stretched, an outcome keeps at least this share of its mean probability. */
const keptShare = 0.1;

/** The uniform distribution counts for so many rounds in the centre. */
const uniformRounds = 1;

const shape = {
  columns: {
    dispersionRounds: 0,
    dispersionPower: 0,
    dispersionExcess: 0,
    dispersionNoise: 0,
    dispersionSerial: 0,
    dispersionTrail: 0,
    directionRounds: 0,
    directionPower: 0,
    directionExcess: 0,
    directionNoise: 0,
    directionSerial: 0,
    directionTrail: 0,
  },
  // The plain pools' mean of each round, added up; over as many outcomes as the first case had.
  scalars: { centreOutcomes: 0 },
  lists: {
    centre: ensembleLimits.outcomes,
    poolRounds: 1,
    poolPower: 1,
    poolExcess: 1,
    poolNoise: 1,
    poolSerial: 1,
    poolTrail: 1,
  },
} as const;

const ranges = {
  centre: neverNegative,
  centreOutcomes: { min: 0, max: ensembleLimits.outcomes, integer: true },
  dispersionRounds: neverNegative,
  dispersionPower: neverNegative,
  dispersionNoise: neverNegative,
  directionRounds: neverNegative,
  directionPower: neverNegative,
  directionNoise: neverNegative,
  poolRounds: neverNegative,
  poolPower: neverNegative,
  poolNoise: neverNegative,
};

export class Recalibration implements LearnedWeights {
  readonly #memory: RuleMemory<
    keyof typeof shape.columns,
    keyof typeof shape.scalars,
    keyof typeof shape.lists
  >;

  #gains: (Gains | undefined)[] = [];

  constructor(size: number, saved?: RuleState) {
    this.#memory = new RuleMemory(size, shape.columns, shape.scalars, saved, shape.lists, ranges);
  }

  get size(): number {
    return this.#memory.size;
  }

  grow(size: number): void {
    this.#memory.grow(size);
  }

  save(): RuleState {
    return this.#memory.save();
  }

  /**
   * What the dispersion and the direction of each of some agents are stretched by when they are pooled. Directions are
   * stretched relative to each other, by 1 on average: how boldly the pool speaks of directions is left as it is.
   */
  gainsOf(agents: readonly number[]): readonly Gains[] {
    const gains = agents.map((agent) => this.#ownGains(agent));
    const sum = sumInOrder(gains.map(({ direction }) => direction));
    const scale = sum > 0 ? gains.length / sum : 0;
    return gains.map(({ dispersion, direction }) => ({
      dispersion,
      direction: sum > 0 ? direction * scale : 1,
    }));
  }

  /** How boldly one agent should have spoken: below 1 it has been too bold, above 1 too timid. */
  #ownGains(agent: number): Gains {
    // Many cases are pooled between two rounds, and gains change in rounds only.
    const known = this.#gains[agent];
    if (known !== undefined) return known;
    const gains = {
      dispersion: gainFrom(this.#evidenceOf("dispersion"), agent, agentDeviation),
      direction: gainFrom(this.#evidenceOf("direction"), agent, agentDeviation),
    };
    this.#gains[agent] = gains;
    return gains;
  }

  /** What the pool's dispersion is stretched by, on top of the agents' gains. Its direction is left as it is. */
  get poolGain(): number {
    return gainFrom(this.#poolEvidence(), 0, poolDeviation);
  }

  /**
   * What departures are from: the mean of the plain pools so far. A gain about anything else would also stretch what all
   * agree on and are right about: how likely each outcome is in general.
   */
  centreOf(outcomes: number): Float64Array {
    const centre = uniformCentre(outcomes);
    if (this.#memory.scalars.centreOutcomes !== outcomes) return centre;
    const sums = this.#memory.list("centre");
    const centreRounds = sumInOrder(Array.from(sums.subarray(0, outcomes)));
    return centre.map(
      (share, k) => ((sums[k] ?? 0) + uniformRounds * share) / (centreRounds + uniformRounds),
    );
  }

  #moveCentre(cases: Round["cases"]): void {
    const { scalars } = this.#memory;
    if (scalars.centreOutcomes === 0) scalars.centreOutcomes = cases[0]?.observed.length ?? 0;
    const outcomes = scalars.centreOutcomes;
    const alike = cases.filter(({ observed }) => observed.length === outcomes);
    if (alike.length === 0) return;
    const sums = this.#memory.list("centre");
    for (const { forecasts } of alike) {
      const pool = equalMean(forecasts, outcomes);
      for (let k = 0; k < outcomes; k += 1) sums[k] = (sums[k] ?? 0) + (pool[k] ?? 0) / alike.length;
    }
  }

  weigh(into: Float64Array, awake?: Uint8Array): void {
    const agents = Array.from(into.keys()).filter((agent) => awake === undefined || awake[agent] !== 0);
    const weights = weightsFor(this.gainsOf(agents));
    into.fill(0);
    agents.forEach((agent, index) => {
      into[agent] = weights[index] ?? 0;
    });
  }

  /**
   * What each agent adds to the pool: an equal share of its own opinion, recalibrated. Where stretching would leave an
   * outcome less than a tenth of its mean probability, all parts move back towards the plain opinions together, as far
   * as it takes. Points are pooled as they are.
   */
  contribute(agents: readonly number[], forecasts: readonly Float64Array[]): readonly Contribution[] {
    const gains = this.gainsOf(agents);
    const weights = weightsFor(gains);
    const plain = forecasts.map((forecast) => Array.from(forecast, (value) => value / forecasts.length));
    const outcomes = forecasts[0]?.length ?? 0;
    const rows = outcomes < 2 ? plain : retreated(plain, this.#stretched(gains, forecasts));
    return rows.map((amounts, index) => ({ weight: weights[index] ?? 0, amounts }));
  }

  #stretched(gains: readonly Gains[], forecasts: readonly Float64Array[]): readonly (readonly number[])[] {
    const { poolGain } = this;
    const share = 1 / forecasts.length;
    const centre = this.centreOf(forecasts[0]?.length ?? 0);
    return forecasts.map((forecast, index) => {
      const { dispersion, direction } = gains[index] ?? unitGains;
      const own = blankDeparture(forecast.length);
      addDeparture(own, forecast, { dispersion: poolGain * dispersion, direction }, share, centre);
      return Array.from(forecast, (_, outcome) => {
        return (
          share * (centre[outcome] ?? 0) + (own.dispersion[outcome] ?? 0) + (own.direction[outcome] ?? 0)
        );
      });
    });
  }

  /**
   * One round; an agent's part in it is the mean over the cases that it judged. The pool is judged by the mean of the
   * opinions as recalibrated by what was known before this round. Rounds of points teach nothing.
   */
  learn({ cases, loss, overlap }: Round): void {
    if (loss.forecasts === "points") return;
    const gains = Array.from({ length: this.size }, (_, agent) => this.#ownGains(agent));
    const dispersion = new GainRound(this.size);
    const direction = new GainRound(this.size);
    const pool = new GainRound(1);
    for (const { agents, forecasts, observed } of cases) {
      const outcome = blankDeparture(observed.length);
      const centre = this.centreOf(observed.length);
      departureOf(outcome, observed, centre);
      const own = blankDeparture(observed.length);
      const mean = blankDeparture(observed.length);
      forecasts.forEach((forecast, index) => {
        const agent = agents[index] ?? 0;
        departureOf(own, forecast, centre);
        dispersion.add(agent, own.dispersion, outcome.dispersion);
        direction.add(agent, own.direction, outcome.direction);
        addDeparture(mean, forecast, gains[agent] ?? unitGains, 1 / forecasts.length, centre);
      });
      pool.add(0, mean.dispersion, outcome.dispersion);
    }
    dispersion.closeInto(this.#evidenceOf("dispersion"), overlap);
    direction.closeInto(this.#evidenceOf("direction"), overlap);
    pool.closeInto(this.#poolEvidence(), overlap);
    this.#moveCentre(cases);
    this.#gains = [];
  }

  #evidenceOf(part: keyof Gains): GainEvidence {
    return {
      rounds: this.#memory.column(`${part}Rounds`),
      power: this.#memory.column(`${part}Power`),
      excess: this.#memory.column(`${part}Excess`),
      noise: this.#memory.column(`${part}Noise`),
      serial: this.#memory.column(`${part}Serial`),
      trail: this.#memory.column(`${part}Trail`),
    };
  }

  #poolEvidence(): GainEvidence {
    return {
      rounds: this.#memory.list("poolRounds"),
      power: this.#memory.list("poolPower"),
      excess: this.#memory.list("poolExcess"),
      noise: this.#memory.list("poolNoise"),
      serial: this.#memory.list("poolSerial"),
      trail: this.#memory.list("poolTrail"),
    };
  }
}

/** An agent's weight is its share of what the pool would depart by, if all said the same; equal when nobody counts. */
function weightsFor(gains: readonly Gains[]): readonly number[] {
  const raw = gains.map(({ dispersion, direction }) => dispersion + direction);
  return raw.length === 0 ? [] : normalizedWeights(sumInOrder(raw) > 0 ? raw : raw.map(() => 1));
}

/** `stretched`, or as much of the way to it from `plain` as leaves every outcome its share. Both hold a row per agent. */
function retreated(
  plain: readonly (readonly number[])[],
  stretched: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  const mean = addedRows(plain);
  const goal = addedRows(stretched);
  let way = 1;
  mean.forEach((probability, outcome) => {
    const least = keptShare * probability;
    const aim = goal[outcome] ?? 0;
    if (aim < least) way = Math.min(way, (probability - least) / (probability - aim));
  });
  const rows = plain.map((row, agent) =>
    row.map((amount, outcome) => amount + way * ((stretched[agent]?.[outcome] ?? 0) - amount)),
  );
  // The last agent takes the rounding, so that no sum of the parts falls below 0 or rises above 1.
  const before = rows.slice(0, -1);
  const others = addedRows(before, mean.length);
  const last = mean.map((probability, outcome) => {
    const pooled = probability + way * ((goal[outcome] ?? 0) - probability);
    return Math.min(1, Math.max(0, pooled)) - (others[outcome] ?? 0);
  });
  return [...before, last];
}

function addedRows(rows: readonly (readonly number[])[], width = rows[0]?.length ?? 0): number[] {
  const sums = Array.from({ length: width }, () => 0);
  for (const row of rows) {
    for (let k = 0; k < width; k += 1) sums[k] = (sums[k] ?? 0) + (row[k] ?? 0);
  }
  return sums;
}

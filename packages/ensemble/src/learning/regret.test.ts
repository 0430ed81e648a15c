/**
 * Every rule stays under its published bound on the regret, on random and adversarial sequences, with all experts awake
 * and with some asleep. Losses are linear and lie in [0, 1]; each bound is computed from its theorem.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { exponentialWeights } from "./exponential-weights.ts";
import { fixedShare } from "./fixed-share.ts";
import type { StartRule } from "./online-rule.ts";
import { onlineRules } from "./online-rules.ts";
import { squint, squintRates } from "./squint.ts";

interface Round {
  /** What each expert loses; or whom the adversary hurts, knowing the weights. */
  readonly losses: readonly number[] | "heaviest" | "lightest" | "leader" | "allButHeaviest";
  readonly awake: readonly boolean[];
}

interface Game {
  readonly experts: number;
  readonly rounds: readonly Round[];
}

/** Round by round, the regrets and the rule's own weights over all experts, asleep or not. */
interface Played {
  readonly experts: number;
  readonly regrets: readonly Float64Array[];
  readonly weights: readonly Float64Array[];
}

const rounds = 80;

const games: fc.Arbitrary<Game> = fc
  .record({ experts: fc.integer({ min: 1, max: 5 }), sleepy: fc.boolean(), steady: fc.boolean() })
  .chain(({ experts, sleepy, steady }) => {
    const loss = fc.oneof(
      fc.constantFrom(0, 1),
      fc.integer({ min: 0, max: 1000 }).map((parts) => parts / 1000),
    );
    const losses = fc.oneof(
      fc.array(loss, { minLength: experts, maxLength: experts }),
      fc.constantFrom("heaviest" as const, "lightest" as const, "leader" as const, "allButHeaviest" as const),
    );
    const isAwake = sleepy ? fc.boolean() : fc.constant(true);
    const round = fc.record({ losses, awake: fc.array(isAwake, { minLength: experts, maxLength: experts }) });
    // Some games are one or two rounds over and over: chasing the leader then loses every time.
    const few = fc.array(round, { minLength: 1, maxLength: 2 });
    const repeated = few.map((some) =>
      Array.from({ length: rounds }, (_, t) => some[t % some.length] ?? some[0]),
    );
    const all = steady ? repeated : fc.array(round, { minLength: rounds, maxLength: rounds });
    return all.map((list) => ({ experts, rounds: list.filter((one) => one !== undefined) }));
  });

function play(start: StartRule, { experts, rounds: list }: Game): Played {
  const rule = start(experts);
  const totals = new Float64Array(experts);
  const played: { regrets: Float64Array[]; weights: Float64Array[] } = { regrets: [], weights: [] };
  for (const { losses, awake } of list) {
    const mask = Uint8Array.from(awake, Number);
    const own = new Float64Array(experts);
    const mixture = new Float64Array(experts);
    rule.weigh(own);
    rule.weigh(mixture, mask);
    const suffered = lossesOf(losses, mixture, totals);
    const pooled = suffered.reduce((sum, loss, k) => sum + loss * (mixture[k] ?? 0), 0);
    const regrets = Float64Array.from(suffered, (loss, k) => (mask[k] === 1 ? pooled - loss : 0));
    rule.learn(regrets, mask);
    regrets.forEach((regret, k) => {
      totals[k] = (totals[k] ?? 0) + regret;
    });
    played.regrets.push(regrets);
    played.weights.push(own);
  }
  return { experts, ...played };
}

function lossesOf(losses: Round["losses"], mixture: Float64Array, totals: Float64Array): readonly number[] {
  if (typeof losses !== "string") return losses;
  const heaviest = mixture.indexOf(Math.max(...mixture));
  switch (losses) {
    case "heaviest":
      return Array.from(mixture, (_, k) => (k === heaviest ? 1 : 0));
    case "allButHeaviest":
      return Array.from(mixture, (_, k) => (k === heaviest ? 0 : 1));
    case "lightest":
      return Array.from(mixture, (_, k) => (k === mixture.indexOf(Math.min(...mixture)) ? 1 : 0));
    case "leader":
      return Array.from(mixture, (_, k) => (k === totals.indexOf(Math.max(...totals)) ? 1 : 0));
  }
}

function total(regrets: readonly Float64Array[], k: number, power: 1 | 2 = 1): number {
  return regrets.reduce((sum, row) => sum + (row[k] ?? 0) ** power, 0);
}

function range(row: Float64Array): number {
  return Math.max(...row) - Math.min(...row);
}

/** The largest sum of regrets along a sequence of experts that changes at most `switches` times. */
function trackingRegret({ regrets, experts }: Played, switches: number): number {
  let best = Array.from({ length: switches + 1 }, () => new Float64Array(experts));
  for (const row of regrets) {
    best = best.map((column, changes) =>
      Float64Array.from(column, (value, k) => {
        const moved = changes === 0 ? value : Math.max(value, ...(best[changes - 1] ?? column));
        return moved + (row[k] ?? 0);
      }),
    );
  }
  return Math.max(...(best.at(-1) ?? [0]));
}

/** Cesa-Bianchi and Lugosi 2006, Theorem 2.2, with the range of each round's losses. */
function ewaBound(rate: number, { experts, regrets }: Played): number {
  const squares = regrets.reduce((sum, row) => sum + range(row) ** 2, 0);
  return Math.log(experts) / rate + (rate * squares) / 8;
}

/** Cesa-Bianchi and Lugosi 2006, Theorem 5.2 with Corollary 5.1. */
function fixedShareBound(rate: number, share: number, switches: number, played: Played): number {
  const { experts, regrets } = played;
  const stays = regrets.length - switches - 1;
  const prior = switches * Math.log(experts) - switches * Math.log(share) - stays * Math.log1p(-share);
  return prior / rate + ewaBound(rate, played);
}

/** de Rooij et al. 2014, Theorem 6, with the largest variance that losses of that range can have. */
function hedgedBound(runs: number, { regrets }: Played): number {
  const ranges = regrets.map(range);
  const variance = ranges.reduce((sum, one) => sum + one ** 2 / 4, 0);
  return 2 * Math.sqrt(variance * Math.log(runs)) + Math.max(...ranges) * ((4 / 3) * Math.log(runs) + 2);
}

/** The mean size of the regrets in the first round that has any: the unit of the tuned rules' rates. */
function unitOf({ regrets, experts }: Played): number {
  const first = [...(regrets.find((row) => row.some((regret) => regret !== 0)) ?? [])];
  return first.reduce((sum, regret) => sum + Math.abs(regret), 0) / experts;
}

function below(value: number, bound: number, what = ""): void {
  assert.ok(value <= bound + 1e-9, `${what} ${value} is above ${bound}`);
}

/** Against each single expert. */
function holds(start: StartRule, bound: (played: Played, expert: number) => number): void {
  fc.assert(
    fc.property(games, (game) => {
      const played = play(start, game);
      for (let k = 0; k < game.experts; k += 1)
        below(total(played.regrets, k), bound(played, k), `expert ${k}:`);
    }),
    { numRuns: 150 },
  );
}

describe("the regret stays under the bound of", () => {
  for (const rate of [0.05, 0.5, 3]) {
    it(`EWA at rate ${rate}: Cesa-Bianchi and Lugosi 2006, Theorem 2.2`, () => {
      holds(exponentialWeights(rate), (played) => ewaBound(rate, played));
    });
  }

  it("fixed share, also against sequences with switches: Cesa-Bianchi and Lugosi 2006, Theorem 5.2", () => {
    fc.assert(
      fc.property(games, fc.constantFrom(0.02, 0.2), fc.constantFrom(0.1, 1), (game, share, rate) => {
        const played = play(fixedShare(rate, share), game);
        for (const switches of [0, 1, 3]) {
          below(trackingRegret(played, switches), fixedShareBound(rate, share, switches, played));
        }
      }),
    );
  });

  it("self-tuned EWA: Theorem 2.2 at the best rate of the grid, under AdaHedge's Theorem 6 over 15 runs", () => {
    holds(onlineRules["ewa-tuned"], (played) => {
      const unit = unitOf(played);
      if (unit === 0) return 0;
      const rates = Array.from({ length: 15 }, (_, j) => 2 ** (j - 12) / unit);
      return Math.min(...rates.map((rate) => ewaBound(rate, played))) + hedgedBound(15, played);
    });
  });

  it("self-tuned fixed share: Theorem 5.2 at the best of the grid, under AdaHedge's Theorem 6 over 24 runs", () => {
    fc.assert(
      fc.property(games, (game) => {
        const played = play(onlineRules["fixed-share-tuned"], game);
        const unit = unitOf(played);
        const rates = Array.from({ length: 8 }, (_, j) => 4 ** (j - 6) / unit);
        const settings = rates.flatMap((rate) => [0.001, 0.01, 0.1].map((share) => ({ rate, share })));
        for (const switches of unit === 0 ? [] : [0, 2]) {
          const bounds = settings.map(({ rate, share }) => fixedShareBound(rate, share, switches, played));
          below(trackingRegret(played, switches), Math.min(...bounds) + hedgedBound(24, played));
        }
      }),
    );
  });

  it("BOA: the potential of Wintenberger 2017, with opera's rates", () => {
    holds(onlineRules.boa, (played, k) => {
      const root = Math.sqrt(2.2 * total(played.regrets, k, 2));
      return root * (Math.log(played.experts) + Math.log(boaPotential(played))) + (2 / 2.2) * root;
    });
  });

  it("ML-Poly: Gaillard, Stoltz and van Erven 2014, Theorem 5, with the running B", () => {
    holds(onlineRules["ml-pol"], ({ regrets, experts }, k) => {
      let largest = 0;
      let potential = 0;
      const squares = new Float64Array(experts);
      for (const row of regrets) {
        const before = largest;
        largest = Math.max(largest, ...row.map((regret) => regret ** 2));
        row.forEach((regret, j) => {
          const known = (squares[j] ?? 0) + (before === 0 ? largest : before);
          if (known > 0) potential += regret ** 2 / known;
          squares[j] = (squares[j] ?? 0) + regret ** 2;
        });
      }
      return Math.sqrt((largest + (squares[k] ?? 0)) * potential);
    });
  });

  it("ML-Prod: Gaillard, Stoltz and van Erven 2014, Corollary 4", () => {
    holds(onlineRules["ml-prod"], (played, k) => prodBound(played, k));
  });

  it("ML-EWA, for which none is published: that of ML-Prod", () => {
    holds(onlineRules["ml-ewa"], (played, k) => prodBound(played, k));
  });

  it("gradient descent: Zinkevich 2003, Theorem 1: (D^2 / 2 + 1) G sqrt(T), D = sqrt(2)", () => {
    holds(onlineRules.ogd, ({ regrets }) => {
      const steepest = Math.max(...regrets.map((row) => Math.hypot(...row)));
      return 2 * steepest * Math.sqrt(regrets.length);
    });
  });

  it("AdaHedge: de Rooij, van Erven, Grunwald and Koolen 2014, Theorem 6", () => {
    holds(onlineRules.adahedge, ({ regrets, weights, experts }) => {
      const variance = regrets.reduce((sum, row, t) => {
        const mean = row.reduce((all, regret, k) => all + regret * (weights[t]?.[k] ?? 0), 0);
        return sum + row.reduce((all, regret, k) => all + (regret - mean) ** 2 * (weights[t]?.[k] ?? 0), 0);
      }, 0);
      const logSize = Math.log(experts);
      return 2 * Math.sqrt(variance * logSize) + Math.max(...regrets.map(range)) * ((4 / 3) * logSize + 2);
    });
  });

  it("Squint with a known largest regret: Koolen and van Erven 2015, at every rate of the grid", () => {
    const known: StartRule = (size) => squint(size, { ...squint(size).save(), scalars: { largest: 1 } });
    holds(known, ({ regrets, experts }, k) => {
      const squares = total(regrets, k, 2);
      const prior = Math.log(experts) + Math.log(squintRates.length);
      return Math.min(...squintRates.map((rate) => rate * squares + prior / rate));
    });
  });
});

/** With N = 1 there is no regret. */
function prodBound({ regrets, experts }: Played, k: number): number {
  if (experts === 1) return 0;
  const logSize = Math.log(experts);
  const c = 3 * logSize + Math.log(1 + (experts / (2 * Math.E)) * (1 + Math.log(regrets.length + 1)));
  return (c / Math.sqrt(logSize)) * Math.sqrt(1 + total(regrets, k, 2)) + 2 * c;
}

/**
 * How large the mean of `exp(eta_k L_k)` can be, from the sizes of the regrets alone. With x = eta r at the rate before a
 * round and `a = (1 + 2.2 x^2)^(-1/2)` the rates' ratio, |a x| < 0.675, where `exp(y - y^2) <= 1 + y`; so v becomes at most
 * `v^a (1 + a x)`. As the weighted x add up to 0, what that is above `v (1 + x)` for the worst v is all that can be added.
 * A round in which an expert first has a regret, or a new regret outgrows all before (x near -1), may multiply it instead.
 */
function boaPotential({ regrets, experts }: Played): number {
  const squares = new Float64Array(experts);
  let potential = 1;
  for (const row of regrets) {
    let added = 0;
    let jumps = false;
    row.forEach((regret, k) => {
      const before = squares[k] ?? 0;
      squares[k] = before + 2.2 * regret ** 2;
      if (regret === 0) return;
      const x = regret / Math.sqrt(before);
      if (before === 0 || x < -0.9) jumps = true;
      else added += worstGain(x, Math.sqrt(before / (before + 2.2 * regret ** 2))) / experts;
    });
    potential = jumps ? 1.675 * (potential + 1) : potential + added;
  }
  return potential;
}

/** The largest `v^a (1 + a x) - v (1 + x)` over v >= 0. */
function worstGain(x: number, a: number): number {
  // Too small a regret to move the rate: the limit for x towards 0.
  if (a === 1) return 0;
  return (1 - a) * (1 + a * x) * ((a * (1 + a * x)) / (1 + x)) ** (a / (1 - a));
}

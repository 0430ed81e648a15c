import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { rankedProbabilityScore } from "../index.ts";
import { distributionOf } from "../sample-views.ts";
import { addDeparture, blankDeparture, departureOf, rankedProduct, uniformCentre } from "./departure.ts";
import { type GainEvidence, GainRound, gainFrom } from "./gain.ts";

const pairs = fc.integer({ min: 2, max: 12 }).chain((size) => {
  const distribution = fc.array(fc.nat(1_000), { minLength: size, maxLength: size }).map(distributionOf);
  return fc.tuple(distribution, distribution);
});

function square(values: Float64Array): number {
  return rankedProduct(values, values);
}

describe("a departure", () => {
  it("splits the ranked probability score into a score of the dispersion and one of the direction", () => {
    fc.assert(
      fc.property(pairs, ([forecast, observed]) => {
        const gap = blankDeparture(forecast.length);
        addDeparture(gap, forecast, { dispersion: 1, direction: 1 }, 1, uniformCentre(forecast.length));
        addDeparture(gap, observed, { dispersion: 1, direction: 1 }, -1, uniformCentre(forecast.length));
        const split = square(gap.dispersion) + square(gap.direction);
        assert.ok(Math.abs(split - rankedProbabilityScore(forecast, observed)) < 1e-12);
      }),
    );
  });

  it("has no direction for a distribution that is its own mirror image, and no dispersion over two outcomes", () => {
    const own = blankDeparture(3);
    departureOf(own, [0.2, 0.6, 0.2], uniformCentre(3));
    assert.deepEqual([...own.direction], [0, 0, 0]);
    const coin = blankDeparture(2);
    departureOf(coin, [0.9, 0.1], uniformCentre(2));
    assert.deepEqual([...coin.dispersion], [0, 0]);
    assert.deepEqual([...coin.direction], [0.4, -0.4]);
  });
});

function noEvidence(): GainEvidence {
  const blank = () => new Float64Array(1);
  return {
    rounds: blank(),
    power: blank(),
    excess: blank(),
    noise: blank(),
    serial: blank(),
    trail: blank(),
  };
}

/** Rounds of one case: what was forecast, and what came. */
function learned(rounds: readonly (readonly [number[], number[]])[], overlap: number): GainEvidence {
  const evidence = noEvidence();
  for (const [forecast, outcome] of rounds) {
    const round = new GainRound(1);
    round.add(0, Float64Array.from(forecast), Float64Array.from(outcome));
    round.closeInto(evidence, overlap);
  }
  return evidence;
}

const departures = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 });
const histories = fc.array(fc.tuple(departures, departures), { minLength: 1, maxLength: 30 });

describe("a gain", () => {
  it("is 1 without evidence, and for forecasts that never depart from knowing nothing", () => {
    assert.equal(gainFrom(noEvidence(), 0, 0.5), 1);
    assert.equal(
      gainFrom(
        learned(
          [
            [
              [0, 0],
              [1, -1],
            ],
          ],
          0,
        ),
        0,
        0.5,
      ),
      1,
    );
  });

  it("comes to what would have been best in hindsight, below 1 for the bold and above for the timid", () => {
    const large = [0.4, -0.4];
    const small = [0.1, -0.1];
    const gainAfter = (forecast: number[], outcome: number[]) =>
      gainFrom(
        learned(
          Array.from({ length: 100 }, () => [forecast, outcome]),
          0,
        ),
        0,
        0.5,
      );
    assert.ok(Math.abs(gainAfter(large, small) - 0.25) < 0.01);
    assert.ok(Math.abs(gainAfter(small, large) - 4) < 0.05);
  });

  it("moves in the first round by at most half of the prior's deviation, whatever the round holds", () => {
    fc.assert(
      fc.property(departures, departures, fc.nat(20), (forecast, outcome, overlap) => {
        const gain = gainFrom(learned([[forecast, outcome]], overlap), 0, 0.5);
        assert.ok(gain >= 0 && Math.abs(gain - 1) <= 0.25 + 1e-9, `${gain}`);
      }),
    );
  });

  it("never leaves 0 to 100, nor is it NaN", () => {
    fc.assert(
      fc.property(histories, fc.nat(20), (rounds, overlap) => {
        const gain = gainFrom(learned(rounds, overlap), 0, 0.5);
        assert.ok(gain >= 0 && gain <= 100, `${gain}`);
      }),
    );
  });

  it("trusts rounds that overlap less than as many that do not", () => {
    fc.assert(
      fc.property(departures, departures, fc.integer({ min: 2, max: 30 }), (forecast, outcome, count) => {
        const rounds = Array.from({ length: count }, () => [forecast, outcome] as const);
        const moved = (overlap: number) =>
          Math.abs(
            gainFrom(
              learned(
                rounds.map(([f, o]) => [f, o]),
                overlap,
              ),
              0,
              0.5,
            ) - 1,
          );
        assert.ok(moved(19) <= moved(0) + 1e-12);
      }),
    );
  });
});

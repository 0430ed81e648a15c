/** For this package's tests: numbers at which arithmetic gives way, often, in distributions and points that are valid. */
import fc from "fast-check";
import { ensembleLimits } from "../limits.ts";

const { pointMagnitude } = ensembleLimits;

/** Subnormal; squares that vanish, or all but; products that do; what is lost beside 1; plain. */
const probabilities = [
  0, 5e-324, 1e-323, 1e-320, 2e-308, 1e-200, 1e-162, 3.2e-162, 1e-155, 1e-108, 1e-81, 1e-40, 1e-17, 1e-12,
  1e-6, 0.1, 0.25, 0.5, 1,
];

const probability = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...probabilities) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
);

/** One outcome takes what the others leave, so that the sum is 1 however small they are. */
export function extremeDistribution(outcomes: number): fc.Arbitrary<number[]> {
  const mixed = fc
    .tuple(fc.array(probability, { minLength: outcomes, maxLength: outcomes }), fc.nat(outcomes - 1))
    .map(([raw, rest]) => {
      const others = raw.reduce((sum, value, k) => (k === rest ? sum : sum + value), 0);
      const scale = others > 1 ? 1 / others : 1;
      return raw.map((value, k) => (k === rest ? Math.max(0, 1 - others * scale) : value * scale));
    });
  const even = fc.constant(Array.from({ length: outcomes }, () => 1 / outcomes));
  return fc.oneof({ weight: 6, arbitrary: mixed }, { weight: 1, arbitrary: even });
}

const points = [0, 5e-324, 1e-310, 1e-200, 1e-162, 1e-155, 1e-81, 1e-8, 1, 100, 1e8, pointMagnitude];

export const extremePoint: fc.Arbitrary<number> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...points), fc.boolean())
      .map(([size, isNegative]) => (isNegative ? -size : size)),
  },
  { weight: 1, arbitrary: fc.double({ min: -pointMagnitude, max: pointMagnitude, noNaN: true }) },
);

/** Regrets of any size that a rule may be given. */
export const extremeRegret: fc.Arbitrary<number> = fc.oneof(
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc
    .tuple(
      fc.constantFrom(0, 5e-324, 1e-310, 1e-300, 1e-200, 2e-162, 1e-155, 1e-81, 1e-8, 1, 1e50, 1e100),
      fc.boolean(),
    )
    .map(([size, isNegative]) => (isNegative ? -size : size)),
);

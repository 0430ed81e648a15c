/**
 * Logarithms and exponentials as whole numbers of any length: what the tables of this folder are computed from, and what
 * decides the few arguments whose result lies too near the middle of two doubles. A number v stands for `v / 2^bits`.
 */
import { powerOfTwo } from "./doubles.ts";

/** What is added to the bits asked for, so that truncated terms do not reach them. */
const guardBits = 24;

/** Results of this file are within so many units of their last bit. */
const error = 4n;

/**
 * The double nearest to `value / 2^bits`, which is not subnormal, or undefined where the value is not exact enough to tell.
 * The language defines how a whole number becomes a double: to the nearest.
 */
export function nearestDouble(value: bigint, bits: number): number | undefined {
  const below = Number(value - error);
  // In two steps, as the power itself may be too small for a double.
  const half = powerOfTwo(-bits / 2);
  return below === Number(value + error) ? below * half * half : undefined;
}

/** Asks for more and more bits until they are enough; no result of a logarithm or an exponential is a middle itself. */
export function decide(attempt: (bits: number) => number | undefined): number {
  for (let bits = 192; ; bits *= 2) {
    const result = attempt(bits);
    if (result !== undefined) return result;
  }
}

/** `2 atanh(numerator / denominator)`, by its series; the ratio is below 1/2 in size. */
export function twiceAtanh(numerator: bigint, denominator: bigint, bits: number): bigint {
  const working = BigInt(bits + guardBits);
  const ratio = (numerator << working) / denominator;
  const square = (ratio * ratio) >> working;
  let sum = 0n;
  let power = ratio;
  for (let odd = 1n; power !== 0n && power !== -1n; odd += 2n) {
    sum += power / odd;
    power = (power * square) >> working;
  }
  return sum >> BigInt(guardBits - 1);
}

const knownLn2 = new Map<number, bigint>();

export function ln2(bits: number): bigint {
  const known = knownLn2.get(bits) ?? twiceAtanh(1n, 3n, bits);
  knownLn2.set(bits, known);
  return known;
}

/** The natural logarithm of a ratio of positive whole numbers, as `2 atanh((r - 1) / (r + 1))` for an r near 1. */
export function logOfRatio(numerator: bigint, denominator: bigint, bits: number): bigint {
  const doublings = lengthOf(numerator) - lengthOf(denominator);
  let above = doublings < 0 ? numerator << BigInt(-doublings) : numerator;
  let below = doublings > 0 ? denominator << BigInt(doublings) : denominator;
  let exponent = doublings;
  // Now r is between 1/2 and 2; it is brought to between 2/3 and 4/3.
  if (3n * above > 4n * below) {
    below <<= 1n;
    exponent += 1;
  } else if (3n * above < 2n * below) {
    above <<= 1n;
    exponent -= 1;
  }
  const inner = twiceAtanh(above - below, above + below, bits + guardBits);
  return (inner + BigInt(exponent) * ln2(bits + guardBits)) >> BigInt(guardBits);
}

function lengthOf(value: bigint): number {
  return value.toString(2).length;
}

/** A value times a power of two. */
export interface Scaled {
  readonly value: bigint;
  readonly exponent: number;
}

/** `e^(numerator / 2^shift)` for an argument up to 2,000 in size; its `value` is between 1/2 and 2. */
export function expOfRatio(numerator: bigint, shift: number, bits: number): Scaled {
  const halvings = 16n;
  const working = bits + 2 * guardBits;
  const argument = shifted(numerator, working - shift);
  const unit = ln2(working);
  const exponent = (2n * argument + unit) / (2n * unit);
  let rest = argument - exponent * unit;
  rest >>= halvings;
  let sum = 0n;
  let term = 1n << BigInt(working);
  for (let n = 1n; term !== 0n && term !== -1n; n += 1n) {
    sum += term;
    term = ((term * rest) >> BigInt(working)) / n;
  }
  for (let step = 0n; step < halvings; step += 1n) sum = (sum * sum) >> BigInt(working);
  return { value: sum >> BigInt(working - bits), exponent: Number(exponent) };
}

function shifted(value: bigint, by: number): bigint {
  return by < 0 ? value >> BigInt(-by) : value << BigInt(by);
}

/**
 * For tests of portable-math: exponentials and logarithms to some 300 bits, by other ways than the functions go (no tables, no
 * ln 2, logarithms from exponentials), and where doubles stand to them. A `Float` is `mantissa 2^exponent`.
 */
import { unitBits, wholeUnits } from "../portable-math/doubles.ts";

export interface Float {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const bits = 400;
const halvings = 20;

export function floatOf(value: number): Float {
  return { mantissa: wholeUnits(value), exponent: -unitBits };
}

function trimmed({ mantissa, exponent }: Float): Float {
  const excess = mantissa.toString(2).length - bits;
  return excess <= 0
    ? { mantissa, exponent }
    : { mantissa: mantissa >> BigInt(excess), exponent: exponent + excess };
}

function shifted(value: bigint, by: number): bigint {
  return by < 0 ? value >> BigInt(-by) : value << BigInt(by);
}

/** The series at x / 2^20, squared 20 times. */
export function exactExp(x: Float): Float {
  const small = shifted(x.mantissa, x.exponent + bits - halvings);
  let sum = 0n;
  let term = 1n << BigInt(bits);
  for (let n = 1n; term !== 0n && term !== -1n; n += 1n) {
    sum += term;
    term = ((term * small) >> BigInt(bits)) / n;
  }
  let power: Float = { mantissa: sum, exponent: -bits };
  for (let step = 0; step < halvings; step += 1) {
    power = trimmed({ mantissa: power.mantissa * power.mantissa, exponent: 2 * power.exponent });
  }
  return power;
}

export function plus(a: Float, b: Float): Float {
  const exponent = Math.min(a.exponent, b.exponent);
  return {
    mantissa: shifted(a.mantissa, a.exponent - exponent) + shifted(b.mantissa, b.exponent - exponent),
    exponent,
  };
}

export function times(a: Float, b: Float): Float {
  return { mantissa: a.mantissa * b.mantissa, exponent: a.exponent + b.exponent };
}

export function minus(a: Float): Float {
  return { mantissa: -a.mantissa, exponent: a.exponent };
}

/** From a guess that is right to 40 bits, by two steps of Halley's method, each of which gives three times as many. */
export function exactLog(x: Float, guess: number): Float {
  let found = floatOf(guess);
  for (let step = 0; step < 2; step += 1) {
    const power = exactExp(found);
    const [above, below] = [plus(x, minus(power)), plus(x, power)];
    const by = shifted(above.mantissa, bits + 1 + above.exponent - below.exponent + 100) / below.mantissa;
    found = plus(found, { mantissa: by, exponent: -bits - 100 });
  }
  return found;
}

function compare(a: Float, b: Float): number {
  const { mantissa } = plus(a, minus(b));
  return mantissa === 0n ? 0 : mantissa < 0n ? -1 : 1;
}

const bytes = new DataView(new ArrayBuffer(8));

/** The double after `value`, away from 0 for `by` 1 and towards 0 for -1; of 0, the least there is. */
export function neighbour(value: number, by: 1 | -1): number {
  if (value === 0) return Number.MIN_VALUE;
  bytes.setFloat64(0, value);
  bytes.setBigUint64(0, bytes.getBigUint64(0) + BigInt(by));
  return bytes.getFloat64(0);
}

/** Whether no other finite double is nearer to `exact`. */
export function isNearest(value: number, exact: Float): boolean {
  const distance = away(value, exact);
  return ([1, -1] as const).every((by) => {
    const other = value === 0 ? by * Number.MIN_VALUE : neighbour(value, by);
    return !Number.isFinite(other) || compare(distance, away(other, exact)) <= 0;
  });
}

function away(value: number, exact: Float): Float {
  const gap = plus(floatOf(value), minus(exact));
  return gap.mantissa < 0n ? minus(gap) : gap;
}

/** How far `first + rest` is from `exact`, to a few digits. */
export function errorOf(first: number, rest: number, exact: Float): number {
  const { mantissa, exponent } = away(first, plus(exact, minus(floatOf(rest))));
  const digits = mantissa.toString(2);
  const shown = digits.slice(0, 50);
  return Number(BigInt(`0b${shown}`)) * 2 ** (exponent + digits.length - shown.length);
}

/** In units of the last place of `value`. */
export function ulpsOff(value: number, exact: Float): number {
  return errorOf(value, 0, exact) / Math.abs(neighbour(value, 1) - value);
}

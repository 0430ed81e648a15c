/**
 * The natural logarithm, correctly rounded: the double nearest to the exact result. ECMAScript leaves the last digit of
 * `Math.log` to the engine; this is made of what it does not leave open, so it is the same on every machine (P6).
 */
import { highWordOf, powerOfTwo, unitBits, wholeUnits } from "./doubles.ts";
import { decide, ln2, logOfRatio, nearestDouble, twiceAtanh } from "./fixed-point.ts";

/** Adding and taking it away rounds what is below 2^51 in size to a whole number. */
const rounder = 1.5 * powerOfTwo(52);

/** Parts of table entries that come first are multiples of 2^-42: added up, ten bits before the point, they stay exact. */
const leadingBits = 42;
const tableBits = 120;

const leastNormal = powerOfTwo(-1022);

/** The reciprocals of what is between `sqrt(1/2)` and `sqrt(2)` are near n / 256 for n from 181 to 362. */
const firstEntry = 181;
const lastEntry = 362;
const reciprocalUnit = 256;

// A product takes a fraction of the time of a quotient.
const third = 1 / 3;
const fifth = 1 / 5;
const sixth = 1 / 6;
const seventh = 1 / 7;

/** For each n, `-ln(n / 256)` in two parts. */
const table = new Float64Array(2 * (lastEntry - firstEntry + 1));
const [ln2First, ln2Rest] = partsOf(ln2(tableBits));

function partsOf(value: bigint): readonly [first: number, rest: number] {
  const dropped = BigInt(tableBits - leadingBits);
  const first = value >> dropped;
  return [
    Number(first) * powerOfTwo(-leadingBits),
    Number(value - (first << dropped)) * powerOfTwo(-tableBits),
  ];
}

function enter(n: number, logarithm: bigint): void {
  const [first, rest] = partsOf(-logarithm);
  table[2 * (n - firstEntry)] = first;
  table[2 * (n - firstEntry) + 1] = rest;
}

/**
 * Outwards from ln 1 = 0 and its neighbour, by `ln(n + 1) + ln(n - 1) - 2 ln n = -2 atanh(1 / (2n^2 - 1))`: few terms
 * each. Roundings add up with the square of the way; 20 bits are there for them.
 */
function enterFrom(step: 1 | -1): void {
  const first = twiceAtanh(BigInt(step), BigInt(2 * reciprocalUnit + step), tableBits);
  let before = 0n;
  let sum = first;
  for (let n = reciprocalUnit + step; n >= firstEntry && n <= lastEntry; n += step) {
    enter(n, sum);
    const after = 2n * sum - before - twiceAtanh(1n, BigInt(2 * n * n - 1), tableBits);
    before = sum;
    sum = after;
  }
}

enterFrom(1);
enterFrom(-1);

/** What `splitLog` leaves beside its result: the second part, and how far off the sum of both may be. */
export const logTail = new Float64Array(2);

/**
 * The first part of `ln(value + small)`, for a finite value above 0 and a `small` below its last bit; what is missing
 * comes in `logTail`. With `value = 2^k m` and n the whole number nearest to `256 / m`, it is
 * `k ln 2 - ln(n / 256) + ln(1 + z)` for a `z = m n / 256 - 1` of at most 2^-8.5, which two doubles hold exactly. Of the
 * series of ln(1 + z) the square is computed exactly too, so that what rounds is the cube: the error is below
 * `2^-68 |z| + 2^-80 |k ln 2 - ln(n / 256)|`, which is 2^-68 of the result at most.
 */
export function splitLog(value: number, small: number): number {
  const isSubnormal = value < leastNormal;
  const normal = isSubnormal ? value * powerOfTwo(54) : value;
  // 0x3fe6a09e are the first bits of sqrt(1/2).
  const doublings = (highWordOf(normal) - 0x3fe6a09e) >> 20;
  const k = isSubnormal ? doublings - 54 : doublings;
  const scale = powerOfTwo(-doublings);
  const m = normal * scale;
  const n = reciprocalUnit / m + rounder - rounder;
  const reciprocal = n / reciprocalUnit;
  const mFirst = Math.fround(m);
  const a = reciprocal * mFirst - 1;
  const b = reciprocal * (m - mFirst);
  const plain = a + b;
  const left = a - plain + b + reciprocal * (small * scale);
  // Where `value` is next to 1, `small` is not small beside z.
  const z = plain + left;
  const zRest = plain - z + left;
  const entry = 2 * (n - firstEntry);
  const base = k * ln2First + (table[entry] ?? 0);
  const baseRest = k * ln2Rest + (table[entry + 1] ?? 0);
  const zFirst = Math.fround(z);
  const square = zFirst * zFirst;
  const squareRest = (z - zFirst) * (z + zFirst);
  const half = square / 2;
  const zz = z * z;
  const s = base + z;
  const first = s - half;
  const lost = base - s + z + (s - first - half);
  const cube = z * zz * (third - z * 0.25 + zz * (fifth - z * sixth + zz * (seventh - z * 0.125)));
  logTail[0] = lost + (baseRest + (zRest - z * zRest) - squareRest / 2 + cube);
  logTail[1] = Math.abs(z) * powerOfTwo(-68) + Math.abs(base) * powerOfTwo(-80);
  return first;
}

/** `ln(value + small)` rounded to the nearest, as for `splitLog`; the fewest arguments need whole numbers to decide. */
function roundedLog(value: number, small: number): number {
  const first = splitLog(value, small);
  const rest = logTail[0] ?? 0;
  const error = logTail[1] ?? 0;
  const nearest = first + (rest - error);
  return nearest === first + (rest + error) ? nearest : decidedLog(value, small);
}

function decidedLog(value: number, small: number): number {
  const numerator = wholeUnits(value) + wholeUnits(small);
  const denominator = 1n << BigInt(unitBits);
  if (numerator === denominator) return 0;
  return decide((bits) => nearestDouble(logOfRatio(numerator, denominator, bits), bits));
}

/**
 * The natural logarithm of `x`, rounded to the nearest double; -Infinity of 0, NaN of what is below.
 * Source of the method: Tang 1990, "Table-driven implementation of the logarithm function in IEEE floating-point
 * arithmetic", ACM Transactions on Mathematical Software 16(4), with a second double for what rounds away (Dekker 1971,
 * "A floating-point technique for extending the available precision", Numerische Mathematik 18) and the test of Ziv 1991,
 * "Fast evaluation of elementary mathematical functions with correctly rounded last bit", ACM TOMS 17(3). The reciprocal
 * as a whole number over 256, and all constants, are computed here.
 */
export function log(x: number): number {
  if (x > 0 && x < Number.POSITIVE_INFINITY) return roundedLog(x, 0);
  if (x === 0) return Number.NEGATIVE_INFINITY;
  return x > 0 ? x : Number.NaN;
}

/** Below this, `ln(1 + x)` is nearer to x than to any other double. */
const negligible = powerOfTwo(-54);

/** `ln(1 + x)`, rounded to the nearest double, also where 1 + x has no room for x; -Infinity of -1, NaN of what is below. */
export function log1p(x: number): number {
  if (!(x > -1 && x < Number.POSITIVE_INFINITY)) {
    if (x === -1) return Number.NEGATIVE_INFINITY;
    return x === Number.POSITIVE_INFINITY ? x : Number.NaN;
  }
  if (Math.abs(x) < negligible) return x;
  const sum = 1 + x;
  // What the sum leaves over, exactly; the larger of the two is taken off first.
  const left = x < 1 ? x - (sum - 1) : 1 - (sum - x);
  return roundedLog(sum, left);
}

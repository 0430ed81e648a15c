/**
 * The exponential function, correctly rounded: the double nearest to the exact result. ECMAScript leaves the last digit of
 * `Math.exp` to the engine; this is made of what it does not leave open, so it is the same on every machine (P6).
 */
import { powerOfTwo, unitBits, wholeUnits } from "./doubles.ts";
import { decide, expOfRatio, ln2, nearestDouble } from "./fixed-point.ts";

/** Adding and taking it away rounds what is below 2^51 in size to a whole number. */
const rounder = 1.5 * powerOfTwo(52);
const tableBits = 128;

/** An argument is a whole number of steps of ln(2) / 128, and a rest of half a step at most. */
const stepsBits = 7;
const steps = 128;

/** First parts of the step have 35 bits: times a number of steps they are exact. */
const stepBits = 42;
const stepWhole = ln2(tableBits) >> BigInt(stepsBits);
const stepFirstWhole = stepWhole >> BigInt(tableBits - stepBits);
const stepFirst = Number(stepFirstWhole) * powerOfTwo(-stepBits);
const stepRest =
  Number(stepWhole - (stepFirstWhole << BigInt(tableBits - stepBits))) * powerOfTwo(-tableBits);
const stepsPerUnit = 1 / stepFirst;

// A product takes a fraction of the time of a quotient.
const over6 = 1 / 6;
const over24 = 1 / 24;
const over120 = 1 / 120;
const over720 = 1 / 720;
const over5040 = 1 / 5040;

/** For each step j, `2^(j / 128)` in two parts, the first of 28 bits. */
const table = new Float64Array(2 * steps);
const leadingBits = 27;

// Each is the one before times 2^(1 / 128); what truncation loses on the way is far below the second part's last bit.
const root = expOfRatio(stepWhole, tableBits, tableBits).value;
for (
  let j = 0, whole = 1n << BigInt(tableBits);
  j < steps;
  j += 1, whole = (whole * root) >> BigInt(tableBits)
) {
  const dropped = BigInt(tableBits - leadingBits);
  const first = whole >> dropped;
  table[2 * j] = Number(first) * powerOfTwo(-leadingBits);
  table[2 * j + 1] = Number(whole - (first << dropped)) * powerOfTwo(-tableBits);
}

/** What `splitExp` leaves beside its result: the second part, and the power of two that both are to be multiplied by. */
export const expTail = new Float64Array(2);

/** How far off the sum of both parts may be; they come to between 0.99 and 2. */
export const expError = powerOfTwo(-75);

/**
 * The first part of `e^(x + small)`, for an x of at most 746 in size and a `small` below its last bit; what is missing
 * comes in `expTail`. With k the whole number nearest to `128 x / ln 2`, and r the rest, it is
 * `2^(k / 128) (1 + r + r^2 / 2 + ...)`, r at most 2^-8.5. Its square is computed exactly, so that what rounds is the cube.
 */
export function splitExp(x: number, small: number): number {
  const k = x * stepsPerUnit + rounder - rounder;
  const a = x - k * stepFirst;
  const b = small - k * stepRest;
  const r = a + b;
  // Either may be the larger: Knuth's sum.
  const back = r - a;
  const rRest = a - (r - back) + (b - back);
  const rFirst = Math.fround(r);
  const half = (rFirst * rFirst) / 2;
  const halfRest = ((r - rFirst) * (r + rFirst)) / 2;
  const rr = r * r;
  const cube = r * rr * (over6 + r * over24 + rr * (over120 + r * over720 + rr * over5040));
  const growth = r + half;
  const growthRest = r - growth + half + (rRest + rRest * r + halfRest + cube);
  const growthFirst = Math.fround(growth);
  const j = k & (steps - 1);
  const power = table[2 * j] ?? 0;
  const powerRest = table[2 * j + 1] ?? 0;
  const product = power * growthFirst;
  const first = power + product;
  const fine = power * (growth - growthFirst + growthRest) + (powerRest + powerRest * (growth + growthRest));
  expTail[0] = power - first + product + fine;
  expTail[1] = k >> stepsBits;
  return first;
}

/** Above the first, e^x is nearer to infinity; below the second, to 0. */
const largest = 709.782712893384;
const least = -745.1332191019412;

/** From here on results have all their bits, and a power of two that is above 0 as a factor. */
const leastNormal = -708;

/**
 * `e^x`, rounded to the nearest double.
 * Source of the method: Tang 1989, "Table-driven implementation of the exponential function in IEEE floating-point
 * arithmetic", ACM Transactions on Mathematical Software 15(2), with a second double for what rounds away (Dekker 1971,
 * "A floating-point technique for extending the available precision", Numerische Mathematik 18) and the test of Ziv 1991,
 * "Fast evaluation of elementary mathematical functions with correctly rounded last bit", ACM TOMS 17(3). All constants
 * are computed here.
 */
export function exp(x: number): number {
  if (!(x >= leastNormal && x <= largest)) return extremeExp(x);
  const first = splitExp(x, 0);
  const rest = expTail[0] ?? 0;
  const nearest = first + (rest - expError);
  if (nearest !== first + (rest + expError)) return decidedExp(x);
  return scaledBy(nearest, expTail[1] ?? 0);
}

/** The largest results are 2^1024 times something below 1, and 2^1024 itself is no double. */
function scaledBy(value: number, exponent: number): number {
  return exponent > 1023 ? value * powerOfTwo(1023) * 2 : value * powerOfTwo(exponent);
}

function extremeExp(x: number): number {
  if (x > largest) return Number.POSITIVE_INFINITY;
  if (x < least) return 0;
  return Number.isNaN(x) ? x : decidedExp(x);
}

function decidedExp(x: number): number {
  const argument = wholeUnits(x);
  return decide((bits) => {
    const { value, exponent } = expOfRatio(argument, unitBits, bits);
    if (exponent > -1021) {
      const mantissa = nearestDouble(value, bits);
      return mantissa === undefined ? undefined : scaledBy(mantissa, exponent);
    }
    // Subnormal results are whole numbers of the least of all doubles.
    const dropped = BigInt(bits - unitBits - exponent);
    const units = nearestWhole(value, dropped);
    return units === undefined ? undefined : Number(units) * Number.MIN_VALUE;
  });
}

function nearestWhole(value: bigint, dropped: bigint): bigint | undefined {
  const half = 1n << (dropped - 1n);
  const below = (value - 4n + half) >> dropped;
  return below === (value + 4n + half) >> dropped ? below : undefined;
}

/** Up to here the series about 0 is used, which loses nothing when 1 is taken off. */
const nearZero = powerOfTwo(-8);

/** Below this, `e^x - 1` is nearer to x than to any other double. */
const negligible = powerOfTwo(-54);

/** From here down `e^x - 1` is nearer to -1 than to any other double. */
const leastAboveMinusOne = -38;

/** `e^x - 1`, rounded to the nearest double, also where `e^x` is next to 1. */
export function expm1(x: number): number {
  if (!(x >= leastAboveMinusOne && x <= largest)) {
    if (x > largest) return Number.POSITIVE_INFINITY;
    return x < leastAboveMinusOne ? -1 : Number.NaN;
  }
  const size = Math.abs(x);
  if (size < negligible) return x;
  if (size < nearZero) return seriesExpm1(x);
  const first = splitExp(x, 0);
  const exponent = expTail[1] ?? 0;
  const one = powerOfTwo(-exponent);
  // Either may be the larger: Knuth's sum.
  const sum = first - one;
  const back = sum - first;
  const rest = first - (sum - back) - (one + back) + (expTail[0] ?? 0);
  const nearest = sum + (rest - expError);
  if (nearest !== sum + (rest + expError)) return decidedExpm1(x);
  return scaledBy(nearest, exponent);
}

/** As in `splitExp`, without steps. */
function seriesExpm1(x: number): number {
  const xFirst = Math.fround(x);
  const half = (xFirst * xFirst) / 2;
  const xx = x * x;
  const cube = x * xx * (over6 + x * over24 + xx * (over120 + x * over720 + xx * over5040));
  const first = x + half;
  const rest = x - first + half + (((x - xFirst) * (x + xFirst)) / 2 + cube);
  const error = Math.abs(x) * powerOfTwo(-67);
  const nearest = first + (rest - error);
  return nearest === first + (rest + error) ? nearest : decidedExpm1(x);
}

function decidedExpm1(x: number): number {
  const argument = wholeUnits(x);
  return decide((bits) => {
    const { value, exponent } = expOfRatio(argument, unitBits, bits);
    const one = 1n << BigInt(bits);
    // The larger of both is taken as it is, so that no bits are added.
    if (exponent < 0) return nearestDouble((value >> BigInt(-exponent)) - one, bits);
    const nearest = nearestDouble(value - (one >> BigInt(exponent)), bits);
    return nearest === undefined ? undefined : scaledBy(nearest, exponent);
  });
}

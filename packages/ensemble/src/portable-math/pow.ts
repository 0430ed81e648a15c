/** Powers with a real exponent, the same on every machine (P6): `e^(y ln x)`, with more bits on the way than a double has. */
import { powerOfTwo } from "./doubles.ts";
import { expTail, splitExp } from "./exp.ts";
import { logTail, splitLog } from "./log.ts";

/** Beyond these `e^p` is infinite, or 0. */
const largest = 710;
const least = -746;

/** Times this, and the rest taken off again, a double keeps the first half of its digits (Veltkamp, in Dekker 1971). */
const splitter = powerOfTwo(27) + 1;

/**
 * `base^exponent` for a base of 0 or more, within 0.55 units in the last place (0.51 for results from 2^-200 to 2^200, and
 * one unit for subnormal ones); exact where the result is a double. As with `Math.pow`, 1 is the power 0 of anything. A base below 0
 * gives NaN.
 */
export function pow(base: number, exponent: number): number {
  if (exponent === 0) return 1;
  const areFinite = base < Number.POSITIVE_INFINITY && Math.abs(exponent) < Number.POSITIVE_INFINITY;
  if (!(base > 0 && areFinite)) return extremePow(base, exponent);
  // The logarithm of any other base is so far from 0 that an exponent too large to split has left by then.
  if (base === 1) return 1;
  const first = splitLog(base, 0);
  const logarithm = first + (logTail[0] ?? 0);
  const product = exponent * logarithm;
  if (product > largest) return Number.POSITIVE_INFINITY;
  if (product < least) return 0;
  const rest = first - logarithm + (logTail[0] ?? 0);
  return expOfSum(product, lostInProduct(exponent, logarithm, product) + exponent * rest);
}

/** What rounding took from a product, exactly (Dekker 1971). */
function lostInProduct(x: number, y: number, product: number): number {
  const xFirst = x * splitter - (x * splitter - x);
  const yFirst = y * splitter - (y * splitter - y);
  const [xRest, yRest] = [x - xFirst, y - yFirst];
  return xFirst * yFirst - product + xFirst * yRest + xRest * yFirst + xRest * yRest;
}

function expOfSum(argument: number, small: number): number {
  const first = splitExp(argument, small);
  const power = first + (expTail[0] ?? 0);
  const exponent = expTail[1] ?? 0;
  // In two steps, as neither the largest nor the least results have a power of two of their own.
  const half = exponent >> 1;
  return power * powerOfTwo(half) * powerOfTwo(exponent - half);
}

function extremePow(base: number, exponent: number): number {
  if (!(base >= 0) || Number.isNaN(exponent)) return Number.NaN;
  if (base === 1) return Math.abs(exponent) === Number.POSITIVE_INFINITY ? Number.NaN : 1;
  // What grows without end, and what goes to nothing.
  return base > 1 === exponent > 0 ? Number.POSITIVE_INFINITY : 0;
}

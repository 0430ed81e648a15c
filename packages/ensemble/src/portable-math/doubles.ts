/** What a double is made of, and powers of two: exact, and the same whatever the order of bytes in memory. */

/** Largest exponent of a double, and the least of all. */
const highest = 1023;
const lowest = -1074;

const powers = new Float64Array(highest - lowest + 1);
for (let exponent = 0, power = 1; exponent >= lowest; exponent -= 1, power /= 2)
  powers[exponent - lowest] = power;
for (let exponent = 1, power = 2; exponent <= highest; exponent += 1, power *= 2)
  powers[exponent - lowest] = power;

/** `2^exponent`, for -1074 to 1023. */
export function powerOfTwo(exponent: number): number {
  return powers[exponent - lowest] ?? Number.NaN;
}

const bytes = new DataView(new ArrayBuffer(8));

/** Sign, exponent and the first 20 bits of the fraction. */
export function highWordOf(value: number): number {
  bytes.setFloat64(0, value, true);
  return bytes.getInt32(4, true);
}

/** A finite double as a whole number of units of `2^-1074`. */
export function wholeUnits(value: number): bigint {
  bytes.setFloat64(0, value);
  const bits = bytes.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1);
  return bits >> 63n === 0n ? magnitude : -magnitude;
}

/** In one unit. */
export const unitBits = -lowest;

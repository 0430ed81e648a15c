import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  errorOf,
  exactExp,
  exactLog,
  type Float,
  floatOf,
  isNearest,
  minus,
  neighbour,
  plus,
  times,
  ulpsOff,
} from "../testing/exact-values.ts";
import { exp, expError, expm1, expTail, splitExp } from "./exp.ts";
import { log, log1p, logTail, splitLog } from "./log.ts";
import { pow } from "./pow.ts";

const one: Float = { mantissa: 1n, exponent: 0 };
const { MIN_VALUE, MAX_VALUE, EPSILON, POSITIVE_INFINITY: infinity } = Number;

/** A function, what it is exactly, and where arguments come from. */
interface Case {
  readonly name: "log" | "log1p" | "exp" | "expm1";
  readonly of: (x: number) => number;
  readonly exact: (x: number) => Float;
  readonly arguments: fc.Arbitrary<number>;
  readonly hard: readonly number[];
}

/** Any finite double by its bits, so that every magnitude is as likely as another. */
const anyDouble = fc
  .tuple(fc.nat(0x7fe), fc.maxSafeNat(), fc.boolean())
  .map(([exponent, fraction, isNegative]) => {
    const size = scaled(
      exponent === 0 ? fraction / 2 ** 53 : 1 + fraction / 2 ** 53,
      Math.max(1, exponent) - 1023,
    );
    return isNegative ? -size : size;
  })
  .filter(Number.isFinite);

function scaled(value: number, exponent: number): number {
  const half = exponent >> 1;
  return value * 2 ** half * 2 ** (exponent - half);
}

/** From 1e-12 to `most`, small ones as often as large ones. */
function sized(most: number): fc.Arbitrary<number> {
  return fc
    .tuple(fc.double({ min: Math.log(1e-12), max: Math.log(most), noNaN: true }), fc.boolean())
    .map(([size, isNegative]) => (isNegative ? -1 : 1) * Math.min(most, Math.exp(size)));
}

const nearOne = sized(0.5).map((off) => 1 + off);
const powersOfTwo = Array.from({ length: 2098 }, (_, index) => scaled(1, index - 1074));

/** A few units in the last place beside 1: their logarithms lie next to the middle of two doubles. */
const besideOne = Array.from({ length: 40 }, (_, k) => [1 + k * EPSILON, 1 - (k * EPSILON) / 2]).flat();
const tiny = Array.from({ length: 40 }, (_, k) => [k * EPSILON, -k * EPSILON, (k * EPSILON) / 16]).flat();

const cases: readonly Case[] = [
  {
    name: "log",
    of: log,
    exact: (x) => exactLog(floatOf(x), Math.log(x)),
    arguments: fc
      .oneof(anyDouble.map(Math.abs), nearOne, fc.double({ min: 0, max: 1, noNaN: true }))
      .filter((x) => x > 0),
    hard: [
      ...powersOfTwo.filter((_, index) => index % 40 === 0),
      ...besideOne,
      MIN_VALUE,
      3 * MIN_VALUE,
      MAX_VALUE,
      2 ** -1022,
      10,
    ],
  },
  {
    name: "log1p",
    of: log1p,
    exact: (x) => exactLog(plus(one, floatOf(x)), Math.log1p(x)),
    arguments: fc.oneof(anyDouble, sized(1), sized(1e20)).filter((x) => x > -1 && Math.abs(x) > 1e-30),
    hard: [
      ...tiny,
      ...besideOne.filter((x) => x < 1).map((x) => -x),
      2 ** 53,
      2 ** 53 + 2,
      MAX_VALUE,
      2 ** -9,
      -(2 ** -9),
    ].filter((x) => x !== 0 && x > -1),
  },
  {
    name: "exp",
    of: exp,
    exact: (x) => exactExp(floatOf(x)),
    arguments: fc.oneof(
      fc.double({ min: -745, max: 709, noNaN: true }),
      fc.double({ min: -745.2, max: -708, noNaN: true }),
      sized(700),
    ),
    hard: [
      ...tiny,
      709.782712893384,
      709.7827128933839,
      -745.1332191019411,
      -745.133219101941,
      -708.3964185322641,
      -708,
      -707.9999999999999,
      2 ** -1074,
    ],
  },
  {
    name: "expm1",
    of: expm1,
    exact: (x) => plus(exactExp(floatOf(x)), minus(one)),
    arguments: fc
      .oneof(sized(700), sized(0.01), fc.double({ min: -40, max: 40, noNaN: true }))
      .filter((x) => Math.abs(x) > 1e-30),
    hard: [...tiny, 2 ** -8, -(2 ** -8), -37.5, -38, -38.5, 709.782712893384, Math.LN2, -Math.LN2].filter(
      (x) => x !== 0,
    ),
  },
];

describe("portable functions", () => {
  for (const { name, of, exact, arguments: given, hard } of cases) {
    it(`P6 ${name} is the double that is nearest to the exact result`, () => {
      const check = (x: number) => assert.ok(isNearest(of(x), exact(x)), `${name}(${x}) is not ${of(x)}`);
      hard.forEach(check);
      fc.assert(fc.property(given, check), { numRuns: 400 });
    });

    it(`${name} never falls where its argument rises`, () => {
      fc.assert(
        fc.property(given, (x) => {
          const next = neighbour(x, 1);
          if (Number.isFinite(next) && x !== 0)
            assert.ok(x > 0 ? of(next) >= of(x) : of(next) <= of(x), String(x));
        }),
        { numRuns: 3_000 },
      );
    });

    it(`${name} is the engine's own but for the last digit, and its special values`, () => {
      const special = [
        0,
        -0,
        1,
        -1,
        2,
        -2,
        infinity,
        -infinity,
        Number.NaN,
        MIN_VALUE,
        -MIN_VALUE,
        MAX_VALUE,
        -MAX_VALUE,
        710,
        -750,
      ];
      for (const x of special) {
        const theirs = Math[name](x);
        if (Number.isFinite(theirs) && theirs !== 0)
          assert.ok(Math.abs(of(x) / theirs - 1) <= 2 * EPSILON, `${name}(${x})`);
        else assert.ok(Object.is(of(x), theirs), `${name}(${x}) is ${of(x)}, not ${theirs}`);
      }
    });
  }

  it("the logarithm in two parts is as exact as is said, so that no whole numbers are asked in vain or too seldom", () => {
    const check = (x: number) => {
      const first = splitLog(x, 0);
      const off = errorOf(first, logTail[0] ?? 0, exactLog(floatOf(x), Math.log(x)));
      // Half of it: the other half is for rounding where it is used.
      assert.ok(off <= (logTail[1] ?? 0) / 2 || x === 1, `${x}: ${off} of ${logTail[1]}`);
    };
    besideOne.forEach(check);
    fc.assert(fc.property(cases[0]?.arguments ?? nearOne, check), { numRuns: 1_000 });
  });

  it("the exponential in two parts is as exact as is said", () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
        const first = splitExp(x, 0);
        const rest = expTail[0] ?? 0;
        const exact = exactExp(floatOf(x));
        const inUnits = { ...exact, exponent: exact.exponent - (expTail[1] ?? 0) };
        assert.ok(errorOf(first, rest, inUnits) <= expError / 2, String(x));
      }),
      { numRuns: 1_000 },
    );
  });

  it("some arguments lie too near the middle of two doubles, and are decided by whole numbers", () => {
    const undecided = besideOne.filter((x) => {
      const first = splitLog(x, 0);
      const [rest = 0, error = 0] = logTail;
      return first + (rest - error) !== first + (rest + error);
    });
    assert.ok(undecided.length >= 3, String(undecided));
  });
});

describe("powers", () => {
  const bases = fc.oneof(fc.double({ min: 1e-300, max: 1, noNaN: true }), sized(1e10).map(Math.abs), nearOne);
  const exponents = fc.oneof(sized(100), sized(1e6), fc.integer({ min: -20, max: 20 }));

  it("P6 are within 0.51 units in the last place of the exact ones, 0.55 far from 1", () => {
    fc.assert(
      fc.property(bases, exponents, (base, exponent) => {
        const power = pow(base, exponent);
        if (!(power > 2 ** -1000 && power < infinity)) return;
        const exact = exactExp(times(floatOf(exponent), exactLog(floatOf(base), Math.log(base))));
        const most = power > 2 ** -200 && power < 2 ** 200 ? 0.51 : 0.55;
        assert.ok(ulpsOff(power, exact) <= most, `${base}^${exponent}: ${ulpsOff(power, exact)}`);
      }),
      { numRuns: 1_000 },
    );
  });

  it("are exact where a double is", () => {
    for (let n = -1074; n <= 1023; n += 1) assert.equal(pow(2, n), powersOfTwo[n + 1074]);
    for (let n = 1; n <= 22; n += 1) assert.equal(pow(10, n), Number(`1e${n}`));
    for (let n = 0; n < 2_000; n += 1) {
      assert.equal(pow(n * n, 0.5), n);
      assert.equal(pow(n / 7, 1), n / 7);
      assert.equal(pow(n, 3), n * n * n);
    }
  });

  it("have the special values of Math.pow, for bases of 0 or more", () => {
    const numbers = [0, -0, 1, 2, 0.5, infinity, Number.NaN, MIN_VALUE, MAX_VALUE];
    for (const base of numbers) {
      for (const exponent of [...numbers, -1, -2, -0.5, -infinity, -MIN_VALUE, -MAX_VALUE]) {
        const theirs = base ** exponent;
        // An odd power of -0 is the one that differs: there is no -0 for a base that stands for an amount.
        if (Number.isFinite(theirs) && theirs !== 0)
          assert.ok(Math.abs(pow(base, exponent) / theirs - 1) <= 2 * EPSILON);
        else assert.equal(Math.abs(pow(base, exponent)), Math.abs(theirs), `${base}^${exponent}`);
      }
    }
    assert.ok(Number.isNaN(pow(-1, 2)));
  });
});

describe("what the functions are made of", () => {
  it("P6 Math.sqrt, which the language leaves open too, is the nearest double here: as IEEE 754 has it", () => {
    fc.assert(
      fc.property(anyDouble.map(Math.abs), (x) => {
        const root = floatOf(Math.sqrt(x));
        const [below, above] = ([-1, 1] as const).map((by) =>
          plus(root, floatOf(neighbour(Math.sqrt(x), by))),
        );
        // Between the squares of the middles to its neighbours lies what it is the root of.
        const four = times({ mantissa: 4n, exponent: 0 }, floatOf(x));
        assert.ok(below !== undefined && above !== undefined);
        assert.ok(
          x === 0 ||
            (plus(four, minus(times(below, below))).mantissa >= 0n &&
              plus(four, minus(times(above, above))).mantissa <= 0n),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});

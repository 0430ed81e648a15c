import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import fc from "fast-check";
import { Adwin } from "./adwin.ts";
import { type Change, type ChangeDetector, joined, noValues, without, withValue } from "./change-detector.ts";
import { PageHinkley } from "./page-hinkley.ts";
import { dayAt, draws, randomNumbers } from "./sample-streams.ts";

const streams = 300;
const isInvalid = { code: "INPUT_INVALID" };

/** The values' places at which a change is called, on one stream. */
function callsOn(detector: ChangeDetector, values: number, valueAt: (index: number) => number): number[] {
  const calls: number[] = [];
  for (let index = 0; index < values; index += 1) {
    if (detector.add(valueAt(index), dayAt(index)) !== null) calls.push(index);
  }
  return calls;
}

/** The share of streams without any change on which one is called. */
function falseShare(
  start: () => ChangeDetector,
  values: number,
  draw: (random: () => number) => number,
): number {
  let called = 0;
  for (let seed = 1; seed <= streams; seed += 1) {
    const random = randomNumbers(seed);
    if (callsOn(start(), values, () => draw(random)).length > 0) called += 1;
  }
  return called / streams;
}

function tellShare(test: TestContext, what: string, share: number, bound: number): void {
  test.diagnostic(
    `${what}: ${(100 * share).toFixed(1)} % of streams (seeds 1 to ${streams}) are called falsely`,
  );
  assert.ok(share <= bound, `${what}: ${share} is above ${bound}`);
}

describe("PageHinkley", () => {
  for (const [name, draw] of Object.entries(draws)) {
    it(`calls at most 5 % of streams of 60 ${name} values falsely, and 15 % of those of 200`, (test) => {
      const start = () => new PageHinkley();
      tellShare(test, `60 ${name} values`, falseShare(start, 60, draw), 0.05);
      tellShare(test, `200 ${name} values`, falseShare(start, 200, draw), 0.15);
    });
  }

  it("calls a shift of one deviation within 80 values on 95 % of streams, in the right direction", (test) => {
    const delays: number[] = [];
    for (let seed = 1; seed <= streams; seed += 1) {
      const random = randomNumbers(seed);
      const shift = seed % 2 === 0 ? 1 : -1;
      const detector = new PageHinkley();
      for (let index = 0; index < 180; index += 1) {
        const value = draws.normal(random) + (index >= 100 ? shift : 0);
        const change = detector.add(value, dayAt(index));
        if (change === null || index < 100) continue;
        if (change.direction === (shift > 0 ? "rose" : "fell")) delays.push(index - 99);
        break;
      }
    }
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
    test.diagnostic(
      `called after ${mean.toFixed(1)} values on average, on ${delays.length} of ${streams} streams`,
    );
    assert.ok(delays.length >= 0.95 * streams);
    assert.ok(mean < 30);
  });

  it("dates a sharp change to its first value and tells both means", () => {
    const detector = new PageHinkley();
    let found: Change | null = null;
    for (let index = 0; index < 60 && found === null; index += 1) {
      found = detector.add((index % 2) * 0.1 + (index >= 41 ? 5 : 0), dayAt(index));
    }
    assert.equal(found?.since, dayAt(41));
    assert.equal(found?.direction, "rose");
    assert.ok(Math.abs((found?.before.mean ?? 0) - 0.05) < 0.01);
    assert.ok(Math.abs((found?.after.mean ?? 0) - 5.05) < 0.06);
  });

  it("does not mind the unit: values times a thousand, plus a constant, are called at the same places", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(1e-6, 3, 1e6), (seed, scale) => {
        const values = Array.from({ length: 150 }, stream(seed));
        const plain = callsOn(new PageHinkley(), 150, (index) => values[index] ?? 0);
        const scaled = callsOn(new PageHinkley(), 150, (index) => scale * ((values[index] ?? 0) + 1));
        assert.deepEqual(scaled, plain);
      }),
      { numRuns: 30 },
    );
  });

  it("equal values never give a change, and one outlier among them none", () => {
    const values = (index: number) => (index === 30 ? 1e15 : 7);
    assert.deepEqual(
      callsOn(new PageHinkley(), 100, () => 7),
      [],
    );
    assert.deepEqual(callsOn(new PageHinkley(), 60, values), []);
  });
});

/** Normal until the 75th value, and two deviations higher from then on. */
function stream(seed: number): (_: unknown, index: number) => number {
  const random = randomNumbers(seed);
  return (_, index) => draws.normal(random) + (index >= 75 ? 2 : 0);
}

describe("Adwin", () => {
  it("calls at most 5 % of streams of 1,000 losses falsely", (test) => {
    tellShare(
      test,
      "1000 losses",
      falseShare(() => new Adwin(), 1_000, draws.loss),
      0.05,
    );
  });

  it("calls a shift of a quarter of the range within 150 values, and forgets what was before", (test) => {
    let delays = 0;
    for (let seed = 1; seed <= 50; seed += 1) {
      const random = randomNumbers(seed);
      const detector = new Adwin();
      const calls = callsOn(detector, 1_000, (index) => 0.5 * random() + (index >= 500 ? 0.25 : 0));
      const first = calls.find((call) => call >= 500) ?? 1_000;
      assert.ok(first < 650, `seed ${seed}: ${first}`);
      assert.ok(detector.size.values <= 520, `seed ${seed}: ${detector.size.values}`);
      delays += first - 499;
    }
    test.diagnostic(`called after ${(delays / 50).toFixed(1)} values on average (seeds 1 to 50)`);
  });

  it("P8 remembers O(log n): after 100,000 values at most 5 buckets of each size", () => {
    const random = randomNumbers(11);
    const detector = new Adwin();
    for (let index = 0; index < 100_000; index += 1) {
      detector.add(random(), "2000-01-01");
      const { values, buckets } = detector.size;
      if (index % 997 === 0) assert.ok(buckets <= 5 * (Math.log2(values) + 1), `${buckets} for ${values}`);
    }
    assert.equal(detector.size.values, 100_000);
    assert.ok(JSON.stringify(detector.save()).length < 12_000);
  });

  it("P7 refuses values outside its range and ranges that are none", () => {
    assert.throws(() => new Adwin().add(1.01, "2000-01-01"), isInvalid);
    assert.throws(() => new Adwin({ low: 1, high: 1 }), isInvalid);
    assert.equal(new Adwin({ low: -2, high: 2 }).add(-1.5, "2000-01-01"), null);
  });
});

const kinds = { "page-hinkley": PageHinkley, adwin: Adwin } as const;

for (const [name, Detector] of Object.entries(kinds)) {
  describe(`every detector: ${name}`, () => {
    it("E1 goes on from its saved state as if never interrupted, and never says NaN", () => {
      const values = fc.array(fc.constantFrom(0, 0.1, 0.25, 0.5, 0.9, 1), { minLength: 30, maxLength: 200 });
      fc.assert(
        fc.property(values, fc.integer({ min: 0, max: 200 }), (list, cut) => {
          const whole = new Detector();
          let resumed = new Detector();
          list.forEach((value, index) => {
            if (index === cut) resumed = new Detector({}, JSON.parse(JSON.stringify(resumed.save())));
            const change = whole.add(value, dayAt(index));
            assert.deepEqual(resumed.add(value, dayAt(index)), change);
            if (change === null) return;
            for (const { mean, squares, count } of [change.before, change.after]) {
              assert.ok(Number.isFinite(mean) && squares >= 0 && count > 0);
            }
            assert.ok(change.since <= dayAt(index));
          });
          assert.ok(!JSON.stringify(whole.save()).includes("null,null"));
          assert.deepEqual(resumed.save(), whole.save());
        }),
        { numRuns: 60 },
      );
    });

    it("P7 refuses bad values, days, settings and states, and has not changed then", () => {
      const detector = new Detector();
      detector.add(0.5, "2000-01-01");
      const before = JSON.stringify(detector.save());
      assert.throws(() => detector.add(Number.NaN, "2000-01-01"), isInvalid);
      assert.throws(() => detector.add(Number.POSITIVE_INFINITY, "2000-01-01"), isInvalid);
      assert.throws(() => detector.add(0.5, "2000-02-30"), isInvalid);
      assert.equal(JSON.stringify(detector.save()), before);
      assert.throws(() => new Detector({ sensitivity: 1 }), isInvalid);
      assert.throws(() => new Detector({ threshold: -1, confidence: 2 }), isInvalid);
      assert.throws(() => new Detector({}, { all: 1, buckets: [{ count: 3 }] }), isInvalid);
    });
  });
}

it("stretches: the whole without a part is the rest", () => {
  const values = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(values, values, (first, second) => {
      const a = first.reduce(withValue, noValues);
      const b = second.reduce(withValue, noValues);
      const rest = without(joined(a, b), b);
      assert.equal(rest.count, a.count);
      assert.ok(Math.abs(rest.mean - a.mean) < 1e-9);
      assert.ok(Math.abs(rest.squares - a.squares) < 1e-6);
    }),
  );
});

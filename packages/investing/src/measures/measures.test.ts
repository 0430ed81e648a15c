import assert from "node:assert/strict";
import { it } from "node:test";
import type { Bar } from "@mycroft/sdk";
import fc from "fast-check";
import { dayOf, isoOf } from "../calendar-day.ts";
import { createMarketData } from "../data/market-data.ts";
import { barOf, monthEnds, walk, weekdays } from "../testing/market-fixtures.ts";
import { type Measure, measureAt } from "./measure.ts";
import { oneMonthReturn, trailingReturn, twelveMonthReturn } from "./trailing-return.ts";
import { trailingVolatility, trailingVolatilityWith } from "./trailing-volatility.ts";
import { trailingHigh, trailingMean } from "./trailing-window.ts";

function seriesOf(bars: readonly Bar[]) {
  const data = createMarketData({ source: "test", series: [{ symbol: "A", kind: "company", bars }] });
  return data.asOf("9999-12-31").series("A");
}

function valuesOf(bars: readonly Bar[], measure: Measure): (number | null)[] {
  const series = seriesOf(bars);
  return bars.map((_, index) => measureAt(series, measure, index));
}

function near(actual: number | null, expected: number | null): void {
  if (actual === null || expected === null) {
    assert.equal(actual, expected);
    return;
  }
  assert.ok(
    Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );
}

/** Bars on days with gaps of 1 to `maxGap` days. */
const bars = (maxGap: number) =>
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: maxGap }), fc.double({ min: 0.5, max: 2, noNaN: true })), {
      minLength: 1,
      maxLength: 60,
    })
    .map((steps) => {
      let day = dayOf("2010-01-01");
      return steps.map(([gap, price]) => {
        day += gap;
        return barOf(isoOf(day), price);
      });
    });

it("a return looks back by the calendar: the nearest bar within ten days of the target", () => {
  fc.assert(
    fc.property(bars(12), fc.integer({ min: 5, max: 90 }), (list, days) => {
      const measured = valuesOf(list, trailingReturn(days));
      for (const [index, bar] of list.entries()) {
        const target = dayOf(bar.date) - days;
        const known = list
          .slice(0, index + 1)
          .map((one) => ({ gap: Math.abs(dayOf(one.date) - target), one }));
        const best = known.reduce((a, b) => (b.gap < a.gap ? b : a));
        const expected = best.gap > 10 ? null : Math.log(bar.adjClose / best.one.adjClose);
        near(measured[index] ?? null, expected);
      }
    }),
  );
});

it("twelve months and one month are the same months on daily and on monthly bars", () => {
  const months = monthEnds("2001-01-31", 30).map((date, index) => barOf(date, 100 * 1.01 ** index));
  const yearly = valuesOf(months, twelveMonthReturn);
  const monthly = valuesOf(months, oneMonthReturn);
  assert.ok(yearly.slice(0, 12).every((value) => value === null));
  for (const value of yearly.slice(12)) near(value, 12 * Math.log(1.01));
  for (const value of monthly.slice(1)) near(value, Math.log(1.01));
  const days = walk(weekdays("2010-01-04", 400), 3);
  const index = 390;
  const bar = days[index];
  const then = days.find(({ date }) => date >= isoOf(dayOf(bar?.date ?? "") - 365));
  near(
    valuesOf(days, twelveMonthReturn)[index] ?? null,
    Math.log((bar?.adjClose ?? 0) / (then?.adjClose ?? 0)),
  );
});

it("volatility is the weighted root mean square of returns over time", () => {
  fc.assert(
    fc.property(bars(20), fc.integer({ min: 5, max: 400 }), (list, halfLifeDays) => {
      const measured = valuesOf(list, trailingVolatilityWith({ halfLifeDays, minReturns: 2, minDays: 10 }));
      for (const [index, bar] of list.entries()) {
        let squares = 0;
        let time = 0;
        for (let i = 1; i <= index; i += 1) {
          const [before, now] = [list[i - 1], list[i]];
          if (before === undefined || now === undefined) continue;
          const weight = 2 ** ((dayOf(now.date) - dayOf(bar.date)) / halfLifeDays);
          squares += weight * Math.log(now.adjClose / before.adjClose) ** 2;
          time += (weight * (dayOf(now.date) - dayOf(before.date))) / 365.25;
        }
        const enough = index >= 2 && dayOf(bar.date) - dayOf(list[0]?.date ?? "") >= 10;
        const expected = enough ? Math.sqrt(squares / time) : null;
        near(measured[index] ?? null, expected !== null && expected < 0.001 ? null : expected);
      }
    }),
  );
});

it("volatility finds back the volatility that a walk was made with, by day and by month", () => {
  const daily = valuesOf(walk(weekdays("2010-01-04", 1_000), 11, 0.01), trailingVolatility).at(-1) ?? 0;
  const monthly = valuesOf(walk(monthEnds("2000-01-31", 200), 12, 0.05), trailingVolatility).at(-1) ?? 0;
  assert.ok(Math.abs(daily - 0.01 * Math.sqrt(261)) < 0.02, String(daily));
  assert.ok(Math.abs(monthly - 0.05 * Math.sqrt(12)) < 0.06, String(monthly));
});

it("a price that does not move has no volatility", () => {
  const flat = weekdays("2010-01-04", 200).map((date) => barOf(date, 10));
  assert.deepEqual(new Set(valuesOf(flat, trailingVolatility)), new Set([null]));
});

it("mean and high are those of the window's bars", () => {
  fc.assert(
    fc.property(bars(9), fc.integer({ min: 11, max: 60 }), (list, days) => {
      const means = valuesOf(list, trailingMean(days));
      const highs = valuesOf(list, trailingHigh(days));
      for (const [index, bar] of list.entries()) {
        const now = dayOf(bar.date);
        const window = list.slice(0, index + 1).filter((one) => dayOf(one.date) > now - days);
        const covered = now - dayOf(list[0]?.date ?? "") >= days - 10;
        const prices = window.map((one) => one.adjClose);
        near(means[index] ?? null, covered ? prices.reduce((a, b) => a + b, 0) / prices.length : null);
        near(highs[index] ?? null, covered ? Math.max(...prices) : null);
      }
    }),
  );
});

it("long histories keep only what a look-back can reach, and give the same values", () => {
  const long = walk(weekdays("1990-01-01", 5_000), 8);
  const measured = valuesOf(long, oneMonthReturn);
  const tail = long.slice(-200);
  const alone = valuesOf(tail, oneMonthReturn);
  assert.deepEqual(measured.slice(-150), alone.slice(-150));
  assert.deepEqual(valuesOf(long, trailingHigh(60)).slice(-50), valuesOf(tail, trailingHigh(60)).slice(-50));
});

/** The calendar against the days on which prices were really made. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { isoOf } from "../calendar-day.ts";
import { bundledDataFolder } from "../data/bundled-data.ts";
import { leanFile, missing, stocknetFile, vixFile } from "../testing/shared-data.ts";
import { nyse } from "./nyse.ts";
import { nyseClosings } from "./nyse-closings.ts";

/** Every day from the first to the last of a file's days. */
async function compare(file: string) {
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
  const traded = new Set(lines.flatMap((line) => line.match(/^\d{4}-\d{2}-\d{2}/) ?? []));
  const days = [...traded].sort();
  const first = Date.parse(days[0] ?? "") / 86_400_000;
  const last = Date.parse(days.at(-1) ?? "") / 86_400_000;
  const all = Array.from({ length: last - first + 1 }, (_, index) => isoOf(first + index));
  return {
    count: days.length,
    openWithoutPrice: all.filter((date) => nyse.isTradingDay(date) && !traded.has(date)),
    closedWithPrice: all.filter((date) => !nyse.isTradingDay(date) && traded.has(date)),
  };
}

describe("the calendar of the New York Stock Exchange", () => {
  it("is the S&P 500's from 2000-01-03 to 2020-04-17, day for day", async () => {
    const { count, openWithoutPrice, closedWithPrice } = await compare(
      join(bundledDataFolder(), "sp500-2000.csv"),
    );
    assert.equal(count, 5_105);
    assert.deepEqual([openWithoutPrice, closedWithPrice], [[], []]);
  });

  for (const [file, traded] of [
    [leanFile, 2_264],
    [stocknetFile, 837],
  ] as const) {
    it(`is that of ${file.split("/").at(-1)}, day for day`, { skip: missing(file) }, async () => {
      const { count, openWithoutPrice, closedWithPrice } = await compare(file);
      assert.equal(count, traded);
      assert.deepEqual([openWithoutPrice, closedWithPrice], [[], []]);
    });
  }

  it("is the VIX's, but for a day that its file fills in with the day before", {
    skip: missing(vixFile),
  }, async () => {
    const { openWithoutPrice, closedWithPrice } = await compare(vixFile);
    assert.deepEqual([openWithoutPrice, closedWithPrice], [[], ["2004-06-11"]]);
  });

  it("has the holidays that the exchange announced for 2024 to 2027", () => {
    const announced = [
      "2024: 01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25",
      "2025: 01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25",
      "2026: 01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25",
      "2027: 01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24",
    ];
    for (const line of announced) {
      const year = line.slice(0, 4);
      const first = Date.parse(`${year}-01-01`) / 86_400_000;
      const all = Array.from({ length: 366 }, (_, index) => isoOf(first + index)).filter((date) =>
        date.startsWith(year),
      );
      const isWeekday = (date: string) => ![0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay());
      const closed = all.filter((date) => isWeekday(date) && !nyse.isTradingDay(date));
      assert.equal(`${year}: ${closed.map((date) => date.slice(5)).join(" ")}`, line);
    }
  });

  it("lists only closings that the rules do not have, and trades on the days around them", () => {
    for (const date of nyseClosings.keys()) {
      const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
      assert.ok(weekday !== 0 && weekday !== 6, date);
      assert.equal(nyse.isTradingDay(date), false);
    }
    assert.ok(nyse.isTradingDay("2001-09-10") && nyse.isTradingDay("2001-09-17"));
    assert.ok(nyse.isTradingDay("2012-10-26") && nyse.isTradingDay("2012-10-31"));
    // No holiday when New Year's Day is a Saturday; Juneteenth only since 2022.
    assert.ok(nyse.isTradingDay("2021-12-31") && nyse.isTradingDay("2021-06-18"));
    assert.equal(nyse.isTradingDay("2022-06-20"), false);
  });

  it("is the same wherever the machine stands", async (test) => {
    const before = process.env["TZ"];
    test.after(() => {
      if (before === undefined) delete process.env["TZ"];
      else process.env["TZ"] = before;
    });
    const days = Array.from({ length: 3 * 366 }, (_, index) => isoOf(14_600 + index));
    const here = days.filter((date) => nyse.isTradingDay(date));
    for (const zone of ["Pacific/Kiritimati", "Pacific/Apia", "America/Sao_Paulo", "Asia/Beirut"]) {
      process.env["TZ"] = zone;
      const there: typeof import("./nyse.ts") = await import(`./nyse.ts?${zone}`);
      assert.notEqual(there.nyse, nyse, "a module of its own, which knows no year yet");
      assert.deepEqual(
        days.filter((date) => there.nyse.isTradingDay(date)),
        here,
        zone,
      );
    }
  });

  it("P7 refuses what is no day, and what lies before it", () => {
    for (const text of ["", "2024-02-30", "2024-2-3", "today", "2024-01-01T00:00:00Z"]) {
      assert.throws(() => nyse.isTradingDay(text), { code: "INPUT_INVALID" });
    }
    assert.throws(() => nyse.isTradingDay("1971-12-31"), { code: "DATE_OUT_OF_RANGE", message: /1972/ });
  });
});

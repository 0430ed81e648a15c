import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { it } from "node:test";
import { bundledDataFolder, loadBundledData } from "./bundled-data.ts";

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Read by hand, so that the test does not rest on the code under test. */
async function rowsOf(file: string): Promise<string[][]> {
  const text = await readFile(join(bundledDataFolder(), file), "utf8");
  const rows = text.trim().split("\n").slice(1);
  return rows.map((row) => row.split(","));
}

function monthOf(firstDay = ""): string {
  const [name = "", , year] = firstDay.split(" ");
  return `${year}-${String(months.indexOf(name) + 1).padStart(2, "0")}`;
}

async function lastCloses(): Promise<ReadonlyMap<string, { date: string; close: number }>> {
  const daily = await rowsOf("sp500-2000.csv");
  return new Map(daily.map(([date = "", , , , close]) => [date.slice(0, 7), { date, close: Number(close) }]));
}

it("the proof: the file's monthly rows, dated the first, hold the close of the month's end", async () => {
  const ends = await lastCloses();
  const daily = new Map(
    (await rowsOf("sp500-2000.csv")).map(([date = "", , , , close]) => [date, Number(close)]),
  );
  const monthly = await rowsOf("sp500.csv");
  assert.equal(monthly[0]?.[0], "Jan 1 2000");
  assert.equal(monthly[0]?.[1], "1394.46");
  assert.equal(ends.get("2000-01")?.date, "2000-01-31");
  const gaps = monthly.map(([day, price]) => Math.abs(Number(price) - (ends.get(monthOf(day))?.close ?? 0)));
  assert.equal(gaps.length, 123);
  assert.ok(gaps.slice(0, -1).every((gap) => gap <= 0.0051));
  // The last month was in progress when the file was drawn, nine days in.
  assert.equal(monthly.at(-1)?.[0], "Mar 1 2010");
  assert.ok(Math.abs(Number(monthly.at(-1)?.[1]) - (daily.get("2010-03-09") ?? 0)) <= 0.0051);
  assert.ok((gaps.at(-1) ?? 0) > 25);
});

it("P5 each monthly price is known on the last trading day of its month, and not before", async () => {
  const { data } = await loadBundledData();
  const ends = await lastCloses();
  const rows = (await rowsOf("stocks.csv")).filter(([, day]) => day !== "Mar 1 2010");
  assert.equal(rows.length, 555);
  for (const [symbol = "", day, price] of rows) {
    const end = ends.get(monthOf(day))?.date ?? "";
    const series = data.asOf(end).series(symbol);
    assert.deepEqual(
      [series.bar(series.length - 1).date, series.bar(series.length - 1).close],
      [end, Number(price)],
    );
  }
  const early = data.asOf("2004-09-29");
  assert.equal(early.series("GOOG").bar(early.series("GOOG").length - 1).date, "2004-08-31");
  assert.throws(() => data.asOf("2004-08-30").series("GOOG"), { code: "SYMBOL_UNKNOWN" });
});

it("ends on 2010-02-26: the month in progress is left out, and the report says so", async () => {
  const { data, report } = await loadBundledData();
  assert.equal(data.firstDate, "2000-01-31");
  assert.equal(data.lastDate, "2010-02-26");
  const view = data.asOf(data.lastDate);
  assert.deepEqual(view.symbols(), ["AAPL", "AMZN", "GOOG", "IBM", "MSFT"]);
  assert.equal(view.series("AAPL").bar(121).close, 204.62);
  assert.equal(data.asOf("2020-12-31").series("AAPL").length, 122);
  assert.equal(view.index, "^GSPC");
  assert.equal(data.asOf("2020-12-31").series("^GSPC").length, 5_105);
  assert.deepEqual(
    report.files.map((file) => [file.rowsRead, file.rowsUsed, file.rowsRejected]),
    [
      [560, 555, 0],
      [5_105, 5_105, 0],
    ],
  );
  assert.match(report.files[0]?.notes.join(" ") ?? "", /5 rows of 2010-03 are left out/);
});

it("is the same data every time", async () => {
  const [first, second] = [await loadBundledData(), await loadBundledData()];
  assert.equal(first.data.hash, second.data.hash);
});

/** Loads the real files of `../shared/data` as they are. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import {
  leanFile,
  missing,
  reportsFile,
  sentimentFile,
  stocknetFile,
  vixFile,
} from "../testing/shared-data.ts";
import { loadCsv } from "./csv-provider.ts";

/** What the report must say of a price file, found by splitting its lines at commas. */
async function survey(file: string) {
  const rows = (await readFile(file, "utf8")).trimEnd().split("\n").slice(1);
  const empty = rows.flatMap((row, index) =>
    row
      .split(",")
      .slice(2)
      .some((field) => field === "")
      ? [index + 2]
      : [],
  );
  return { rows: rows.length, empty, symbols: new Set(rows.map((row) => row.split(",")[1])).size };
}

it("stocknet: every row is used, or empty and reported by its line", {
  skip: missing(stocknetFile),
}, async () => {
  const expected = await survey(stocknetFile);
  const { data, report } = await loadCsv(stocknetFile);
  assert.equal(report.rowsRead, 71_668);
  assert.equal(report.rowsRejected, expected.empty.length);
  assert.deepEqual(
    report.files[0]?.examples.map(({ line }) => line),
    expected.empty.slice(0, 5),
  );
  assert.deepEqual([data.firstDate, data.lastDate], ["2012-09-04", "2015-12-31"]);
  const view = data.asOf(data.lastDate);
  assert.equal(view.symbols().length, expected.symbols);
  assert.equal(view.series("BRK-A").length, 837);
  assert.equal(view.series("AAPL").bar(0).adjClose, 87.12114);
  assert.throws(() => view.series("BRK.A"), { code: "SYMBOL_UNKNOWN", message: /Did you mean BRK-A\?/ });
});

it("the first rows of stocknet, three of them emptied: exactly these are rejected", {
  skip: missing(stocknetFile),
}, async (test) => {
  const folder = await mkdtemp(join(tmpdir(), "mycroft-dirt-"));
  test.after(() => rm(folder, { recursive: true, force: true }));
  const lines = (await readFile(stocknetFile, "utf8")).split("\n").slice(0, 5_001);
  for (const line of [1_000, 3_000, 5_001]) {
    const [date, ticker] = lines[line - 1]?.split(",") ?? [];
    lines[line - 1] = `${date},${ticker},,,,,,`;
  }
  const path = join(folder, "dirty.csv");
  await writeFile(path, lines.join("\n"));
  const { report } = await loadCsv(path);
  assert.deepEqual([report.rowsRead, report.rowsUsed, report.rowsRejected], [5_000, 4_997, 3]);
  assert.deepEqual(report.files[0]?.problems, { empty: 3 });
  assert.deepEqual(
    report.files[0]?.examples.map(({ line, field, problem }) => [line, field, problem]),
    [
      [1_000, "close", "empty"],
      [3_000, "close", "empty"],
      [5_001, "close", "empty"],
    ],
  );
  await assert.rejects(loadCsv(path, { strict: true }), {
    code: "DATA_ROW_INVALID",
    message: /^3 of 5000 rows/,
  });
});

it("lean: every row is used, with SPY as the index", { skip: missing(leanFile) }, async () => {
  const { data, report } = await loadCsv(leanFile, { index: "SPY" });
  assert.deepEqual([report.rowsRead, report.rowsUsed], [28_549, 28_549]);
  const view = data.asOf("2018-12-31");
  assert.equal(view.index, "SPY");
  assert.equal(view.symbols().length, 13);
  assert.equal(view.series("SPY").bar(0).close, 113.33);
});

it("the VIX: its symbol by option; four opens that cannot be are dropped and reported", {
  skip: missing(vixFile),
}, async () => {
  const { data, report } = await loadCsv(vixFile, { symbol: "^VIX" });
  assert.deepEqual([report.rowsRead, report.rowsUsed, report.fieldsDropped], [4_780, 4_780, 4]);
  assert.deepEqual(
    report.files[0]?.examples.map(({ line, field }) => [line, field]),
    [
      [676, "OPEN"],
      [1_212, "OPEN"],
      [1_221, "OPEN"],
      [1_536, "OPEN"],
    ],
  );
  assert.deepEqual([data.firstDate, data.lastDate], ["2000-01-03", "2018-12-31"]);
  await assert.rejects(loadCsv(vixFile), { code: "DATA_COLUMN_MISSING", message: /symbol or ticker/ });
});

it("tweets and reports beside stocknet: every row is used, each from the day on which it was known", {
  skip: missing(stocknetFile) || missing(sentimentFile) || missing(reportsFile),
}, async () => {
  const { data, report } = await loadCsv(stocknetFile, { facts: [sentimentFile, reportsFile] });
  const [, tweets, reports] = report.files;
  assert.deepEqual([tweets?.rowsRead, tweets?.rowsUsed, tweets?.fieldsDropped], [25_711, 25_711, 0]);
  assert.deepEqual([reports?.rowsRead, reports?.rowsUsed, reports?.fieldsDropped], [197, 197, 0]);
  const reportOf = (asOf: string) => {
    const facts = data.asOf(asOf).facts("AAPL", "fundamentals");
    return facts.length === 0 ? null : facts.record(facts.length - 1);
  };
  assert.equal(reportOf("2015-04-27"), null);
  assert.equal(reportOf("2015-04-28")?.periodEnd, "2015-03-28");
  assert.equal(reportOf("2015-10-27")?.values["months"], 3);
  assert.equal(reportOf("2015-10-28")?.values["months"], 12);
  assert.equal(data.asOf("2014-01-02").facts("AAPL", "sentiment").length, 2);
  const { data: plain } = await loadCsv(stocknetFile);
  assert.notEqual(plain.hash, data.hash);
  assert.equal(plain.hash, "55d67c9b94e4ba65d3f0cc2c596e42a7b8d1e1b2d6aeb60a2750e7cc784011ce");
});

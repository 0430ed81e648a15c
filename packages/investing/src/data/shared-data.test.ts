/** Loads the real files of `../shared/data` as they are. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { leanFile, missing, stocknetFile, vixFile } from "../testing/shared-data.ts";
import { loadCsv } from "./csv-provider.ts";

/** What the report must say of a price file, found by splitting its lines at commas. */
async function survey(file: string) {
  const rows = (await readFile(file, "utf8")).trimEnd().split("\n").slice(1);
  const empty = rows.flatMap((row, index) => (row.split(",").slice(2).some((field) => field === "") ? [index + 2] : []));
  return { rows: rows.length, empty, symbols: new Set(rows.map((row) => row.split(",")[1])).size };
}

for (const file of [stocknetFile, leanFile]) {
  it(`loads ${file.split("/").at(-1)}: every row is used, or empty and reported by its line`, { skip: missing(file) }, async () => {
    const expected = await survey(file);
    const { data, report } = await loadCsv(file);
    assert.equal(report.rowsRead, expected.rows);
    assert.equal(report.rowsRejected, expected.empty.length);
    assert.deepEqual(report.files[0]?.examples.map(({ line }) => line), expected.empty.slice(0, 5));
    assert.equal(data.asOf("2099-01-01").symbols().length, expected.symbols);
  });
}

it("stocknet: 87 companies, 837 days, no row lost", { skip: missing(stocknetFile) }, async () => {
  const { data, report } = await loadCsv(stocknetFile);
  assert.deepEqual([data.firstDate, data.lastDate], ["2012-09-04", "2015-12-31"]);
  const view = data.asOf(data.lastDate);
  assert.equal(view.series("BRK-A").length, 837);
  assert.equal(view.series("AAPL").bar(0).adjClose, 87.12114);
  assert.throws(() => view.series("BRK.A"), { code: "SYMBOL_UNKNOWN", message: /Did you mean BRK-A\?/ });
  assert.equal(report.rowsUsed + report.rowsRejected, 71_668);
});

it("stocknet with three rows emptied: exactly these are rejected", { skip: missing(stocknetFile) }, async (test) => {
  const folder = await mkdtemp(join(tmpdir(), "mycroft-dirt-"));
  test.after(() => rm(folder, { recursive: true, force: true }));
  const lines = (await readFile(stocknetFile, "utf8")).split("\n");
  const emptied = [1_000, 30_000, 71_669];
  for (const line of emptied) {
    const [date, ticker] = lines[line - 1]?.split(",") ?? [];
    lines[line - 1] = `${date},${ticker},,,,,,`;
  }
  const path = join(folder, "dirty.csv");
  await writeFile(path, lines.join("\n"));
  const { report } = await loadCsv(path);
  assert.deepEqual([report.rowsRead, report.rowsUsed, report.rowsRejected], [71_668, 71_665, 3]);
  assert.deepEqual(report.files[0]?.problems, { empty: 3 });
  assert.deepEqual(report.files[0]?.examples.map(({ line, field, problem }) => [line, field, problem]), [
    [1_000, "close", "empty"],
    [30_000, "close", "empty"],
    [71_669, "close", "empty"],
  ]);
  await assert.rejects(loadCsv(path, { strict: true }), { code: "DATA_ROW_INVALID", message: /^3 of 71668 rows/ });
});

it("lean: SPY as the index", { skip: missing(leanFile) }, async () => {
  const { data } = await loadCsv(leanFile, { index: "SPY" });
  const view = data.asOf("2018-12-31");
  assert.equal(view.index, "SPY");
  assert.equal(view.symbols().length, 13);
  assert.equal(view.series("SPY").bar(0).close, 113.33);
});

it("the VIX: its symbol by option; four opens that cannot be are dropped and reported", { skip: missing(vixFile) }, async () => {
  const { data, report } = await loadCsv(vixFile, { symbol: "^VIX" });
  assert.deepEqual([report.rowsRead, report.rowsUsed, report.fieldsDropped], [4_780, 4_780, 4]);
  assert.deepEqual(report.files[0]?.examples.map(({ line, field }) => [line, field]), [
    [676, "OPEN"],
    [1_212, "OPEN"],
    [1_221, "OPEN"],
    [1_536, "OPEN"],
  ]);
  assert.deepEqual([data.firstDate, data.lastDate], ["2000-01-03", "2018-12-31"]);
  await assert.rejects(loadCsv(vixFile), { code: "DATA_COLUMN_MISSING", message: /symbol or ticker/ });
});

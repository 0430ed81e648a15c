import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { FactCsvFile } from "./csv-facts.ts";
import { loadCsv } from "./csv-provider.ts";

const folder = mkdtempSync(join(tmpdir(), "mycroft-facts-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, ...lines: readonly (string | Uint8Array)[]): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    Buffer.concat(lines.map((line) => Buffer.concat([Buffer.from(line), Buffer.from("\n")]))),
  );
  return path;
}

const prices = write(
  "prices.csv",
  "date,symbol,close",
  "2015-01-02,ONE,10",
  "2015-06-30,ONE,11",
  "2015-12-31,TWO,5",
);
const sentimentHeader = "ticker,date,n_tweets,n_unique,mean_compound,share_pos,share_neg";
const reportHeader =
  "symbol,available_date,end_date,doc_type,period_focus,revenues,net_income,eps_diluted,assets";

async function load(facts: string | FactCsvFile | readonly (string | FactCsvFile)[], strict = false) {
  const files = Array.isArray(facts) ? facts : [facts as string | FactCsvFile];
  const { data, report } = await loadCsv(prices, { facts: files, strict });
  return { view: data.asOf("2015-12-31"), data, report, file: report.files[1] };
}

describe("facts from CSV files", () => {
  it("the kind is found from the columns; values have plain names; a day's mood is known at its end", async () => {
    const path = write(
      "mood.csv",
      sentimentHeader,
      "one,2015-01-05,8,5,-0.0835,0.4,0.2",
      "ONE,2015-01-04,2,2,0.5,1,0",
    );
    const { view, file } = await load(path);
    const facts = view.facts("ONE", "sentiment");
    assert.deepEqual([facts.length, facts.source, facts.kind], [2, "mood.csv", "sentiment"]);
    assert.deepEqual(facts.record(1), {
      date: "2015-01-05",
      periodEnd: "2015-01-05",
      values: { meanCompound: -0.0835, tweets: 8, uniqueTweets: 5, sharePositive: 0.4, shareNegative: 0.2 },
    });
    assert.equal(view.at("2015-01-04").facts("ONE", "sentiment").length, 1);
    assert.deepEqual(file?.facts, { kind: "sentiment", symbols: 1 });
    assert.deepEqual(file?.problems, {});
  });

  it("P5 a report counts from its available_date, not from its period's end", async () => {
    const path = write(
      "reports.csv",
      reportHeader,
      "ONE,2015-04-28,2015-03-28,10-Q,Q2,580,135,2.33,2611",
      "ONE,2015-10-28,2015-09-26,10-K,FY,2337,533,9.22,2904",
    );
    const { view, file } = await load(path);
    assert.equal(view.at("2015-04-27").facts("ONE", "fundamentals").length, 0);
    assert.equal(view.at("2015-04-27").facts("ONE", "fundamentals").source, "");
    const [quarter, year] = [0, 1].map((index) => view.facts("ONE", "fundamentals").record(index));
    assert.deepEqual(
      [quarter?.date, quarter?.periodEnd, quarter?.values],
      [
        "2015-04-28",
        "2015-03-28",
        { months: 3, revenues: 580, netIncome: 135, epsDiluted: 2.33, assets: 2611 },
      ],
    );
    assert.equal(year?.values["months"], 12);
    assert.deepEqual(file?.notes, [
      "Facts (fundamentals) of 1 symbol.",
      "Columns that are not used: doc_type.",
    ]);
  });

  it("P5 reports without a day of publication are refused, and so is any file that only says what it is about", async () => {
    const undated = write("undated.csv", "symbol,date,period_focus,revenues", "ONE,2015-03-31,Q1,5");
    await assert.rejects(load(undated), {
      code: "DATA_COLUMN_MISSING",
      message: /undated\.csv .*available_date/,
    });
    const ended = write("ended.csv", "symbol,date,end_date,score", "ONE,2015-03-31,2015-03-31,5");
    await assert.rejects(load({ path: ended, kind: "esg" }), {
      code: "DATA_COLUMN_MISSING",
      message: /available_date/,
    });
  });

  it("P5 a row that was known before its period ended is dirt", async () => {
    const path = write(
      "early.csv",
      reportHeader,
      "ONE,2015-03-27,2015-03-28,,Q2,1,1,1,1",
      "ONE,2015-04-28,2015-03-28,,Q2,1,1,1,1",
    );
    const { file } = await load(path);
    assert.deepEqual(file?.examples[0], {
      file: path,
      line: 2,
      field: "available_date",
      value: "2015-03-27",
      problem: "beforePeriodEnd",
      effect: "rowRejected",
    });
  });

  it("P7 every bad row and value is reported with line, field and value, and nothing else is lost", async () => {
    const path = write(
      "dirt.csv",
      sentimentHeader,
      "ONE,2015-01-05,8,5,0.1,0.4,0.2",
      "ONE,2015-01-06,8,5,1.5,0.4,0.2",
      "ONE,2015-01-07,,5,0.1,0.4,0.2",
      "ONE,2015-13-07,8,5,0.1,0.4,0.2",
      "O NE,2015-01-07,8,5,0.1,0.4,0.2",
      "ONE,2015-01-07,8,5,0.1,0.4",
      "ONE,2015-01-05,9,5,0.9,0.4,0.2",
      "",
      "ONE,2015-01-08,8,x,0.1,1.4,",
      Buffer.from([0x4f, 0xff, 0x2c, 0x61, 0x2c, 0x2c, 0x2c, 0x2c, 0x2c]),
    );
    const { view, file } = await load(path);
    assert.deepEqual(file?.problems, {
      outOfBounds: 2,
      empty: 2,
      unknownDate: 1,
      badSymbol: 1,
      fieldCount: 1,
      duplicate: 1,
      notANumber: 1,
      malformedText: 1,
    });
    assert.deepEqual(
      file?.examples.map(({ line, field, effect }) => [line, field, effect]),
      [
        [3, "mean_compound", "rowRejected"],
        [4, "n_tweets", "rowRejected"],
        [5, "date", "rowRejected"],
        [6, "ticker", "rowRejected"],
        [7, "row", "rowRejected"],
        [8, "row", "rowRejected"],
        [9, "row", "rowRejected"],
        [10, "n_unique", "fieldDropped"],
        [10, "share_pos", "fieldDropped"],
        [11, "ticker", "rowRejected"],
      ],
    );
    assert.deepEqual(
      [file?.rowsRead, file?.rowsUsed, file?.rowsRejected, file?.fieldsDropped],
      [10, 2, 8, 2],
    );
    const last = view.facts("ONE", "sentiment").record(1).values;
    assert.deepEqual(last, { meanCompound: 0.1, tweets: 8 });
    await assert.rejects(load(path, true), {
      code: "DATA_ROW_INVALID",
      message: /^8 of 13 rows .*dirt\.csv, line 3/,
    });
  });

  it("the first of two rows counts across files; two periods known on one day are two records", async () => {
    const row = "ONE,2015-08-01,2015-06-30,,Q2";
    const first = write("first.csv", reportHeader, `${row},7,1,1,1`, "ONE,2015-08-01,2015-03-31,,Q1,6,1,1,1");
    const second = write(
      "second.csv",
      reportHeader,
      `${row},8,1,1,1`,
      "TWO,2015-08-01,2015-06-30,,Q2,9,1,1,1",
    );
    const { view, report } = await load([first, second]);
    const facts = view.facts("ONE", "fundamentals");
    assert.deepEqual(
      [0, 1].map((index) => [facts.record(index).periodEnd, facts.record(index).values["revenues"]]),
      [
        ["2015-03-31", 6],
        ["2015-06-30", 7],
      ],
    );
    assert.equal(facts.source, "first.csv, second.csv");
    assert.equal(report.files[2]?.examples[0]?.value, "ONE 2015-08-01 (to 2015-06-30)");
  });

  it("a kind of one's own takes every other column as a number", async () => {
    const path = write(
      "own.csv",
      "Symbol,Date,Short Interest,days-to-cover",
      "ONE,2015-02-01,0.12,3",
      "ONE,2015-03-01,n/a,4",
    );
    await assert.rejects(load(path), { code: "DATA_COLUMN_MISSING", message: /no kind was stated/ });
    const { view, file } = await load({ path, kind: "shorts" });
    const facts = view.facts("ONE", "shorts");
    assert.deepEqual(facts.record(0).values, { shortInterest: 0.12, daysToCover: 3 });
    assert.deepEqual(facts.record(1).values, { daysToCover: 4 });
    assert.deepEqual(file?.problems, { notANumber: 1 });
    const hostile = write("hostile.csv", "symbol,date,constructor", "ONE,2015-02-01,1");
    await assert.rejects(load({ path: hostile, kind: "x" }), {
      code: "DATA_COLUMN_MISSING",
      message: /"constructor"/,
    });
    await assert.rejects(load({ path, kind: "to String" }), { code: "INPUT_INVALID" });
  });

  it("P7 headers that cannot be read are refused, naming the file", async () => {
    const refused = [
      ["symbol,date,n_tweets,n-tweets,mean_compound", /more than one column named ntweets/],
      ["date,n_tweets,mean_compound", /symbol or ticker/],
      ["symbol,n_tweets,mean_compound", /date or available_date/],
      ["symbol,date", /no kind was stated/],
    ] as const;
    for (const [header, message] of refused) {
      const path = write("header.csv", header, "ONE,2015-01-01,1,1,1");
      await assert.rejects(load(path), { code: "DATA_COLUMN_MISSING", message }, header);
    }
    const noColumn = write("no-column.csv", "symbol,date,n_tweets", "ONE,2015-01-01,1");
    await assert.rejects(load({ path: noColumn, kind: "sentiment" }), {
      message: /no column for meanCompound/,
    });
    await assert.rejects(load(write("unusable.csv", sentimentHeader, "ONE,x,1,1,1,1,1")), {
      code: "DATA_EMPTY",
      message: /unusable\.csv holds no usable row .*line 2: date "x"/,
    });
    await assert.rejects(load(join(folder, "nowhere.csv")), { code: "DATA_FILE_UNREADABLE" });
    await assert.rejects(load(write("blank.csv", "", "")), { code: "DATA_EMPTY" });
    const wide = write(
      "wide.csv",
      ["symbol", "date", ...Array.from({ length: 300 }, (_, at) => `c${at}`)].join(),
    );
    await assert.rejects(load({ path: wide, kind: "x" }), { code: "LIMIT_EXCEEDED" });
  });

  it("facts about symbols without prices are noted", async () => {
    const path = write(
      "strangers.csv",
      sentimentHeader,
      "ONE,2015-01-05,8,5,0.1,0.4,0.2",
      "ELSE,2015-01-05,8,5,0.1,0.4,0.2",
    );
    const { file } = await load(path);
    assert.equal(file?.notes[0], "Facts (sentiment) of 2 symbols, 1 of them without prices (ELSE).");
  });
});

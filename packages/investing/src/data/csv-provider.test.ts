import assert from "node:assert/strict";
import { mkdir, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { type CsvOptions, loadCsv } from "./csv-provider.ts";
import { parseCsvDate } from "./csv-row.ts";
import { describeRowProblem } from "./load-report.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "mycroft-csv-"));
});
after(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function fileOf(content: string | Uint8Array): Promise<string> {
  files += 1;
  const path = join(folder, `file-${files}.csv`);
  await writeFile(path, content);
  return path;
}

async function load(content: string | Uint8Array, options: CsvOptions = {}) {
  const path = await fileOf(content);
  return { path, ...(await loadCsv(path, options)) };
}

/** Symbol, date and close of everything that was loaded. */
function closes({ data }: Awaited<ReturnType<typeof loadCsv>>): string[] {
  const view = data.asOf("9999-12-31");
  return view.symbols().flatMap((symbol) => {
    const series = view.series(symbol);
    return Array.from({ length: series.length }, (_, index) => {
      const { date, close } = series.bar(index);
      return `${symbol} ${date} ${close}`;
    });
  });
}

const header = "date,symbol,open,high,low,close,adj_close,volume";

describe("the long format", () => {
  it("needs only date, symbol and close; names have any case, order and spelling", async () => {
    const plain = await load("date,ticker,close\n2020-01-02,AAA,10\n2020-01-03,AAA,11\n");
    assert.deepEqual(closes(plain), ["AAA 2020-01-02 10", "AAA 2020-01-03 11"]);
    assert.deepEqual(plain.data.asOf("2020-01-02").series("AAA").bar(0), {
      date: "2020-01-02",
      open: null,
      high: null,
      low: null,
      close: 10,
      adjClose: 10,
      volume: null,
    });
    for (const name of ["adj_close", "AdjClose", "Adj Close", "ADJ-CLOSE"]) {
      const full = await load(
        `Volume,${name},CLOSE,Low,High,Open,Symbol,extra,DATE\n7,9,10,8,12,9.5,AAA,?,2020-01-02\n`,
      );
      assert.deepEqual(full.data.asOf("2020-01-02").series("AAA").bar(0), {
        date: "2020-01-02",
        open: 9.5,
        high: 12,
        low: 8,
        close: 10,
        adjClose: 9,
        volume: 7,
      });
    }
  });

  it("takes BOM, CRLF, quotes, blank lines at the ends and no newline at the end", async () => {
    const text = `\uFEFF\r\n"date","Ticker","close"\r\n2020-01-02,"AAA","1.5e1"\r\n"2020-01-03", aaa ,+16.\r\n\r\n\n`;
    const loaded = await load(text);
    assert.deepEqual(closes(loaded), ["AAA 2020-01-02 15", "AAA 2020-01-03 16"]);
    assert.equal(loaded.report.rowsRejected, 0);
    assert.deepEqual(closes(await load("date,symbol,close\n2020-01-02,A,1")), ["A 2020-01-02 1"]);
    assert.deepEqual(closes(await load("date,symbol,close\r2020-01-02,A,1\r")), ["A 2020-01-02 1"]);
  });

  it("writes symbols in upper case and otherwise leaves them alone", async () => {
    const loaded = await load(
      "date,symbol,close\n2020-01-02,brk-b,1\n2020-01-02,BRK.B,2\n2020-01-02,^gspc,3\n",
    );
    const view = loaded.data.asOf("2020-01-02");
    assert.deepEqual(view.symbols(), ["BRK-B", "BRK.B"]);
    assert.equal(view.index, "^GSPC");
  });

  it("names a file's symbol, and the index, by option", async () => {
    const text = "DATE,CLOSE\n2020-01-02,10\n";
    assert.deepEqual(closes(await load(text, { symbol: "spy" })), ["SPY 2020-01-02 10"]);
    const [one, two] = [await fileOf(text), await fileOf(text)];
    const both = await loadCsv([
      { path: one, symbol: "^VIX" },
      { path: two, symbol: "AAA" },
    ]);
    assert.deepEqual(both.data.asOf("2020-01-02").symbols(), ["AAA"]);
    assert.equal(both.data.asOf("2020-01-02").index, null);
    const asIndex = await loadCsv(
      [
        { path: one, symbol: "^VIX" },
        { path: two, symbol: "SPY" },
      ],
      { index: "spy" },
    );
    assert.deepEqual(asIndex.data.asOf("2020-01-02").symbols(), []);
    assert.equal(asIndex.data.asOf("2020-01-02").index, "SPY");
    // The file's own column wins.
    assert.deepEqual(closes(await load("date,symbol,close\n2020-01-02,A,1\n", { symbol: "B" })), [
      "A 2020-01-02 1",
    ]);
  });

  it("joins one symbol's rows from several files; for a day that two have, the first file counts", async () => {
    const first = await fileOf("date,symbol,close\n2020-01-03,A,3\n2020-01-06,A,6\n");
    const second = await fileOf("date,symbol,close\n2020-01-02,A,2\n2020-01-03,A,99\n2020-01-07,A,7\n");
    const loaded = await loadCsv([first, second]);
    assert.deepEqual(closes(loaded), [
      "A 2020-01-02 2",
      "A 2020-01-03 3",
      "A 2020-01-06 6",
      "A 2020-01-07 7",
    ]);
    assert.deepEqual(
      loaded.report.files.map((file) => [file.rowsRead, file.rowsUsed, file.rowsRejected]),
      [
        [2, 2, 0],
        [3, 2, 1],
      ],
    );
    assert.deepEqual(
      loaded.report.files[1]?.examples.map((one) => [one.line, one.problem]),
      [[3, "duplicate"]],
    );
    const split = await loadCsv([second, first]);
    assert.notEqual(split.data.hash, loaded.data.hash);
    const joined = await load(
      "date,symbol,close\n2020-01-02,A,2\n2020-01-03,A,3\n2020-01-06,A,6\n2020-01-07,A,7\n",
    );
    assert.equal(joined.data.hash, loaded.data.hash);
  });

  it("takes newest first", async () => {
    const loaded = await load("date,symbol,close\n2020-01-06,A,6\n2020-01-03,A,3\n2020-01-02,A,2\n");
    assert.deepEqual(closes(loaded), ["A 2020-01-02 2", "A 2020-01-03 3", "A 2020-01-06 6"]);
    assert.equal(loaded.report.rowsRejected, 0);
  });

  it("names the data by the files or by option", async () => {
    assert.match((await load("date,symbol,close\n2020-01-02,A,1\n")).data.source, /^file-\d+\.csv$/);
    assert.equal((await load("date,symbol,close\n2020-01-02,A,1\n", { source: "mine" })).data.source, "mine");
    const many = await Promise.all(
      Array.from({ length: 30 }, () => fileOf("date,symbol,close\n2020-01-02,A,1\n")),
    );
    const distinct = many.map((path, index) => ({ path, symbol: `S${index}` }));
    const texts = await Promise.all(
      distinct.map(async (file) => ({ ...file, path: await fileOf("date,close\n2020-01-02,1\n") })),
    );
    assert.match((await loadCsv(texts)).data.source, /and 29 more files$/);
  });
});

describe("P7 bad rows are reported with file, line, field and value, counted, and never used", () => {
  /** One bad row between two good ones. */
  async function dirt(row: string, head = header) {
    const good = (date: string) => (head === header ? `${date},AAA,10,12,9,11,11,100` : `${date},AAA,11`);
    const { report, path, ...rest } = await load(
      `${head}\n${good("2020-01-02")}\n${row}\n${good("2020-01-06")}\n`,
    );
    assert.deepEqual(closes({ report, ...rest }), ["AAA 2020-01-02 11", "AAA 2020-01-06 11"]);
    assert.deepEqual([report.rowsRead, report.rowsUsed, report.rowsRejected], [3, 2, 1]);
    const [file] = report.files;
    const [example] = file?.examples ?? [];
    assert.equal(file?.examples.length, 1);
    assert.deepEqual(file?.problems, { [example?.problem ?? ""]: 1 });
    assert.equal(example?.file, path);
    assert.equal(example?.line, 3);
    return [example?.problem, example?.field, example?.value];
  }

  it("empty", async () => {
    assert.deepEqual(await dirt(""), ["empty", "row", ""]);
    assert.deepEqual(await dirt(",,,,,,,"), ["empty", "row", ""]);
    assert.deepEqual(await dirt("2020-01-03,AAA,,,,,,"), ["empty", "close", ""]);
    assert.deepEqual(await dirt("2020-01-03,,10,12,9,11,11,100"), ["empty", "symbol", ""]);
    assert.deepEqual(await dirt(",AAA,10,12,9,11,11,100"), ["empty", "date", ""]);
    assert.deepEqual(await dirt("2020-01-03,AAA,10,12,9,11,,100"), ["empty", "adj_close", ""]);
  });

  it("not a number", async () => {
    for (const text of ["n/a", "NaN", "Infinity", "0x10", "1 000", "--1", "1e", "$5", "1.2.3", "null"]) {
      assert.deepEqual(await dirt(`2020-01-03,AAA,10,12,9,${text},11,100`), ["notANumber", "close", text]);
      assert.deepEqual(await dirt(`2020-01-03,AAA,10,12,9,11,11,${text}`), ["notANumber", "volume", text]);
    }
    assert.deepEqual(await dirt('2020-01-03,AAA,10,12,9,"1,000",11,100'), ["notANumber", "close", "1,000"]);
  });

  it("not a possible price or volume", async () => {
    for (const text of ["0", "-1", "-0", "1e-400", "1e300", "1e999"]) {
      assert.deepEqual(await dirt(`2020-01-03,AAA,10,12,9,${text},11,100`), [
        "priceOutOfRange",
        "close",
        text,
      ]);
      assert.deepEqual(await dirt(`2020-01-03,AAA,${text},12,9,11,11,100`), [
        "priceOutOfRange",
        "open",
        text,
      ]);
      assert.deepEqual(await dirt(`2020-01-03,AAA,10,12,9,11,${text},100`), [
        "priceOutOfRange",
        "adj_close",
        text,
      ]);
    }
    assert.deepEqual(await dirt("2020-01-03,AAA,10,12,9,11,11,-5"), ["negativeVolume", "volume", "-5"]);
  });

  it("a high below the low, a close outside both", async () => {
    assert.deepEqual(await dirt("2020-01-03,AAA,10,8,9,8.5,8.5,1"), ["highBelowLow", "high", "8"]);
    assert.deepEqual(await dirt("2020-01-03,AAA,10,12,9,13,13,1"), ["outsideRange", "close", "13"]);
  });

  it("an unknown date format, a day that does not exist", async () => {
    for (const date of [
      "01/03/2020",
      "3.1.2020",
      "20200103",
      "2020-02-30",
      "2020-01-03 00:00:00",
      "Foo 1 2020",
      "soon",
    ]) {
      assert.deepEqual(await dirt(`${date},AAA,10,12,9,11,11,100`), ["unknownDate", "date", date]);
    }
  });

  it("a duplicate, a row out of order", async () => {
    assert.deepEqual(await dirt("2020-01-02,AAA,10,12,9,11,11,100"), ["duplicate", "row", "AAA 2020-01-02"]);
    assert.deepEqual(await dirt("2051-01-03,AAA,10,12,9,11,11,100"), ["outOfOrder", "row", "AAA 2051-01-03"]);
  });

  it("a symbol that is none, bytes that are not UTF-8, a wrong number of fields", async () => {
    const plain = "date,symbol,close";
    assert.deepEqual(await dirt("2020-01-03,A B,10", plain), ["badSymbol", "symbol", "A B"]);
    assert.deepEqual(await dirt(`2020-01-03,${"A".repeat(100)},10`, plain), [
      "badSymbol",
      "symbol",
      "A".repeat(60),
    ]);
    assert.deepEqual(await dirt("2020-01-03,AAA,10,20", plain), ["fieldCount", "row", "4 fields"]);
    assert.deepEqual(await dirt("2020-01-03,AAA", plain), ["fieldCount", "row", "2 fields"]);
    const bytes = Buffer.concat([
      Buffer.from(`${plain}\n2020-01-02,AAA,11\n2020-01-03,`),
      Buffer.from([0x41, 0xff, 0xfe]),
      Buffer.from(",10\n2020-01-06,AAA,1"),
      Buffer.from([0xc3]),
      Buffer.from("\n"),
    ]);
    const { report } = await load(bytes);
    assert.deepEqual(report.files[0]?.problems, { malformedText: 2 });
    assert.deepEqual(
      report.files[0]?.examples.map((one) => [one.line, one.field]),
      [
        [3, "symbol"],
        [4, "close"],
      ],
    );
  });

  it("an open outside the day's range costs the open alone", async () => {
    const { report, data } = await load(`${header}\n2020-01-02,AAA,20,12,9,11,11,100\n`);
    assert.equal(data.asOf("2020-01-02").series("AAA").bar(0).open, null);
    assert.deepEqual([report.rowsUsed, report.rowsRejected, report.fieldsDropped], [1, 0, 1]);
    assert.deepEqual(
      report.files[0]?.examples.map((one) => [one.line, one.field, one.value, one.effect]),
      [[2, "open", "20", "fieldDropped"]],
    );
  });

  it("keeps line numbers through blank lines and line breaks in quotes", async () => {
    const text =
      'date,symbol,note,close\n2020-01-02,A,"two\nlines",1\n\n\n2020-01-03,A,,bad\n2020-01-06,A,,2\n';
    const { report } = await load(text);
    assert.deepEqual(
      report.files[0]?.examples.map((one) => [one.line, one.problem]),
      [
        [4, "empty"],
        [5, "empty"],
        [6, "notANumber"],
      ],
    );
  });

  it("P8 counts all and keeps few examples", async () => {
    const rows = Array.from({ length: 1_000 }, () => "2020-01-03,AAA,x\n").join("");
    const { report } = await load(`date,symbol,close\n2020-01-02,AAA,1\n${rows}2020-01-06,AAA,,\n`);
    assert.deepEqual(report.files[0]?.problems, { notANumber: 1_000, fieldCount: 1 });
    assert.equal(report.files[0]?.examples.length, 6);
  });

  it("says it in words", async () => {
    const { report, path } = await load("date,symbol,close\n2020-01-02,A,1\n2020-01-03,A,n/a\n");
    const [problem] = report.files[0]?.examples ?? [];
    assert.ok(problem !== undefined);
    assert.equal(
      describeRowProblem(problem),
      `${path}, line 3: close "n/a" is not a number; the row was not used.`,
    );
  });

  it("strict makes a rejected row an error that names it, and lets a dropped field be", async () => {
    const bad = "date,symbol,close\n2020-01-02,A,1\n2020-01-03,A,n/a\n";
    await assert.rejects(load(bad, { strict: true }), {
      code: "DATA_ROW_INVALID",
      message: /^1 of 2 rows .*line 3: close "n\/a" is not a number/,
    });
    const dropped = `${header}\n2020-01-02,AAA,20,12,9,11,11,100\n`;
    assert.equal((await load(dropped, { strict: true })).report.fieldsDropped, 1);
  });

  it("whatever the bytes, a file loads or is refused with a code", async () => {
    const cell = fc.oneof(
      fc.constantFrom(
        "2020-01-02",
        "2020-01-03",
        "AAA",
        "1",
        "0",
        '"',
        '""',
        "\n",
        ",",
        "\r\n",
        "",
        " ",
        "-",
        "\uFEFF",
        "\0",
      ),
      fc.string({ maxLength: 4 }),
    );
    const text = fc.array(cell, { maxLength: 40 }).map((cells) => `date,symbol,close\n${cells.join(",")}`);
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, fc.uint8Array({ maxLength: 60 })), async (content) => {
        try {
          const { report } = await load(content);
          assert.equal(report.rowsRead, report.rowsUsed + report.rowsRejected);
        } catch (error) {
          const { code } = error as { code?: string };
          assert.ok(
            ["DATA_EMPTY", "DATA_COLUMN_MISSING", "DATA_FILE_UNREADABLE"].includes(code ?? ""),
            String(error),
          );
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("P7 files that are no data", () => {
  it("missing, a folder, empty, blank, without a usable row", async () => {
    const absent = join(folder, "absent.csv");
    await assert.rejects(loadCsv(absent), { code: "DATA_FILE_UNREADABLE", message: /absent\.csv/ });
    await mkdir(join(folder, "sub"), { recursive: true });
    await assert.rejects(loadCsv(join(folder, "sub")), {
      code: "DATA_FILE_UNREADABLE",
      message: /not a regular file/,
    });
    await assert.rejects(load(""), { code: "DATA_EMPTY", message: /file-\d+\.csv is empty/ });
    await assert.rejects(load("\n \n\n"), { code: "DATA_EMPTY" });
    await assert.rejects(load("date,symbol,close\n"), { code: "DATA_EMPTY", message: /rows read: 0/ });
    await assert.rejects(load("date,symbol,close\n2020-01-02,A,x\n"), {
      code: "DATA_EMPTY",
      message: /line 2: close "x"/,
    });
    await assert.rejects(loadCsv([]), { code: "DATA_EMPTY" });
  });

  it("a missing column is named, with what was found", async () => {
    await assert.rejects(load("day,symbol,close\n"), {
      code: "DATA_COLUMN_MISSING",
      message: /file-\d+\.csv has no column named date\. Its first line has: "day", "symbol", "close"\.$/,
    });
    await assert.rejects(load("date,symbol,price\n"), {
      code: "DATA_COLUMN_MISSING",
      message: /named close/,
    });
    await assert.rejects(load("date,close\n2020-01-02,1\n"), {
      code: "DATA_COLUMN_MISSING",
      message: /symbol option/,
    });
    await assert.rejects(load("date;symbol;close\n"), {
      code: "DATA_COLUMN_MISSING",
      message: /separated by commas/,
    });
    await assert.rejects(load("date,symbol,close,Close\n"), {
      code: "DATA_COLUMN_MISSING",
      message: /more than one/,
    });
  });

  it("P8 a file over the limit names the limit", async () => {
    const text = "date,symbol,close\n2020-01-02,A,1\n";
    await assert.rejects(load(text, { maxFileBytes: 20 }), {
      code: "LIMIT_EXCEEDED",
      message: /has 33 bytes; the limit maxFileBytes is 20/,
    });
    assert.equal((await load(text, { maxFileBytes: 33 })).report.rowsUsed, 1);
  });

  it("P8 a quote that never ends, and a binary file, end at the limit of a record", async () => {
    const rows = Array.from({ length: 10_000 }, () => "2020-01-03,A,1\n").join("");
    await assert.rejects(load(`date,symbol,close\n2020-01-02,A,"1\n${rows}`), {
      code: "DATA_FILE_UNREADABLE",
      message: /the record that begins on line 2 is longer than 65536 bytes/,
    });
    await assert.rejects(load(`date,symbol,close\n2020-01-02,A,"1\n`), {
      code: "DATA_FILE_UNREADABLE",
      message: /line 2/,
    });
    await assert.rejects(load(new Uint8Array(200_000)), { code: "DATA_FILE_UNREADABLE" });
  });

  it("P8 a sparse file of any size is refused by its size, unread", async () => {
    const path = join(folder, "huge.csv");
    const handle = await open(path, "w");
    await handle.truncate(2 * 1024 ** 3);
    await handle.close();
    await assert.rejects(loadCsv(path), { code: "LIMIT_EXCEEDED", message: /maxFileBytes/ });
  });

  it("options that are none", async () => {
    const text = "date,symbol,close\n2020-01-02,A,1\n";
    await assert.rejects(load(text, { index: "B" }), { code: "INPUT_INVALID", message: /index "B"/ });
    await assert.rejects(load(text, { index: "?" }), { code: "INPUT_INVALID" });
    await assert.rejects(load("date,close\n2020-01-02,1\n", { symbol: "a b" }), {
      code: "INPUT_INVALID",
      message: /symbol/,
    });
    await assert.rejects(load(text, { source: "x".repeat(201) }), {
      code: "INPUT_INVALID",
      message: /source/,
    });
  });
});

it("reads the date formats of the known files, and no other", () => {
  assert.equal(parseCsvDate("Jan 1 2000"), parseCsvDate("2000-01-01"));
  assert.equal(parseCsvDate("Dec 31 1999"), parseCsvDate("1999-12-31"));
  for (const text of ["1600-01-01", "2999-12-31"]) assert.notEqual(parseCsvDate(text), null, text);
  for (const text of ["1599-12-31", "3000-01-01", "0001-01-01", "Jan 1 9999"]) {
    assert.equal(parseCsvDate(text), null, `${text}: look-backs and horizons would leave the calendar`);
  }
  for (const text of ["jan 1 2000", "Jan 32 2000", "Feb 30 2000", "Jan 2000", "Jan 1, 2000"]) {
    assert.equal(parseCsvDate(text), null, text);
  }
});

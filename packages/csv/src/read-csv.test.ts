import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import { checkFile, isMalformedText, readCsv, separatorHint } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "mycroft-csv-"));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, "file.csv");

async function rowsOf(
  content: string | Uint8Array,
  recordBytes = 1_000,
): Promise<readonly (readonly [number, ...string[]])[]> {
  writeFileSync(path, content);
  const rows: (readonly [number, ...string[]])[] = [];
  for await (const { fields, line } of readCsv(path, recordBytes)) rows.push([line, ...fields]);
  return rows;
}

describe("the rows of a CSV file", () => {
  it("have the lines on which they end, through quotes, all ends of lines and a byte order mark", async () => {
    assert.deepEqual(await rowsOf('\uFEFFa,b\r\n1,"x\ny"\n2,"say ""no"""\r3,z'), [
      [1, "a", "b"],
      [3, "1", "x\ny"],
      [4, "2", 'say "no"'],
      [5, "3", "z"],
    ]);
  });

  it("P7 blank lines between rows are rows without fields; others are none", async () => {
    assert.deepEqual(await rowsOf('\n  \na,b\n\n \n1,"2\n2"\n\n3,4\n\n\n'), [
      [3, "a", "b"],
      [4],
      [5],
      [7, "1", "2\n2"],
      [8],
      [9, "3", "4"],
    ]);
    await assert.rejects(rowsOf("\n \n\n"), { code: "DATA_EMPTY", message: /nothing but blank lines/u });
  });

  it("P7 come as they are: with other numbers of fields, stray quotes, bytes that are no UTF-8", async () => {
    const [, short, quoted, malformed] = await rowsOf(
      Buffer.concat([Buffer.from('a,b\n1\n2,x"y\n3,'), Buffer.from([0xff, 0xfe, 0x0a])]),
    );
    assert.deepEqual(
      [short, quoted],
      [
        [2, "1"],
        [3, "2", 'x"y'],
      ],
    );
    assert.equal(isMalformedText(malformed?.[2] ?? ""), true);
    assert.equal(isMalformedText('x"y'), false);
    assert.equal(isMalformedText("\ud800"), true);
  });

  it("P8 a row over the limit is an error that names its first line, be it a quote that never ends or no CSV file", async () => {
    const endless = `a,b\n1,2\n3,"${"x\n".repeat(5_000)}`;
    await assert.rejects(rowsOf(endless), {
      code: "DATA_FILE_UNREADABLE",
      message: /line 3 is longer than 1000 bytes/u,
    });
    await assert.rejects(rowsOf(new Uint8Array(10_000).fill(65)), {
      code: "DATA_FILE_UNREADABLE",
      message: /line 1/u,
    });
    await assert.rejects(rowsOf('a,b\n1,"x'), {
      code: "DATA_FILE_UNREADABLE",
      message: /line 2 cannot be read/u,
    });
  });

  it("are those that were written, whatever is in them", async () => {
    const field = fc.oneof(
      fc.constantFrom("", ",", '"', "\n", "\r\n", " ", "é"),
      fc.string({ unit: "grapheme", maxLength: 8 }),
    );
    // A first field of "r" makes no row blank, and no byte order mark its beginning.
    const row = fc.array(field, { minLength: 1, maxLength: 4 }).map((fields) => ["r", ...fields]);
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 6 }), async (rows) => {
        const read = await rowsOf(rows.map((fields) => fields.map(quoted).join(",")).join("\n"), 10_000);
        assert.deepEqual(
          read.map(([, ...fields]) => fields),
          rows,
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe("a data file", () => {
  it("P7 P8 is a regular file that holds something and is not over its limit", async () => {
    await assert.rejects(checkFile(join(folder, "gone.csv"), 10), {
      code: "DATA_FILE_UNREADABLE",
      message: /gone\.csv cannot be read: there is no such file\.$/u,
    });
    await assert.rejects(checkFile(join(folder, "n".repeat(5_000)), 10), {
      code: "DATA_FILE_UNREADABLE",
      message: /its name is too long\.$/u,
    });
    await assert.rejects(checkFile(folder, 10), {
      code: "DATA_FILE_UNREADABLE",
      message: /not a regular file/u,
    });
    writeFileSync(path, "");
    await assert.rejects(checkFile(path, 10), { code: "DATA_EMPTY" });
    writeFileSync(path, "0123456789");
    await checkFile(path, 10);
    await assert.rejects(checkFile(path, 9, "someBytes"), {
      code: "LIMIT_EXCEEDED",
      message: /limit someBytes is 9/u,
    });
  });

  it("with one long header of other separators gets a hint", () => {
    assert.match(separatorHint(["date;close"]), /separated by commas/u);
    assert.equal(separatorHint(["date", "close;"]), "");
    assert.equal(separatorHint(["date"]), "");
  });
});

/** A CSV file as a stream of rows with their lines, whatever its size, with the limits and errors of reading (P7, P8). */
import { createReadStream } from "node:fs";
import { MycroftError } from "@mycroft/errors";
import { CsvError, parse } from "csv-parse";
import { unreadableFile, whyNot } from "./check-file.ts";

export interface CsvRow {
  /** As they stand in the file, not trimmed; none of a blank line. */
  readonly fields: readonly string[];
  /** The line on which the row ends; 1 is the file's first. */
  readonly line: number;
}

/**
 * The header, then every row. Blank lines before the header are skipped, and so are those after the last row; one between
 * rows is a row without fields, since it is dirt. A byte order mark is no part of the header; lines end in any of the three
 * ways, within a file too.
 * @param recordBytes the most bytes of one row: an opening quote that is never closed ends there.
 * @throws {MycroftError} DATA_EMPTY without a header; DATA_FILE_UNREADABLE, naming the line where the trouble begins.
 */
export async function* readCsv(path: string, recordBytes: number): AsyncGenerator<CsvRow> {
  let hasHeader = false;
  let blank = { first: 0, count: 0 };
  for await (const row of records(path, recordBytes)) {
    if (isBlank(row)) {
      blank = blank.count === 0 ? { first: row.line, count: 1 } : { ...blank, count: blank.count + 1 };
      continue;
    }
    // Kept as a number of lines, so that a file of nothing else takes no memory.
    for (let at = 0; hasHeader && at < blank.count; at += 1) yield { fields: [], line: blank.first + at };
    blank = { first: 0, count: 0 };
    hasHeader = true;
    yield row;
  }
  if (hasHeader) return;
  throw new MycroftError("DATA_EMPTY", `${path} holds nothing but blank lines.`, { details: { file: path } });
}

function isBlank({ fields }: CsvRow): boolean {
  return fields.length === 1 && fields[0]?.trim() === "";
}

async function* records(path: string, recordBytes: number): AsyncGenerator<CsvRow> {
  let parsed = 0;
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    record_delimiter: ["\r\n", "\n", "\r"],
    max_record_size: recordBytes,
    // Runs ahead of who reads: an error ends the stream before the rows in front of it have come out.
    on_record: (made, { lines }) => {
      parsed = lines;
      return made;
    },
  });
  const stream = createReadStream(path);
  stream.on("error", (error) => parser.destroy(error));
  stream.pipe(parser);
  try {
    for await (const { record, info } of parser) {
      yield { fields: record, line: info.lines };
    }
  } catch (error) {
    throw brokenRecord(path, { line: parsed + 1, recordBytes }, error);
  } finally {
    stream.destroy();
  }
}

function brokenRecord(
  path: string,
  { line, recordBytes }: { readonly line: number; readonly recordBytes: number },
  error: unknown,
): MycroftError {
  if (error instanceof MycroftError) return error;
  if (!(error instanceof CsvError)) return unreadableFile(path, whyNot(error), error);
  const what =
    error.code === "CSV_MAX_RECORD_SIZE"
      ? `is longer than ${recordBytes} bytes (is there a quote that never ends, or is this no CSV file?)`
      : `cannot be read: ${error.message}`;
  return new MycroftError(
    "DATA_FILE_UNREADABLE",
    `${path}: the record that begins on line ${line} ${what}.`,
    {
      details: { file: path, line, limit: "recordBytes" },
      cause: error,
    },
  );
}

/** A CSV file as a stream of records, whatever its size, with the limits and errors of reading (P7, P8). */
import { createReadStream, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { CsvError, parse } from "csv-parse";

export const csvLimits = {
  /** Bytes of one file, unless an option says otherwise. */
  fileBytes: 1024 ** 3,
  symbols: 50_000,
  /** Bytes of one record: an opening quote that is never closed ends here. */
  recordBytes: 64 * 1024,
  sourceLength: 200,
} as const;

export interface CsvRecord {
  readonly fields: readonly string[];
  /** The line on which the record ends; 1 is the file's first. */
  readonly line: number;
}

/** @throws {MycroftError} DATA_FILE_UNREADABLE, DATA_EMPTY or LIMIT_EXCEEDED. */
export async function checkFile(path: string, maxFileBytes: number): Promise<void> {
  const status = await statusOf(path);
  // Opening a pipe or a device may block or never end.
  if (!status.isFile()) throw unreadable(path, "it is not a regular file");
  if (status.size === 0)
    throw new MycroftError("DATA_EMPTY", `${path} is empty.`, { details: { file: path } });
  if (status.size <= maxFileBytes) return;
  throw new MycroftError(
    "LIMIT_EXCEEDED",
    `${path} has ${status.size} bytes; the limit maxFileBytes is ${maxFileBytes}.`,
    { details: { file: path, limit: "maxFileBytes", value: status.size, max: maxFileBytes } },
  );
}

async function statusOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw unreadable(path, asMycroftError(error).message, error);
  }
}

/** @throws {MycroftError} DATA_FILE_UNREADABLE, naming the line where the trouble begins. */
export async function* csvRecords(path: string): AsyncGenerator<CsvRecord> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    record_delimiter: ["\r\n", "\n", "\r"],
    max_record_size: csvLimits.recordBytes,
  });
  const stream = createReadStream(path);
  stream.on("error", (error) => parser.destroy(error));
  stream.pipe(parser);
  let line = 0;
  try {
    for await (const { record, info } of parser) {
      line = info.lines;
      yield { fields: record, line };
    }
  } catch (error) {
    throw brokenRecord(path, line + 1, error);
  } finally {
    stream.destroy();
  }
}

function brokenRecord(path: string, line: number, error: unknown): MycroftError {
  if (error instanceof MycroftError) return error;
  if (!(error instanceof CsvError)) return unreadable(path, asMycroftError(error).message, error);
  const what =
    error.code === "CSV_MAX_RECORD_SIZE"
      ? `is longer than ${csvLimits.recordBytes} bytes (is there a quote that never ends, or is this no CSV file?)`
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

function unreadable(path: string, why: string, cause?: unknown): MycroftError {
  return new MycroftError("DATA_FILE_UNREADABLE", `${path} cannot be read: ${why}.`, {
    details: { file: path },
    cause,
  });
}

/** The rows of a CSV file that have as many fields as its header; what is wrong with the others is in the report (P7). */
import { type CsvRow, checkFile, readCsv } from "@mycroft/csv";
import { evaluationLimits } from "../evaluation-limits.ts";
import type { DataReportBuilder } from "./data-report.ts";

/** The header, its names trimmed, and the rows as they come. @throws {MycroftError} the codes of `checkFile` and `readCsv`. */
export async function readRows(
  path: string,
  report: DataReportBuilder,
): Promise<{ readonly header: readonly string[]; readonly rows: AsyncGenerator<CsvRow> }> {
  await checkFile(path, evaluationLimits.csvFileBytes, "csvFileBytes");
  const rows = readCsv(path, evaluationLimits.recordBytes);
  // There is a first one, or it throws.
  const { value } = await rows.next();
  const header: readonly string[] = (value?.fields ?? []).map((name: string) => name.trim());
  return { header, rows: usableRows(path, header.length, rows, report) };
}

async function* usableRows(
  file: string,
  width: number,
  rows: AsyncGenerator<CsvRow>,
  report: DataReportBuilder,
): AsyncGenerator<CsvRow> {
  for await (const row of rows) {
    report.row(file);
    const { fields, line } = row;
    if (fields.every((field) => field.trim() === "")) {
      report.add({ file, line, field: "row", value: "", problem: "emptyRow" });
    } else if (fields.length === width) {
      yield row;
    } else {
      const value = `${fields.length} ${fields.length === 1 ? "field" : "fields"}, not ${width}`;
      report.add({ file, line, field: "row", value, problem: "malformedRow" });
    }
  }
}

/**
 * Reads agents' findings, JSON of the form `{agent_name, insights[], metrics{}, edge_score}`, as opinions over two
 * outcomes: `edge_score` is the probability of "up", 1 - edge_score that of "down", and null is an abstention. Insights
 * and metrics carry no probability and are not read, but for the fields that say the period and the subject.
 */
import { readFile } from "node:fs/promises";
import { checkFile, unreadableFile } from "@mycroft/csv";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { checkLimit } from "../evaluation-data.ts";
import { evaluationLimits } from "../evaluation-limits.ts";
import { type CaseTable, onlySubject, type Source } from "./case-table.ts";
import type { ColumnOptions } from "./column-roles.ts";
import { readBinary } from "./forecast-cells.ts";

export const findingOutcomes = ["down", "up"] as const;

const periodFields = ["period", "date", "as_of", "asOf", "day", "timestamp"];
const subjectFields = ["subject", "symbol", "ticker", "asset", "company"];

type JsonObject = { readonly [key: string]: unknown };

/**
 * A list of findings, an object with the list under `findings`, or one finding a line (`.jsonl`). The period and the
 * subject are fields of the finding, or of its `metrics`; options name others, with dots for what lies deeper.
 * @throws {MycroftError} DATA_FILE_UNREADABLE, LIMIT_EXCEEDED, DATA_EMPTY, or DATA_COLUMN_MISSING without any period.
 */
export async function readFindings(file: string, table: CaseTable, options: ColumnOptions): Promise<void> {
  await checkFile(file, evaluationLimits.jsonFileBytes, "jsonFileBytes");
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw unreadableFile(file, asMycroftError(error).message, error);
  });
  const findings = /\.(?:jsonl|ndjson)$/iu.test(file)
    ? parseLines(text, file, table)
    : parseWhole(text, file);
  checkLimit("rows", findings.length);
  const periods = options.period === undefined ? periodFields : [options.period];
  if (findings.length > 0 && !findings.some(({ value }) => fieldOf(value, periods) !== undefined)) {
    throw new MycroftError(
      "DATA_COLUMN_MISSING",
      `${file}: no finding says of which period it is. It is looked for in ${periods.join(", ")}, also within metrics: give each finding one of them.`,
      { details: { file, column: "period", lookedFor: periods } },
    );
  }
  for (const { value, line } of findings) readFinding(value, { file, line }, table, options);
}

interface Numbered {
  readonly value: unknown;
  readonly line: number;
}

function parseWhole(text: string, file: string): readonly Numbered[] {
  const parsed = parseJson(text.replace(/^\uFEFF/u, ""));
  if (parsed === undefined) throw unreadableFile(file, "it is not JSON");
  const inner = isObject(parsed) && Array.isArray(parsed["findings"]) ? parsed["findings"] : parsed;
  const list: readonly unknown[] = Array.isArray(inner) ? inner : [inner];
  if (list.length === 0) {
    throw new MycroftError("DATA_EMPTY", `${file} holds no finding.`, { details: { file } });
  }
  return list.map((value, index) => ({ value, line: index + 1 }));
}

function parseLines(text: string, file: string, table: CaseTable): readonly Numbered[] {
  return text.split("\n").flatMap((row, index) => {
    if (row.trim() === "") return [];
    const value = parseJson(row);
    if (value !== undefined) return [{ value, line: index + 1 }];
    table.report.row(file);
    table.problem({ file, line: index + 1 }, "the finding", row, "malformedRow");
    return [];
  });
}

function readFinding(value: unknown, source: Source, table: CaseTable, options: ColumnOptions): void {
  table.report.row(source.file);
  if (!isObject(value)) {
    table.problem(source, "the finding", "", "malformedRow");
    return;
  }
  const agent = table.name(textOf(fieldOf(value, [options.agent ?? "agent_name"])), "agent_name", source);
  const periods = options.period === undefined ? periodFields : [options.period];
  const period = table.name(textOf(fieldOf(value, periods)), "the period", source);
  const subjects = options.subject === undefined ? subjectFields : [options.subject];
  const stated = fieldOf(value, subjects);
  const subject = stated === undefined ? onlySubject : table.name(textOf(stated), "the subject", source);
  if (agent === null || period === null || subject === null) return;
  const field = options.value ?? "edge_score";
  const score = fieldOf(value, [field]);
  // A score of another type must not become a number by chance: `true` is none, `[]` neither.
  const text = score === null || typeof score === "number" ? String(score) : typeof score;
  const read = readBinary(text);
  for (const { value: shown, problem } of read.problems) table.problem(source, field, shown, problem);
  const draft = table.open(period, subject, source);
  table.putForecast(draft, table.agent(agent), read.value, source);
}

/** The first of the fields that is there, at the top or within `metrics`. */
function fieldOf(value: unknown, names: readonly string[]): unknown {
  if (!isObject(value)) return undefined;
  const metrics = value["metrics"];
  for (const name of names) {
    const found = deepField(value, name) ?? deepField(metrics, name);
    if (found !== undefined && found !== null) return found;
    if (found === null || (isObject(value) && value[name] === null)) return null;
  }
  return undefined;
}

function deepField(value: unknown, path: string): unknown {
  if (isObject(value) && Object.hasOwn(value, path)) return value[path];
  let inner: unknown = value;
  for (const key of path.split(".")) {
    if (!isObject(inner) || !Object.hasOwn(inner, key)) return undefined;
    inner = inner[key];
  }
  return inner;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

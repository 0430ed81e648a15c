/** The market data that a command's agents see, from wherever the command line or the project says. */
import { dirname, resolve } from "node:path";
import { MycroftError } from "@mycroft/errors";
import {
  type CsvOptions,
  describeRowProblem,
  type FactCsvFile,
  type LoadReport,
  loadBundledData,
  loadCsv,
} from "@mycroft/investing";
import { counted, printable } from "@mycroft/record/text";
import type { FactFile, MarketData } from "@mycroft/sdk";
import type { Invocation } from "../command.ts";
import { readFlag, readList, readText } from "../read-options.ts";
import type { Terminal } from "../text/terminal.ts";
import type { OpenProject } from "./open-project.ts";

export interface LoadedMarket {
  readonly data: MarketData;
  /** Null for data that the configuration made itself. */
  readonly report: LoadReport | null;
  readonly isBundled: boolean;
}

type Options = Invocation["options"];

const shownProblems = 3;

/**
 * `--csv` before `--bundled` before what the project states; null when it states none.
 * @throws {MycroftError} the codes of `loadCsv`; USAGE for data options that do not go together.
 */
export async function loadMarket(
  open: OpenProject,
  options: Options,
  terminal?: Terminal,
): Promise<LoadedMarket | null> {
  // Large files take seconds to read.
  terminal?.progress("Reading market data ...");
  try {
    return await load(open, options);
  } finally {
    terminal?.progress("");
  }
}

async function load(open: OpenProject, options: Options): Promise<LoadedMarket | null> {
  const source = sourceOf(open, options);
  switch (source.kind) {
    case "csv":
      return { ...(await loadCsv(source.paths, source.settings)), isBundled: false };
    case "bundled":
      return { ...(await loadBundledData()), isBundled: true };
    case "own":
      return { data: source.data, report: null, isBundled: false };
    case "none":
      return null;
  }
}

/** The files that the data is read from: data that lies in none cannot change while a process runs. */
export function marketFiles(open: OpenProject, options: Options): readonly string[] {
  const source = sourceOf(open, options);
  return source.kind === "csv" ? [...source.paths, ...source.settings.facts.map(({ path }) => path)] : [];
}

type Source =
  | { readonly kind: "csv"; readonly paths: readonly string[]; readonly settings: CsvSettings }
  | { readonly kind: "bundled" | "none" }
  | { readonly kind: "own"; readonly data: MarketData };

type CsvSettings = Omit<CsvOptions, "facts"> & { readonly facts: readonly FactCsvFile[] };

/** @throws {MycroftError} USAGE for data options that do not go together. */
function sourceOf(open: OpenProject, options: Options): Source {
  const files = readList(options, "csv");
  const isBundled = readFlag(options, "bundled");
  checkTogether(options, files.length > 0, isBundled);
  if (files.length > 0)
    return { kind: "csv", paths: files.map((file) => resolve(file)), settings: csvOptions(options) };
  const { data } = open.project;
  if (isBundled || data === "bundled") return { kind: "bundled" };
  if (data === null) return { kind: "none" };
  if ("asOf" in data) return { kind: "own", data };
  const { csv, facts = [], ...settings } = data;
  const folder = dirname(open.configFile ?? ".");
  const factFiles = facts.map((file) => factFileIn(folder, file));
  return {
    kind: "csv",
    paths: csv.map((file) => resolve(folder, file)),
    settings: { ...settings, facts: factFiles },
  };
}

function factFileIn(folder: string, file: string | FactFile): FactCsvFile {
  return typeof file === "string"
    ? { path: resolve(folder, file) }
    : { ...file, path: resolve(folder, file.path) };
}

/** `FILE`, whose kind its columns tell, or `KIND=FILE`. */
function givenFactFile(text: string): FactCsvFile {
  const [, kind, file] = /^([A-Za-z][A-Za-z0-9]*)=(.+)$/u.exec(text) ?? [];
  return kind === undefined || file === undefined ? { path: resolve(text) } : { path: resolve(file), kind };
}

/** @throws {MycroftError} DATA_EMPTY when neither the command line nor the project states any data. */
export async function requireMarket(
  open: OpenProject,
  options: Options,
  terminal?: Terminal,
): Promise<LoadedMarket> {
  return someMarket(open, await loadMarket(open, options, terminal));
}

/** @throws {MycroftError} DATA_EMPTY. */
export function someMarket(open: OpenProject, market: LoadedMarket | null): LoadedMarket {
  if (market !== null) return market;
  throw new MycroftError(
    "DATA_EMPTY",
    `${open.configFile ?? "The project"} states no market data. Add \`data: "bundled"\` or \`data: { csv: [...] }\` there, or ` +
      "name files with --csv, or take the bundled sample with --bundled.",
  );
}

/** Says in a few lines what of the data could not be used. */
export function noteLoadReport({ report }: LoadedMarket, terminal: Terminal): void {
  if (report === null || report.rowsRejected + report.fieldsDropped === 0) return;
  const problems = report.files.flatMap((file) => file.examples);
  const { rowsRead, rowsUsed, rowsRejected, fieldsDropped } = report;
  terminal.note(
    `Data: ${grouped(rowsUsed)} of ${counted(rowsRead, "row")} are used; ${counted(rowsRejected, "row")} and ` +
      `${counted(fieldsDropped, "field")} of others are not.`,
  );
  for (const problem of problems.slice(0, shownProblems))
    terminal.note(`  ${printable(describeRowProblem(problem))}`);
  const strictly = rowsRejected === 0 ? "" : ", and --strict makes rows that are not used an error";
  if (problems.length > shownProblems) terminal.note(`  ... --json lists more${strictly}.`);
}

function csvOptions(options: Options): CsvSettings {
  const symbol = readText(options, "symbol");
  const index = readText(options, "index");
  return {
    ...(symbol === undefined ? {} : { symbol }),
    ...(index === undefined ? {} : { index }),
    strict: readFlag(options, "strict"),
    facts: readList(options, "facts").map(givenFactFile),
  };
}

/** The options on the command line that say which data is meant, as they are written: `--csv`. */
export function givenDataOptions(options: Options): string[] {
  const names = ["csv", "facts", "symbol", "index", "strict", "bundled"];
  return names.filter((name) => options[name] !== undefined).map((name) => `--${name}`);
}

function checkTogether(options: Options, hasCsv: boolean, isBundled: boolean): void {
  if (hasCsv && isBundled)
    throw new MycroftError("USAGE", "--csv and --bundled name two sources of data; give one.");
  const lonely = ["facts", "symbol", "index", "strict"].find((name) => options[name] !== undefined);
  if (hasCsv || lonely === undefined) return;
  throw new MycroftError("USAGE", `--${lonely} goes with prices from CSV files; name them with --csv.`);
}

function grouped(value: number): string {
  return value.toLocaleString("en-US");
}

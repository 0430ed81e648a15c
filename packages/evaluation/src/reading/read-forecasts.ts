/** Reads a CSV file of forecasts, whichever way it is laid out, into a table of cases. */

import type { CsvRow } from "@mycroft/csv";
import type { ForecastValue } from "../evaluation-data.ts";
import type { CaseDraft, CaseTable, Source } from "./case-table.ts";
import { onlySubject } from "./case-table.ts";
import type { ForecastLayout } from "./column-roles.ts";
import { type ReadForecast, readBinary, readPoint, readProbabilities } from "./forecast-cells.ts";
import { LongCells } from "./long-cells.ts";

export interface ForecastReading {
  readonly file: string;
  readonly header: readonly string[];
  readonly layout: ForecastLayout;
  /** Whether a single value is the probability of the upper one of two outcomes. */
  readonly isBinary: boolean;
  readonly tolerance: number;
  /** The agent of a file without a column of agents. */
  readonly onlyAgent: string;
}

/** What came true, as it stands in the rows of the forecasts: read once it is known what the outcomes are. */
export interface ObservedRow {
  readonly draft: CaseDraft;
  readonly texts: readonly string[];
  readonly source: Source;
}

/** @returns the outcomes' names (none for points) and what the rows say came true, if they do. */
export async function readForecasts(
  rows: AsyncIterable<CsvRow>,
  table: CaseTable,
  reading: ForecastReading,
): Promise<{ readonly outcomes: readonly string[]; readonly observed: readonly ObservedRow[] }> {
  const reader = new ForecastReader(table, reading);
  for await (const row of rows) reader.read(row);
  return { outcomes: reader.finish(), observed: reader.observed };
}

interface AgentRow {
  readonly draft: CaseDraft;
  readonly agent: string;
  readonly fields: readonly string[];
  readonly source: Source;
}

class ForecastReader {
  readonly observed: ObservedRow[] = [];
  readonly #table: CaseTable;
  readonly #reading: ForecastReading;
  readonly #long: LongCells;
  /** Rows of one case repeat what came true: it is kept once for each way of writing it. */
  readonly #observedTexts = new Map<CaseDraft, string>();

  constructor(table: CaseTable, reading: ForecastReading) {
    this.#table = table;
    this.#reading = reading;
    this.#long = new LongCells(table);
  }

  read({ fields, line }: CsvRow): void {
    const { layout, file, header } = this.#reading;
    const source = { file, line };
    const period = this.#table.name(fields[layout.period], header[layout.period] ?? "", source);
    if (period === null) return;
    const subject =
      layout.subject < 0
        ? onlySubject
        : this.#table.name(fields[layout.subject], header[layout.subject] ?? "", source);
    if (subject === null) return;
    const agent = this.#agentOf(fields, source);
    if (agent === null) return;
    const draft = this.#table.open(period, subject, source);
    this.#keepObserved(draft, fields, source);
    this.#readRow({ draft, agent, fields, source });
  }

  #readRow({ draft, agent, fields, source }: AgentRow): void {
    const { layout, header, tolerance } = this.#reading;
    if (layout.type === "wide") {
      const texts = layout.probabilities.map((column) => fields[column] ?? "");
      this.#put(draft, agent, readProbabilities(texts, tolerance), source, layout.probabilities);
    } else if (layout.type === "long") {
      const outcome = this.#table.name(fields[layout.outcome], header[layout.outcome] ?? "", source);
      const text = fields[layout.value] ?? "";
      if (outcome !== null) this.#long.put({ draft, agent, outcome, text, source });
    } else {
      for (const column of layout.type === "values" ? [layout.value] : layout.agents) {
        const name = layout.type === "values" ? agent : (header[column] ?? "");
        this.#put(draft, name, this.#readValue(fields[column] ?? ""), source, [column]);
      }
    }
  }

  finish(): readonly string[] {
    const { layout, header, tolerance, isBinary } = this.#reading;
    if (layout.type === "wide") return layout.probabilities.map((column) => header[column] ?? "");
    if (layout.type !== "long") return isBinary ? ["down", "up"] : [];
    const outcomes = this.#long.outcomes();
    for (const { draft, agent, texts, source } of this.#long.forecasts(outcomes)) {
      const read = readProbabilities(texts, tolerance);
      this.#report(read, source, outcomes);
      this.#table.putForecast(draft, this.#table.agent(agent), read.value, source);
    }
    return outcomes;
  }

  #readValue(text: string): ReadForecast<ForecastValue> {
    return this.#reading.isBinary ? readBinary(text) : readPoint(text);
  }

  #agentOf(fields: readonly string[], source: Source): string | null {
    const { layout, header, onlyAgent } = this.#reading;
    if (layout.type === "agentColumns" || layout.agent < 0) return onlyAgent;
    return this.#table.name(fields[layout.agent], header[layout.agent] ?? "", source);
  }

  #put(
    draft: CaseDraft,
    agent: string,
    read: ReadForecast<ForecastValue>,
    source: Source,
    columns: readonly number[],
  ): void {
    const names = columns.map((column) => this.#reading.header[column] ?? "");
    this.#report(read, source, names, agent);
    this.#table.putForecast(draft, this.#table.agent(agent), read.value, source);
  }

  #report(read: ReadForecast<unknown>, source: Source, names: readonly string[], agent = "the agent"): void {
    for (const { cell, value, problem } of read.problems) {
      const field = cell >= 0 ? (names[cell] ?? "") : `the forecast of ${agent}`;
      this.#table.problem(source, field, value, problem);
    }
  }

  #keepObserved(draft: CaseDraft, fields: readonly string[], source: Source): void {
    const { observed } = this.#reading.layout;
    if (observed.length === 0) return;
    const texts = observed.map((column) => fields[column] ?? "");
    const key = texts.join("\u0000");
    if (this.#observedTexts.get(draft) === key) return;
    this.#observedTexts.set(draft, key);
    this.observed.push({ draft, texts, source });
  }
}

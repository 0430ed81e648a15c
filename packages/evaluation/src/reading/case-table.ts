/** Collects forecasts and outcomes by period and subject while files are read; the first of two rows for one thing counts. */
import { isMalformedText } from "@mycroft/csv";
import { checkLimit, type ForecastValue } from "../evaluation-data.ts";
import { evaluationLimits } from "../evaluation-limits.ts";
import type { DataProblemKind, DataReportBuilder } from "./data-report.ts";

export interface Source {
  readonly file: string;
  readonly line: number;
}

export interface CaseDraft {
  readonly period: string;
  readonly subject: string;
  /** Where it was met first. */
  readonly source: Source;
  /** By agent; null where it abstains, undefined where it has no usable row. */
  readonly forecasts: Map<number, ForecastValue | null>;
  /** Agents that have a row which cannot be used. */
  readonly unusable: Set<number>;
  observed: ForecastValue | null;
  observedAt: Source | null;
}

/** The subject of files without a column of subjects. */
export const onlySubject = "all";

export class CaseTable {
  readonly report: DataReportBuilder;
  readonly #renames: ReadonlyMap<string, string>;
  readonly #agents = new Map<string, number>();
  readonly #periods = new Map<string, Map<string, CaseDraft>>();
  #cases = 0;
  #numbers = 0;

  /** @param renames from a subject's name in the files to the one that it goes by. */
  constructor(report: DataReportBuilder, renames: ReadonlyMap<string, string>) {
    this.report = report;
    this.#renames = renames;
  }

  get agents(): readonly string[] {
    return [...this.#agents.keys()];
  }

  /** In the order in which they were met. */
  get periods(): ReadonlyMap<string, ReadonlyMap<string, CaseDraft>> {
    return this.#periods;
  }

  /** The trimmed name; null when it is none, which is then in the report. */
  name(text: string | undefined, field: string, source: Source): string | null {
    const name = text?.trim() ?? "";
    const fits = name !== "" && name.length <= evaluationLimits.nameLength;
    if (fits && !isMalformedText(name)) return name;
    this.problem(source, field, name, "badName");
    return null;
  }

  agent(name: string): number {
    const known = this.#agents.get(name);
    if (known !== undefined) return known;
    const agent = this.#agents.size;
    checkLimit("agents", agent + 1);
    this.#agents.set(name, agent);
    return agent;
  }

  /** The case, made when it is not there yet. */
  open(period: string, subject: string, source: Source): CaseDraft {
    const known = this.find(period, subject);
    if (known !== undefined) return known;
    const name = this.#renames.get(subject) ?? subject;
    const subjects = this.#periods.get(period) ?? new Map<string, CaseDraft>();
    this.#periods.set(period, subjects);
    checkLimit("periods", this.#periods.size);
    this.#cases += 1;
    checkLimit("cases", this.#cases);
    const draft: CaseDraft = {
      period,
      subject: name,
      source,
      forecasts: new Map(),
      unusable: new Set(),
      observed: null,
      observedAt: null,
    };
    subjects.set(name, draft);
    return draft;
  }

  find(period: string, subject: string): CaseDraft | undefined {
    return this.#periods.get(period)?.get(this.#renames.get(subject) ?? subject);
  }

  remove({ period, subject }: CaseDraft): void {
    const subjects = this.#periods.get(period);
    subjects?.delete(subject);
    if (subjects?.size === 0) this.#periods.delete(period);
  }

  /** @param value undefined for a row that cannot be used. */
  putForecast(
    draft: CaseDraft,
    agent: number,
    value: ForecastValue | null | undefined,
    source: Source,
  ): void {
    // A row that cannot be used leaves room for one that can.
    if (value === undefined) {
      draft.unusable.add(agent);
      return;
    }
    if (draft.forecasts.has(agent)) {
      const isSame = sameValue(draft.forecasts.get(agent), value);
      const problem = isSame ? "duplicate" : "contradiction";
      this.problem(source, `the forecast of ${this.#nameOf(agent)} for ${whereOf(draft)}`, "", problem);
      return;
    }
    draft.forecasts.set(agent, value);
    this.#numbers += Array.isArray(value) ? value.length : 1;
    checkLimit("numbers", this.#numbers);
  }

  putOutcome(draft: CaseDraft, value: ForecastValue, source: Source): void {
    if (draft.observed === null) {
      draft.observed = value;
      draft.observedAt = source;
      return;
    }
    const problem = sameValue(draft.observed, value) ? "duplicate" : "contradiction";
    this.problem(source, `the outcome of ${whereOf(draft)}`, "", problem);
  }

  problem(source: Source, field: string, value: string, problem: DataProblemKind): void {
    this.report.add({ ...source, field, value, problem });
  }

  #nameOf(agent: number): string {
    return this.agents[agent] ?? "";
  }
}

export function whereOf({ period, subject }: CaseDraft): string {
  return subject === onlySubject ? period : `${subject} in ${period}`;
}

function sameValue(a: ForecastValue | null | undefined, b: ForecastValue | null): boolean {
  if (a === undefined) return false;
  if (a === null || b === null || typeof a === "number" || typeof b === "number") return a === b;
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

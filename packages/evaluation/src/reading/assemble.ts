/** Brings forecasts and outcomes together: orders the periods, matches the subjects, and tells of everything that is left over. */
import { MycroftError } from "@mycroft/errors";
import type { EvaluationCase, EvaluationData, EvaluationRound, ForecastValue } from "../evaluation-data.ts";
import { type CaseDraft, type CaseTable, whereOf } from "./case-table.ts";

/** @throws {MycroftError} DATA_EMPTY when no case has a forecast and an outcome. */
export function assemble(table: CaseTable, outcomes: readonly string[]): EvaluationData {
  matchSpellings(table);
  const periods = orderPeriods(table);
  tellVanished(table, periods);
  const rounds = periods.flatMap((period) => roundOf(period, table));
  if (rounds.length === 0) throw nothingMatches(table);
  return { kind: outcomes.length === 0 ? "point" : "distribution", outcomes, agents: table.agents, rounds };
}

/** Days, moments and numbers by their order; anything else in the order of the file. */
function orderPeriods(table: CaseTable): readonly string[] {
  const periods = [...table.periods.keys()];
  if (periods.every((period) => /^\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+(?:Z|\+00:00)?)?$/u.test(period))) {
    return periods.sort();
  }
  if (periods.every((period) => /^-?\d+(?:\.\d+)?$/u.test(period))) {
    return periods.sort((a, b) => Number(a) - Number(b));
  }
  if (periods.length > 1) {
    table.report.note(
      "The periods are neither days of the form YYYY-MM-DD nor numbers: they are taken in the order of the file.",
    );
  }
  return periods;
}

function roundOf(period: string, table: CaseTable): readonly EvaluationRound[] {
  const drafts = [...(table.periods.get(period)?.values() ?? [])];
  const cases = drafts
    .flatMap((draft) => caseOf(draft, table))
    .sort((a, b) => (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0));
  return cases.length === 0 ? [] : [{ period, cases }];
}

function caseOf(draft: CaseDraft, table: CaseTable): readonly EvaluationCase[] {
  const { forecasts, observed } = draft;
  const where = whereOf(draft);
  if (forecasts.size === 0 && observed !== null) {
    table.problem(draft.observedAt ?? draft.source, where, "", "noForecast");
    return [];
  }
  const values = table.agents.map((_, agent): ForecastValue | null => forecasts.get(agent) ?? null);
  if (values.every((value) => value === null)) {
    table.problem(draft.source, where, "", "allAbstain");
    return [];
  }
  if (observed === null) {
    table.problem(draft.source, where, "", "noOutcome");
    return [];
  }
  table.agents.forEach((agent, index) => {
    const isTold = forecasts.has(index) || draft.unusable.has(index);
    if (!isTold) table.problem(draft.source, where, agent, "agentMissing");
  });
  return [{ subject: draft.subject, forecasts: values, observed }];
}

/** A forecast without outcome and an outcome without forecast are one when only their spelling differs. */
function matchSpellings(table: CaseTable): void {
  for (const subjects of table.periods.values()) {
    const drafts = [...subjects.values()];
    const lonely = drafts.filter(({ forecasts, observed }) => forecasts.size === 0 && observed !== null);
    const open = drafts.filter(({ forecasts, observed }) => forecasts.size > 0 && observed === null);
    const byPlain = Map.groupBy(open, ({ subject }) => plainOf(subject));
    const lonelyByPlain = Map.groupBy(lonely, ({ subject }) => plainOf(subject));
    for (const [plain, [outcome, another]] of lonelyByPlain) {
      const [forecast, rival] = byPlain.get(plain) ?? [];
      if (outcome === undefined || forecast === undefined) continue;
      if (another !== undefined || rival !== undefined) continue;
      forecast.observed = outcome.observed;
      forecast.observedAt = outcome.observedAt;
      table.problem(outcome.source, whereOf(outcome), forecast.subject, "respelled");
      table.remove(outcome);
    }
  }
}

function plainOf(subject: string): string {
  return subject.toLowerCase().replaceAll(/[\s._/-]/gu, "");
}

/** Tells of subjects whose forecasts end before the last forecast, and of those that begin just then. */
function tellVanished(table: CaseTable, periods: readonly string[]): void {
  const first = new Map<string, number>();
  const last = new Map<string, { readonly at: number; readonly draft: CaseDraft }>();
  periods.forEach((period, at) => {
    for (const draft of table.periods.get(period)?.values() ?? []) {
      if (draft.forecasts.size === 0) continue;
      if (!first.has(draft.subject)) first.set(draft.subject, at);
      last.set(draft.subject, { at, draft });
    }
  });
  const end = Math.max(...Array.from(last.values(), ({ at }) => at));
  const beginning = Map.groupBy(first.keys(), (subject) => first.get(subject) ?? 0);
  for (const { at, draft } of last.values()) {
    if (at === end) continue;
    table.problem(draft.source, whereOf(draft), "", "vanished");
    const newcomers = beginning.get(at + 1) ?? [];
    const [newcomer] = newcomers;
    if (newcomer !== undefined && newcomers.length === 1) {
      table.problem(draft.source, `${newcomer} in ${periods[at + 1] ?? ""}`, draft.subject, "perhapsRenamed");
    }
  }
}

function nothingMatches(table: CaseTable): MycroftError {
  const drafts = [...table.periods.values()].flatMap((subjects) => [...subjects.values()]);
  const forecast = drafts.find(({ forecasts }) => forecasts.size > 0);
  const outcome = drafts.find(({ observed }) => observed !== null);
  const example = (draft: CaseDraft | undefined) => (draft === undefined ? "none" : whereOf(draft));
  return new MycroftError(
    "DATA_EMPTY",
    `No case has both a usable forecast and an outcome: nothing can be scored. The first forecast is of ${example(forecast)}, the first outcome of ${example(outcome)}. Do the two files write periods and subjects alike?`,
    { details: { problems: table.report.finish().problems } },
  );
}

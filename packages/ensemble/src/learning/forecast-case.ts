/** What a learner is told, forecasts and outcomes, read without trust (P7): nothing past this file is checked again. */
import { MycroftError } from "@mycroft/errors";
import { normalized, readDistribution } from "../distribution.ts";
import {
  inside,
  type Place,
  placeOf,
  readList,
  readName,
  readNumber,
  readText,
  rejection,
} from "../json-reader.ts";
import { ensembleLimits } from "../limits.ts";
import { compareText } from "../panel.ts";
import type { Loss } from "./loss.ts";

/** One question, and what each agent forecasts; an agent that is not in the map sleeps (it abstains, or is gone). */
export interface ForecastCase {
  /** Told apart from all others that wait for their outcomes. */
  readonly id: string;
  /** By agent: probabilities over ordered outcomes, or a number; all of one kind. At least one. */
  readonly forecasts: ReadonlyMap<string, readonly number[] | number>;
  /** The state of the world on the day, such as a market regime, for policies that weigh by it; others do not read it. */
  readonly context?: string | undefined;
}

export interface PooledCase {
  readonly id: string;
  /** Of those who gave a forecast, in order of name; their sum is 1. */
  readonly weights: ReadonlyMap<string, number>;
  readonly pooled: readonly number[] | number;
}

export interface KnownOutcome {
  readonly id: string;
  /** A distribution (ties can share an outcome; `certainOutcome` makes a plain one), or a number. */
  readonly observed: readonly number[] | number;
}

export type ForecastKind = Loss["forecasts"];

export interface CheckedCase {
  readonly id: string;
  /** In order of name. */
  readonly agents: readonly string[];
  readonly forecasts: readonly Float64Array[];
  readonly context: string | null;
}

/** Of which kind the first forecast is, or null when there is none. */
export function kindOf(cases: readonly ForecastCase[]): ForecastKind | null {
  for (const { forecasts } of cases) {
    for (const forecast of forecasts.values())
      return typeof forecast === "number" ? "points" : "distributions";
  }
  return null;
}

/**
 * @throws {MycroftError} INPUT_INVALID, OPINION_INVALID, OPINION_DIMENSION or LIMIT_EXCEEDED, naming the agent, the
 *   field, the value and the limit; ENSEMBLE_EMPTY for a case without forecasts.
 */
export function readCases(
  cases: readonly ForecastCase[],
  kind: ForecastKind,
  isPending: (id: string) => boolean,
): readonly CheckedCase[] {
  const place = placeOf("cases");
  const seen = new Set<string>();
  return readList(cases, place, ensembleLimits.pendingCases).map((_, index) => {
    const at = inside(place, index);
    const checked = readCase(cases[index], at, kind);
    if (seen.has(checked.id) || isPending(checked.id)) {
      throw rejection(
        "INPUT_INVALID",
        inside(at, "id"),
        checked.id,
        "of no other case that waits for its outcome",
      );
    }
    seen.add(checked.id);
    return checked;
  });
}

function readCase(given: ForecastCase | undefined, place: Place, kind: ForecastKind): CheckedCase {
  const id = readId(given?.id, inside(place, "id"));
  const at = inside(place, "forecasts");
  const all: unknown = given?.forecasts;
  if (!(all instanceof Map)) throw rejection("INPUT_INVALID", at, all, "a Map from agent to forecast");
  if (all.size === 0) {
    throw new MycroftError(
      "ENSEMBLE_EMPTY",
      `Case ${JSON.stringify(id)} has no forecast: leave it out when all abstain.`,
      {
        details: { field: "forecasts", case: id },
      },
    );
  }
  const entries: (readonly [string, unknown])[] = [];
  for (const [agent, forecast] of all) entries.push([readName(agent, inside(at, "agent")), forecast]);
  entries.sort(([a], [b]) => compareText(a, b));
  let size: number | null = null;
  const forecasts = entries.map(([agent, forecast]) => {
    const row = readForecast(forecast, inside(at, agent, agent), kind, size);
    size = row.length;
    return row;
  });
  const context = given?.context ?? null;
  return {
    id,
    agents: entries.map(([agent]) => agent),
    forecasts,
    context: context === null ? null : readName(context, inside(place, "context")),
  };
}

function readId(value: unknown, place: Place): string {
  return readText(value, place, ensembleLimits.caseIdLength);
}

const { pointMagnitude, outcomes: mostOutcomes } = ensembleLimits;
const pointRange = { min: -pointMagnitude, max: pointMagnitude } as const;

/** `size` null: the first of its case, which says how many outcomes there are. */
function readForecast(value: unknown, place: Place, kind: ForecastKind, size: number | null): Float64Array {
  if (kind === "points") return Float64Array.of(readNumber(value, place, pointRange) + 0);
  if (size === null && Array.isArray(value) && (value.length < 2 || value.length > mostOutcomes)) {
    throw rejection("OPINION_DIMENSION", place, value, `a list of 2 to ${mostOutcomes}`);
  }
  const length = size ?? (Array.isArray(value) ? value.length : 2);
  return Float64Array.from(
    normalized(readDistribution(value, place, length)),
    (probability) => probability + 0,
  );
}

export interface CheckedOutcome {
  readonly id: string;
  readonly observed: Float64Array;
}

/**
 * Reads the outcomes of cases that are pending; `sizeOf` gives the length of a pending case's forecasts, undefined for
 * a case that is not pending: its outcome is left out.
 */
export function readOutcomes(
  outcomes: readonly KnownOutcome[],
  kind: ForecastKind | null,
  sizeOf: (id: string) => number | undefined,
): readonly CheckedOutcome[] {
  const place = placeOf("outcomes");
  const seen = new Set<string>();
  return readList(outcomes, place, ensembleLimits.pendingCases).flatMap((_, index) => {
    const at = inside(place, index);
    const id = readId(outcomes[index]?.id, inside(at, "id"));
    if (seen.has(id)) throw rejection("INPUT_INVALID", inside(at, "id"), id, "there once only");
    seen.add(id);
    const size = sizeOf(id);
    if (size === undefined || kind === null) return [];
    return [{ id, observed: readForecast(outcomes[index]?.observed, inside(at, "observed"), kind, size) }];
  });
}

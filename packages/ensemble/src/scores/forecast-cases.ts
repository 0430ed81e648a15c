/** Lists of forecasts with what came of each, checked once for all measures of calibration and sharpness. */
import { MycroftError } from "@mycroft/errors";
import { checkDistribution, normalized, readDistribution } from "../distribution.ts";
import { inside, placeOf, readList, readObject } from "../json-reader.ts";

/** A forecast and its outcome, both distributions over the same outcomes; ties may share an outcome. */
export interface ScoredForecast {
  readonly probabilities: readonly number[];
  readonly observed: readonly number[];
}

/** @throws {MycroftError} ENSEMBLE_EMPTY for none; OPINION_INVALID or OPINION_DIMENSION for a bad one, naming it. */
export function checkForecastCases(cases: readonly ScoredForecast[]): readonly ScoredForecast[] {
  const place = placeOf("cases");
  const given = readList(cases, place, Number.MAX_SAFE_INTEGER).map((one, index) =>
    readObject<keyof ScoredForecast>(one, inside(place, index)),
  );
  const size = sizeOf(given[0]?.probabilities, given.length);
  return given.map(({ probabilities, observed }, index) => {
    const at = inside(place, index);
    return {
      probabilities: normalized(readDistribution(probabilities, inside(at, "probabilities"), size)),
      observed: normalized(readDistribution(observed, inside(at, "observed"), size)),
    };
  });
}

/** As `checkForecastCases`, for forecasts alone. */
export function checkForecasts(forecasts: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const place = placeOf("forecasts");
  const given = readList(forecasts, place, Number.MAX_SAFE_INTEGER);
  const size = sizeOf(given[0], given.length);
  return given.map((forecast, index) => normalized(readDistribution(forecast, inside(place, index), size)));
}

function sizeOf(first: unknown, count: number): number {
  if (count === 0) throw new MycroftError("ENSEMBLE_EMPTY", "There is no forecast to look at.");
  return checkDistribution(first, "the first forecast").length;
}

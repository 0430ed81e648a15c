/**
 * The losses that can be learned from: lower is better, convex in the forecast. Forecasts are probabilities over ordered
 * outcomes or one number, both as Float64Array, checked before they come here.
 */
import type { MycroftError } from "@mycroft/errors";
import { type Place, placeOf, readNumber, rejection } from "../json-reader.ts";
import { log } from "../portable-math/log.ts";

export type LossName = "rps" | "brier" | "log" | "square" | "absolute" | "pinball";

export interface Loss {
  readonly name: LossName;
  /** Of probabilities, or of a point. */
  readonly forecasts: "distributions" | "points";
  /** The quantile that the pinball loss asks for; null for the others. */
  readonly level: number | null;
  readonly of: (forecast: Float64Array, observed: Float64Array) => number;
  /** A subgradient of the loss at `forecast`, one number for each of its components, written into `into`. */
  readonly gradient: (forecast: Float64Array, observed: Float64Array, into: Float64Array) => void;
}

/** The least probability that the log loss charges for: 13.8 nats is the most that one outcome can cost. */
export const logLossFloor = 1e-6;

/** Median unless stated. */
const defaultLevel = 0.5;

const levelRange = { min: 0.001, max: 0.999 };

const lossNames: readonly LossName[] = ["rps", "brier", "log", "square", "absolute", "pinball"];

/**
 * `level` is read for the pinball loss only, from 0.001 to 0.999.
 * @throws {MycroftError} INPUT_INVALID for a loss that there is not, or a level out of range.
 */
export function findLoss(name: LossName, level: number = defaultLevel): Loss {
  switch (name) {
    case "rps":
      return rps;
    case "brier":
      return brier;
    case "log":
      return logLoss;
    case "square":
      return square;
    case "absolute":
      return { ...pinballOf(0.5), name, level: null, of: (f, y) => Math.abs(at(f) - at(y)), gradient: sign };
    case "pinball":
      return pinballOf(readNumber(level, placeOf("level"), levelRange));
    default:
      throw wrongName(name, placeOf("loss"));
  }
}

/** @throws {MycroftError} INPUT_INVALID */
export function readLoss(value: unknown, level: unknown, place: Place): Loss {
  const name = lossNames.find((known) => known === value);
  if (name === undefined) throw wrongName(value, place);
  if (name !== "pinball") {
    if (level === undefined || level === null) return findLoss(name);
    throw rejection("INPUT_INVALID", placeOf("level"), level, `left out: the ${name} loss has none`);
  }
  if (level === undefined || level === null) return findLoss(name);
  return findLoss(name, readNumber(level, placeOf("level"), levelRange));
}

function wrongName(value: unknown, place: Place): MycroftError {
  return rejection("INPUT_INVALID", place, value, `one of ${lossNames.join(", ")}`);
}

function at(values: Float64Array): number {
  return values[0] ?? 0;
}

/** The ranked probability score as `rankedProbabilityScore` defines it. */
const rps: Loss = {
  name: "rps",
  forecasts: "distributions",
  level: null,
  of: (forecast, observed) => {
    let gap = 0;
    let loss = 0;
    for (let k = 0; k < forecast.length; k += 1) {
      gap += (forecast[k] ?? 0) - (observed[k] ?? 0);
      loss += gap * gap;
    }
    return loss / forecast.length;
  },
  gradient: (forecast, observed, into) => {
    // d/dp_j of (1/K) sum_k gap_k^2 is (2/K) sum_{k >= j} gap_k.
    let gap = 0;
    for (let k = 0; k < forecast.length; k += 1) {
      gap += (forecast[k] ?? 0) - (observed[k] ?? 0);
      into[k] = gap;
    }
    let tail = 0;
    for (let k = forecast.length - 1; k >= 0; k -= 1) {
      tail += into[k] ?? 0;
      into[k] = (2 * tail) / forecast.length;
    }
  },
};

const brier: Loss = {
  name: "brier",
  forecasts: "distributions",
  level: null,
  of: (forecast, observed) => {
    let loss = 0;
    for (let k = 0; k < forecast.length; k += 1) {
      const gap = (forecast[k] ?? 0) - (observed[k] ?? 0);
      loss += gap * gap;
    }
    return loss;
  },
  gradient: (forecast, observed, into) => {
    for (let k = 0; k < forecast.length; k += 1) into[k] = 2 * ((forecast[k] ?? 0) - (observed[k] ?? 0));
  },
};

/** Never below the floor, so that no outcome costs Infinity. */
const logLoss: Loss = {
  name: "log",
  forecasts: "distributions",
  level: null,
  of: (forecast, observed) => {
    let loss = 0;
    for (let k = 0; k < forecast.length; k += 1) {
      const share = observed[k] ?? 0;
      if (share > 0) loss -= share * log(Math.max(forecast[k] ?? 0, logLossFloor));
    }
    return Math.max(0, loss);
  },
  gradient: (forecast, observed, into) => {
    for (let k = 0; k < forecast.length; k += 1) {
      into[k] = -(observed[k] ?? 0) / Math.max(forecast[k] ?? 0, logLossFloor);
    }
  },
};

const square: Loss = {
  name: "square",
  forecasts: "points",
  level: null,
  of: (forecast, observed) => {
    const miss = at(forecast) - at(observed);
    return miss * miss;
  },
  gradient: (forecast, observed, into) => {
    into[0] = 2 * (at(forecast) - at(observed));
  },
};

function sign(forecast: Float64Array, observed: Float64Array, into: Float64Array): void {
  into[0] = Math.sign(at(forecast) - at(observed));
}

function pinballOf(level: number): Loss {
  return {
    name: "pinball",
    forecasts: "points",
    level,
    of: (forecast, observed) => {
      const miss = at(observed) - at(forecast);
      return miss >= 0 ? level * miss : (level - 1) * miss;
    },
    gradient: (forecast, observed, into) => {
      const miss = at(observed) - at(forecast);
      if (miss === 0) into[0] = 0;
      else into[0] = miss > 0 ? -level : 1 - level;
    },
  };
}

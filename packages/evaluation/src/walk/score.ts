/** The scores that an evaluation may use: the ensemble's losses, with what the search for the best mixture needs of them. */
import { findLoss, type Loss, type LossName } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";

export type ScoreName = LossName;

export const scoreNames: readonly ScoreName[] = ["rps", "brier", "log", "square", "absolute", "pinball"];

export interface Score extends Loss {
  /** For a score with kinks: a smooth one below it, by less than `width`. */
  readonly smoothed: ((width: number) => Score) | null;
}

/**
 * @param level the quantile that the pinball score asks for, 0.001 to 0.999.
 * @throws {MycroftError} INPUT_INVALID when the score is not for this kind of forecasts, or the level is out of range.
 */
export function findScore(
  name: ScoreName | undefined,
  kind: "distribution" | "point",
  level: number | undefined,
): Score {
  const chosen = name ?? (kind === "point" ? "square" : "rps");
  if (!scoreNames.includes(chosen)) throw refused(String(chosen), `one of ${scoreNames.join(", ")}`);
  if (level !== undefined && (chosen !== "pinball" || !(level >= 0.001 && level <= 0.999))) {
    throw new MycroftError(
      "INPUT_INVALID",
      `The level is ${level}; it is for the pinball score, and from 0.001 to 0.999.`,
      { details: { field: "level", value: level, limit: "0.001 to 0.999" } },
    );
  }
  const loss = findLoss(chosen, level);
  if (loss.forecasts === `${kind}s`) return { ...loss, smoothed: smoothing(loss) };
  const fitting = kind === "point" ? "square, absolute or pinball" : "rps, brier or log";
  throw refused(chosen, `${fitting}: the forecasts are ${kind === "point" ? "points" : "distributions"}`);
}

function refused(score: string, limit: string): MycroftError {
  return new MycroftError("INPUT_INVALID", `The score is ${score}; it must be ${limit}.`, {
    details: { field: "score", value: score, limit },
  });
}

function smoothing(loss: Loss): Score["smoothed"] {
  if (loss.name !== "absolute" && loss.name !== "pinball") return null;
  const level = loss.level ?? 0.5;
  const scale = loss.name === "absolute" ? 2 : 1;
  const low = (level - 1) * scale;
  const high = level * scale;
  // The loss is max_s (s * miss) over low <= s <= high; less width * s^2 / 2, its maximum is smooth.
  return (width) => {
    const slopeAt = (miss: number) => Math.min(high, Math.max(low, miss / width));
    const missOf = (forecast: Float64Array, observed: Float64Array) =>
      (observed[0] ?? 0) - (forecast[0] ?? 0);
    return {
      ...loss,
      of: (forecast, observed) => {
        const miss = missOf(forecast, observed);
        const slope = slopeAt(miss);
        return slope * miss - (width * slope * slope) / 2;
      },
      gradient: (forecast, observed, into) => {
        into[0] = -slopeAt(missOf(forecast, observed));
      },
      smoothed: null,
    };
  };
}

/** A panel of point forecasts: checked to answer one question in one unit, and put in order of the agents' names (E1). */
import { inside, type Place, readList, rejection } from "../json-reader.ts";
import { ensembleLimits } from "../limits.ts";
import type { Abstention } from "../opinion.ts";
import { byAgent, checkTogether, type Question } from "../panel.ts";
import { type PointOpinion, type PointView, readPointView } from "./point-opinion.ts";

export interface PointPanel {
  /** Null when no point states one. */
  readonly unit: string | null;
  readonly opinions: readonly PointOpinion[];
  readonly abstentions: readonly Abstention[];
}

/** Reads a list of views; `unit` is what they must be in, and left out, the first point says so. */
export function readPointPanel(
  value: unknown,
  place: Place,
  stated: { readonly question: Question; readonly unit: string | undefined },
): PointPanel {
  const views = readList(value, place, ensembleLimits.views).map((view, index) =>
    readPointView(view, inside(place, index)),
  );
  checkTogether(views, stated.question, place);
  const unit = stated.unit ?? views.find(isPoint)?.unit;
  views.forEach((view, index) => {
    if (view.type !== "point" || view.unit === unit) return;
    const at = inside(inside(place, index), "unit", view.agent);
    throw rejection(
      "INPUT_INVALID",
      at,
      view.unit,
      unit === undefined ? "left out, as by the others" : `"${unit}"`,
    );
  });
  const inOrder = views.toSorted(byAgent);
  return {
    unit: unit ?? null,
    opinions: inOrder.filter(isPoint),
    abstentions: inOrder.filter((view) => view.type === "abstention"),
  };
}

function isPoint(view: PointView): view is PointOpinion {
  return view.type === "point";
}

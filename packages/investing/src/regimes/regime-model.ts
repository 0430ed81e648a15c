/** Regimes as clusters of days that were alike: k-means over standardized features, from a start that is not drawn by lot. */
import type { kmeans } from "ml-kmeans";

export interface MarketFeatures {
  /** Annualized volatility of the market's returns of late. */
  readonly volatility: number;
  /** The market's logarithmic return over three months. */
  readonly trend: number;
}

export interface RegimeModel {
  /** By volatility of its centre, the calmest first. */
  readonly centres: readonly MarketFeatures[];
  /** The place of the regime that is nearest to these features. */
  regimeOf(features: MarketFeatures): number;
}

/** Logarithm of the volatility, which is as far from half as from double, and the trend. */
type Point = [number, number];

/**
 * Lloyd's algorithm on both features in standard deviations. It starts from the means of as many equal parts of the days,
 * by volatility, so that equal days give equal regimes (E1).
 * @param past at least as many days as regimes.
 * Source: Lloyd 1982, "Least squares quantization in PCM", IEEE Transactions on Information Theory 28(2).
 */
export function fitRegimes(
  cluster: typeof kmeans,
  past: readonly MarketFeatures[],
  regimes: number,
): RegimeModel {
  const raw = past.map(pointOf);
  const scales = ([0, 1] as const).map((axis) => scaleOf(raw.map((point) => point[axis])));
  const points = raw.map((point) => standardized(point, scales));
  const ordered = points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  const initialization = Array.from({ length: regimes }, (_, part) => {
    const from = Math.floor((part * ordered.length) / regimes);
    const to = Math.floor(((part + 1) * ordered.length) / regimes);
    return meanOf(ordered.slice(from, to));
  });
  const { centroids } = cluster(points, regimes, { initialization });
  const centres = centroids
    .map(([volatility = 0, trend = 0]): Point => [volatility, trend])
    .toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  return {
    centres: centres.map((centre) => featuresOf(centre, scales)),
    regimeOf: (features) => nearest(centres, standardized(pointOf(features), scales)),
  };
}

interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

function scaleOf(values: readonly number[]): Scale {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) || 1 };
}

function pointOf({ volatility, trend }: MarketFeatures): Point {
  return [Math.log(volatility), trend];
}

function standardized([first, second]: Point, [a, b]: readonly Scale[]): Point {
  return [(first - (a?.mean ?? 0)) / (a?.deviation ?? 1), (second - (b?.mean ?? 0)) / (b?.deviation ?? 1)];
}

function featuresOf([first, second]: Point, [a, b]: readonly Scale[]): MarketFeatures {
  const volatility = Math.exp(first * (a?.deviation ?? 1) + (a?.mean ?? 0));
  return { volatility, trend: second * (b?.deviation ?? 1) + (b?.mean ?? 0) };
}

function meanOf(points: readonly Point[]): Point {
  const sum = points.reduce<Point>(([x, y], point) => [x + point[0], y + point[1]], [0, 0]);
  return [sum[0] / points.length, sum[1] / points.length];
}

function nearest(centres: readonly Point[], point: Point): number {
  const distances = centres.map((centre) => (centre[0] - point[0]) ** 2 + (centre[1] - point[1]) ** 2);
  return distances.indexOf(Math.min(...distances));
}

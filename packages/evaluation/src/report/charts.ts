/** The report's plots, as SVG that takes its colours from the page: lines, stacked areas, reliability, and a heat map. */
import { counted } from "./counted.ts";
import {
  bottomNames,
  escapeText,
  type Frame,
  leftAxis,
  line,
  place,
  scaleOf,
  shortName,
  svg,
  text,
} from "./svg.ts";

/** So many colours the page has; lines after that share them, in other dashes. */
export const colourCount = 8;
const dashes = ["", "7 4", "2 3", "10 3 2 3"] as const;

export interface Series {
  readonly name: string;
  /** By period; null where there is nothing. */
  readonly values: readonly (number | null)[];
  /** All that have no colour of their own. */
  readonly isRest?: boolean;
}

function colourOf({ isRest }: Pick<Series, "isRest">, index: number): string {
  return isRest === true ? "rest" : `c${index % colourCount}`;
}

/** A colour and a dash that no other of the first 32 lines has. */
function lineStyle(index: number): string {
  const dash = dashes[Math.floor(index / colourCount) % dashes.length] ?? "";
  return `class="line c${index % colourCount}"${dash === "" ? "" : ` stroke-dasharray="${dash}"`}`;
}

const wide: Frame = { width: 860, height: 300, left: 74, right: 12, top: 10, bottom: 28 };

/** More points of a line than this are not seen at that width. */
const mostPoints = 800;

export interface LineChart {
  readonly title: string;
  readonly periods: readonly string[];
  readonly series: readonly Series[];
  /** Of a value, on the axis and beside the names. */
  readonly label: (value: number) => string;
}

/** Lines over time, which the legend names in the order in which they end, the highest first. */
export function lineChart({ title, periods, series, label }: LineChart): string {
  const values = series.flatMap((one) => one.values).filter((value) => value !== null);
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (values.length === 0) return "";
  const y = scaleOf(low, high, wide.height - wide.bottom, wide.top);
  const x = scaleOf(0, Math.max(1, periods.length - 1), wide.left + 8, wide.width - wide.right - 8);
  const zero =
    y.low < 0 && y.high > 0 ? line(wide.left, y.at(0), wide.width - wide.right, y.at(0), "zero") : "";
  const shown = evenIndices(periods.length, mostPoints);
  const lines = series.map((one, index) => {
    const points = shown.map((at) => ({ x: x.at(at), value: one.values[at] ?? null }));
    const dots = periods.length > 40 ? "" : dotsOf(one, index, periods, { x: x.at, y: y.at, label });
    return `<path d="${pathOf(points, y.at)}" ${lineStyle(index)}><title>${escapeText(one.name)}</title></path>${dots}`;
  });
  const body = leftAxis(wide, y, label) + zero + bottomNames(wide, periods, x.at) + lines.join("");
  return svg(wide, title, body) + lineLegend(series, label);
}

function dotsOf(
  { name, values }: Series,
  index: number,
  periods: readonly string[],
  {
    x,
    y,
    label,
  }: { x: (at: number) => number; y: (value: number) => number; label: (value: number) => string },
): string {
  const dots = values.map((value, at) => {
    if (value === null) return "";
    return dot(x(at), y(value), index, `${name}, ${periods[at] ?? ""}: ${label(value)}`);
  });
  return dots.join("");
}

/** At most `most` indices from 0 to `length - 1`, evenly spread, the first and the last among them. */
export function evenIndices(length: number, most: number): readonly number[] {
  if (length <= most) return Array.from({ length }, (_, index) => index);
  return Array.from({ length: most }, (_, place) => Math.round((place * (length - 1)) / (most - 1)));
}

/** A gap where there is no value. */
function pathOf(
  points: readonly { readonly x: number; readonly value: number | null }[],
  y: (value: number) => number,
): string {
  let isOpen = false;
  return points
    .map(({ x, value }) => {
      if (value === null) {
        isOpen = false;
        return "";
      }
      const command = isOpen ? "L" : "M";
      isOpen = true;
      return `${command}${place(x)} ${place(y(value))}`;
    })
    .join("");
}

function dot(x: number, y: number, colour: number, words: string): string {
  return `<circle cx="${place(x)}" cy="${place(y)}" r="3" class="dot c${colour % colourCount}"><title>${escapeText(words)}</title></circle>`;
}

function lineLegend(series: readonly Series[], label: (value: number) => string): string {
  const entries = series.map(({ name, values }, index) => {
    return { name, index, last: values.findLast((value) => value !== null) ?? null };
  });
  const items = entries
    .sort((a, b) => (b.last ?? Number.NEGATIVE_INFINITY) - (a.last ?? Number.NEGATIVE_INFINITY))
    .map(({ name, index, last }) => {
      const sample = `<svg class="sample" viewBox="0 0 34 8"><path d="M0 4L34 4" ${lineStyle(index)}/></svg>`;
      const end = last === null ? "" : ` <span>${escapeText(label(last))}</span>`;
      return `<li>${sample}${escapeText(shortName(name, 48))}${end}</li>`;
    });
  return `<ul class="legend">${items.join("")}</ul>`;
}

function legend(series: readonly Series[]): string {
  const items = series.map(
    (one, index) => `<li><i class="${colourOf(one, index)}"></i>${escapeText(shortName(one.name, 40))}</li>`,
  );
  return `<ul class="legend">${items.join("")}</ul>`;
}

const small: Frame = { width: 420, height: 200, left: 44, right: 8, top: 8, bottom: 24 };

/** Shares of one, stacked; at most `colourCount` series, the last of which may be all others. */
export function stackedChart(title: string, periods: readonly string[], series: readonly Series[]): string {
  const y = scaleOf(0, 1, small.height - small.bottom, small.top);
  const x = scaleOf(0, Math.max(1, periods.length - 1), small.left, small.width - small.right);
  let below = periods.map(() => 0);
  const areas = series.map((one, index) => {
    const above = below.map((base, at) => base + (one.values[at] ?? 0));
    const up = above.map((value, at) => `${place(x.at(at))} ${place(y.at(value))}`);
    const down = below.map((value, at) => `${place(x.at(at))} ${place(y.at(value))}`).reverse();
    // One period alone is no area: it gets the whole width.
    const right = place(small.width - small.right);
    const points =
      periods.length > 1
        ? [...up, ...down]
        : [
            up[0] ?? "",
            `${right} ${place(y.at(above[0] ?? 0))}`,
            `${right} ${place(y.at(below[0] ?? 0))}`,
            down[0] ?? "",
          ];
    below = above;
    return `<path d="M${points.join("L")}Z" class="area ${colourOf(one, index)}"><title>${escapeText(one.name)}</title></path>`;
  });
  const percent = (value: number) => `${Math.round(value * 100)}%`;
  const body = areas.join("") + leftAxis(small, y, percent) + bottomNames(small, periods, x.at);
  return svg(small, title, body) + legend(series);
}

const square: Frame = { width: 300, height: 290, left: 44, right: 8, top: 8, bottom: 34 };

export interface ReliabilityPoint {
  readonly meanForecast: number;
  readonly observedShare: number;
  readonly count: number;
}

/** Points on the diagonal say what happens; their area grows with how often they are said. */
export function reliabilityChart(title: string, points: readonly ReliabilityPoint[], colour: number): string {
  const x = scaleOf(0, 1, square.left, square.width - square.right);
  const y = scaleOf(0, 1, square.height - square.bottom, square.top);
  const total = points.reduce((sum, { count }) => sum + count, 0);
  const percent = (value: number) => `${Math.round(value * 100)}%`;
  const names = [0, 0.5, 1].map((at) =>
    text(x.at(at), square.height - 18, percent(at), at === 1 ? "end" : "middle"),
  );
  const axis = text(x.at(0.5), square.height - 3, "forecast", "middle");
  const circles = points.map(({ meanForecast: forecast, observedShare: observed, count }) => {
    const radius = place(2 + 10 * Math.sqrt(count / total));
    const words = `forecast ${percent(forecast)}, came true ${percent(observed)}, ${counted(count, "time")}`;
    return `<circle cx="${place(x.at(forecast))}" cy="${place(y.at(observed))}" r="${radius}" class="bubble c${colour % colourCount}"><title>${words}</title></circle>`;
  });
  const diagonal = line(x.at(0), y.at(0), x.at(1), y.at(1), "zero");
  return svg(
    square,
    title,
    leftAxis(square, y, percent) + diagonal + names.join("") + axis + circles.join(""),
  );
}

/** Darker is further apart. */
export function heatMap(
  title: string,
  names: readonly string[],
  distances: readonly (readonly (number | null)[])[],
  label: (value: number) => string,
): string {
  const cell = Math.max(10, Math.min(34, Math.floor(640 / Math.max(1, names.length))));
  const side = cell * names.length;
  const frame: Frame = { width: side + 140, height: side + 110, left: 130, right: 10, top: 4, bottom: 106 };
  const most = distances.flat().reduce<number>((largest, value) => Math.max(largest, value ?? 0), 0);
  const cells = distances.flatMap((row, a) =>
    row.map((value, b) => {
      const [x, y] = [frame.left + b * cell, frame.top + a * cell];
      const shade = value === null || most === 0 ? 0 : value / most;
      const words = `${names[a] ?? ""} and ${names[b] ?? ""}: ${value === null ? "never on the same case" : label(value)}`;
      const number =
        cell >= 26 && value !== null && a !== b
          ? text(x + cell / 2, y + cell / 2 + 4, cellText(value), "middle")
          : "";
      const dark = shade > 0.55 ? ' class="on-dark"' : "";
      return `<g${dark}><rect x="${x}" y="${y}" width="${cell - 1}" height="${cell - 1}" class="heat" fill-opacity="${place(shade)}"><title>${escapeText(words)}</title></rect>${number}</g>`;
    }),
  );
  const rows = names.map((name, at) =>
    text(frame.left - 6, frame.top + at * cell + cell / 2 + 4, shortName(name, 17), "end"),
  );
  const columns = names.map((name, at) => {
    const [x, y] = [frame.left + at * cell + cell / 2, frame.top + side + 12];
    return `<text x="${x}" y="${y}" text-anchor="end" transform="rotate(-55 ${x} ${y})">${escapeText(shortName(name, 15))}</text>`;
  });
  return svg(frame, title, cells.join("") + rows.join("") + columns.join(""));
}

function cellText(value: number): string {
  return value < 1 ? value.toFixed(2).slice(1) : value.toPrecision(2);
}

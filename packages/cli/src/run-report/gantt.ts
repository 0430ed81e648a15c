/**
 * A text Gantt: one line for each row, with a bar over the run's time. Work is drawn solid, failed work shaded, waiting
 * (for a worker, or for the next attempt) dotted, what waits for something outside dashed, and what encloses other rows as
 * a line.
 */
import { cut, durationText } from "@mycroft/record/text";
import type { Style } from "../text/terminal.ts";

export type SpanKind = "waiting" | "awaiting" | "enclosing" | "failed" | "work";

export interface Span {
  readonly kind: SpanKind;
  readonly from: number;
  readonly to: number;
}

export interface GanttRow {
  readonly label: string;
  /** How deep the row lies in others, from 0. */
  readonly depth: number;
  readonly status: string;
  readonly statusStyle: Style;
  readonly attempts: number;
  /** In any order; later kinds of `SpanKind` are drawn over earlier ones. */
  readonly spans: readonly Span[];
}

export interface GanttFrame {
  readonly from: number;
  readonly to: number;
  /** Columns; at least 40. */
  readonly width: number;
  readonly style: (style: Style | readonly Style[], text: string) => string;
}

const marks: Readonly<Record<SpanKind, string>> = {
  waiting: "·",
  awaiting: "╌",
  enclosing: "─",
  failed: "▒",
  work: "█",
};
const drawOrder: readonly SpanKind[] = ["waiting", "awaiting", "enclosing", "failed", "work"];
const bounds = { label: [4, 36], status: [6, 26], bar: [10, 60] } as const;
const attemptsWidth = 5;
/** `999 h 59 min`. */
const timeWidth = 12;
/** With the blanks between columns. */
const fixedWidth = attemptsWidth + timeWidth + 4 * 2;

const meanings: Readonly<Record<SpanKind, string>> = {
  work: "work",
  failed: "work that failed",
  waiting: "waiting",
  awaiting: "waiting for an answer or a time",
  enclosing: "from the first to the last of the lines below it",
};

/** What the marks in the bars mean; only of those that are there. */
export function ganttLegend(rows: readonly GanttRow[]): string {
  const kinds = new Set(rows.flatMap(({ spans }) => spans.map(({ kind }) => kind)));
  const drawn = drawOrder.toReversed().filter((kind) => kinds.has(kind));
  return drawn.map((kind) => `${marks[kind]} ${meanings[kind]}`).join("   ");
}

/** The lines of a Gantt, a heading first. Nothing in it is wider than the frame. */
export function renderGantt(rows: readonly GanttRow[], frame: GanttFrame): readonly string[] {
  const columns = layOut(rows, frame.width);
  const { style } = frame;
  const heading = line(columns, ["Step", "Status", "Tries", "Time", axis(frame, columns.bar)]);
  return [
    style("dim", heading.trimEnd()),
    ...rows.map((row) => {
      const label = `${"  ".repeat(row.depth)}${row.label}`;
      const status = style(row.statusStyle, cut(row.status, columns.status).padEnd(columns.status));
      const cells = [label, status, row.attempts === 0 ? "-" : String(row.attempts), timeOf(row.spans)];
      return line(columns, [...cells, drawBar(row.spans, frame, columns.bar)]).trimEnd();
    }),
  ];
}

interface Columns {
  readonly label: number;
  readonly status: number;
  readonly bar: number;
}

function layOut(rows: readonly GanttRow[], width: number): Columns {
  const widest = (lengths: readonly number[], [least, most]: readonly [number, number]) =>
    Math.min(
      most,
      lengths.reduce((a, b) => Math.max(a, b), least),
    );
  const label = widest(
    rows.map((row) => row.label.length + 2 * row.depth),
    bounds.label,
  );
  const status = widest(
    rows.map((row) => row.status.length),
    bounds.status,
  );
  const [leastBar, mostBar] = bounds.bar;
  const left = width - fixedWidth - leastBar;
  // Where room is short, the status gives way first, then the label.
  const shownStatus = Math.max(bounds.status[0], Math.min(status, left - label));
  const shownLabel = Math.max(bounds.label[0], Math.min(label, left - shownStatus));
  const bar = Math.max(0, Math.min(mostBar, width - fixedWidth - shownStatus - shownLabel));
  return { label: shownLabel, status: shownStatus, bar };
}

/** `cells`: label, status, attempts, time, bar. The status comes padded, since it may be styled. */
function line(columns: Columns, cells: readonly string[]): string {
  const [label = "", status = "", attempts = "", time = "", bar = ""] = cells;
  const first = cut(label, columns.label).padEnd(columns.label);
  return `${first}  ${status.padEnd(columns.status)}  ${attempts.padStart(attemptsWidth)}  ${time.padStart(timeWidth)}  ${bar}`;
}

/** Where the bar is too short for both ends, only the first is written. */
function axis({ from, to }: GanttFrame, width: number): string {
  const end = durationText(to - from);
  return end.length + 2 <= width ? `0${end.padStart(width - 1)}` : "0".slice(0, width);
}

/** From the first work to the end of the last, waiting between attempts included. */
function timeOf(spans: readonly Span[]): string {
  const worked = spans.filter((span) => span.kind !== "waiting");
  if (worked.length === 0) return "-";
  const from = worked.reduce((least, span) => Math.min(least, span.from), Number.POSITIVE_INFINITY);
  const to = worked.reduce((most, span) => Math.max(most, span.to), Number.NEGATIVE_INFINITY);
  return cut(durationText(to - from), timeWidth);
}

function drawBar(spans: readonly Span[], { from, to }: GanttFrame, width: number): string {
  const cells = Array.from({ length: width }, () => " ");
  const scale = width / Math.max(1, to - from);
  for (const kind of drawOrder) {
    for (const span of spans) {
      if (span.kind !== kind) continue;
      const first = Math.min(width - 1, Math.max(0, Math.floor((span.from - from) * scale)));
      // However short, it shows.
      const last = Math.min(width - 1, Math.max(first, Math.ceil((span.to - from) * scale) - 1));
      cells.fill(marks[kind], first, last + 1);
    }
  }
  return cells.join("");
}

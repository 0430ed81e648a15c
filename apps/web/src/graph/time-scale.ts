/** A scale of time: where a moment is, and round moments to mark. */
import type { TimeSpan } from "./gantt-rows.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const steps = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 28, 91, 182, 365].map((count) => count * day),
] as const;

export interface Tick {
  /** Share of the span, 0 to 1. */
  readonly at: number;
  /** Since the beginning of the span. */
  readonly label: string;
}

/** Where a moment is within the span, 0 to 1; what is outside is put at its edge. */
export function shareOf(moment: number, span: TimeSpan): number {
  const length = span.to - span.from;
  if (length <= 0) return 0;
  return Math.min(1, Math.max(0, (moment - span.from) / length));
}

/** At most `most` marks at round times since the span's beginning. */
export function ticksOf(span: TimeSpan, most: number): readonly Tick[] {
  const length = span.to - span.from;
  if (length <= 0) return [{ at: 0, label: "0" }];
  const step =
    steps.find((each) => length / each <= most) ?? Math.ceil(length / most / (365 * day)) * 365 * day;
  const ticks: Tick[] = [];
  for (let offset = 0; offset <= length; offset += step) {
    ticks.push({ at: offset / length, label: offsetText(offset, step) });
  }
  return ticks;
}

function offsetText(offset: number, step: number): string {
  if (offset === 0) return "0";
  if (step < second && offset < second) return `${offset} ms`;
  if (step < minute && offset < minute) return `${trimmed(offset / second)} s`;
  if (step < hour && offset < hour) {
    const seconds = Math.round((offset % minute) / second);
    return seconds === 0
      ? `${Math.floor(offset / minute)} m`
      : `${Math.floor(offset / minute)} m ${seconds} s`;
  }
  if (offset < day) {
    const minutes = Math.round((offset % hour) / minute);
    return minutes === 0 ? `${Math.floor(offset / hour)} h` : `${Math.floor(offset / hour)} h ${minutes} m`;
  }
  const hours = Math.round((offset % day) / hour);
  return hours === 0 ? `${Math.floor(offset / day)} d` : `${Math.floor(offset / day)} d ${hours} h`;
}

function trimmed(value: number): string {
  return String(Number(value.toFixed(2)));
}

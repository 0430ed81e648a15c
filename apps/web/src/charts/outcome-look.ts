/** How an outcome looks: its place on the scale from the lowest to the highest gives its colour. Its name is always beside it. */
import type { IconName } from "../design/icon.tsx";

/** A CSS colour for the outcome `index` of `count` ordered ones. */
export function outcomeColor(index: number, count: number): string {
  const place = placeOf(index, count);
  if (place === 0) return "var(--flat)";
  const end = place < 0 ? "var(--down)" : "var(--up)";
  // The outcomes next to the middle keep enough colour to tell their side.
  return `color-mix(in oklab, ${end} ${Math.round(35 + 65 * Math.abs(place))}%, var(--flat))`;
}

export type SideName = "lower" | "middle" | "upper";

export interface SideLook {
  readonly icon: IconName;
  readonly tone: "down" | "neutral" | "up";
}

const looks: Readonly<Record<SideName, SideLook>> = {
  lower: { icon: "down", tone: "down" },
  middle: { icon: "flat", tone: "neutral" },
  upper: { icon: "up", tone: "up" },
};

export function sideLook(side: SideName): SideLook {
  return looks[side];
}

/** The word for a side: over three outcomes their own names, over more "lower" and "upper". */
export function sideWord(side: SideName, outcomes: readonly string[]): string {
  if (outcomes.length === 3) return outcomes[{ lower: 0, middle: 1, upper: 2 }[side]] ?? side;
  return side === "middle" ? "neither side" : `${side} outcomes`;
}

/** -1 for the lowest, 0 in the middle, 1 for the highest. */
function placeOf(index: number, count: number): number {
  return count < 2 ? 0 : (2 * index) / (count - 1) - 1;
}

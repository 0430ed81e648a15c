/** By how much a number differs, in words. */
import { formatExact } from "../../design/format.ts";
import type { RunDifference } from "./group-differences.ts";

const digits = 4;

/** `+0.0141`; null when it is no number on both sides. */
export function numberChange({ left, right }: Pick<RunDifference, "left" | "right">): string | null {
  const before = numberIn(left);
  const after = numberIn(right);
  if (before === null || after === null) return null;
  const change = Number((after - before).toPrecision(digits));
  if (!Number.isFinite(change)) return null;
  return `${change > 0 ? "+" : ""}${formatExact(change)}`;
}

function numberIn(side: RunDifference["left"]): number | null {
  return side !== null && "value" in side && typeof side.value === "number" ? side.value : null;
}

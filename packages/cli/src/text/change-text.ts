/** A change from one JSON value to another, in a few words. */

import { jsonBrief } from "@mycroft/record/text";
import type { ValueChange } from "@mycroft/runtime";

const valueLength = 60;
const leastDigits = 4;
/** What tells any two doubles apart. */
const mostDigits = 17;

/** `0.3122 -> 0.2981 (-0.0141)`, `"past-score" -> "linear-pool"`, `only on the left: 12`. */
export function changeText({ left, right }: Omit<ValueChange, "path">): string {
  if (typeof left === "number" && typeof right === "number") return numbersText(left, right);
  if (left === undefined) return `only on the right: ${jsonBrief(right, valueLength)}`;
  if (right === undefined) return `only on the left: ${jsonBrief(left, valueLength)}`;
  if (typeof left === "string" && typeof right === "string") return textsText(left, right);
  return `${jsonBrief(left, valueLength)} -> ${jsonBrief(right, valueLength)}`;
}

/** As few digits as tell them apart. */
function numbersText(left: number, right: number): string {
  const difference = right - left;
  const sign = difference > 0 ? "+" : "";
  for (let digits = leastDigits; digits <= mostDigits; digits += 1) {
    const [a, b] = [short(left, digits), short(right, digits)];
    if (a !== b) return `${a} -> ${b} (${sign}${short(difference, leastDigits)})`;
  }
  return `${left} -> ${right}`;
}

function short(value: number, digits: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(digits)));
}

/** Long texts that begin alike are shown from shortly before the place where they part. */
function textsText(left: string, right: string): string {
  let same = 0;
  while (same < left.length && left[same] === right[same]) same += 1;
  const from = same > valueLength / 2 ? same - 10 : 0;
  const shown = (text: string) => `${from === 0 ? "" : "..."}${jsonBrief(text.slice(from), valueLength)}`;
  return `${shown(left)} -> ${shown(right)}`;
}

/** How numbers, names and other people's texts are put into words. */

/** `47.3%` */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

/** `0.23`, and never `-0.00`. */
export function decimal(value: number, digits = 2): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text;
}

/** Four figures that count, whatever the size: `0.1559`, `2.043e+7`. */
export function significant(value: number): string {
  return value === 0 ? "0" : value.toPrecision(4);
}

/** `1 agent`, `3 agents` */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** `a`, `a and b`, `a, b and c` */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? "nobody";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}

/** `down 20.0%, flat 30.0%, up 50.0%` */
export function spelledOut(outcomes: readonly string[], probabilities: readonly number[]): string {
  return outcomes.map((name, index) => `${name} ${percent(probabilities[index] ?? 0)}`).join(", ");
}

/** How much of an agent's text is quoted; the record has all of it. */
const quotedLength = 280;

/** Somebody's own words, marked as such and cut at 280 characters; no quotation mark in them can end them early. */
export function quoted(text: string): string {
  const characters = [...plain(text).replaceAll('"', "'")];
  const cut = characters.length > quotedLength;
  return `"${characters.slice(0, quotedLength).join("")}${cut ? "..." : ""}"`;
}

/**
 * Text that cannot act on a terminal or hide its order: control and direction characters and line breaks become
 * spaces. Agents write what they like; nobody who reads an explanation may be fooled by it.
 */
export function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
}

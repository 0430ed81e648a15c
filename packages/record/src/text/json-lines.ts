/**
 * JSON for people: short lists on one line, long texts and long lists folded with a count of what is not shown, control
 * characters escaped (P7, P8).
 */

import type { JsonValue } from "@mycroft/engine";
import { counted } from "./counted.ts";
import { escapeControls } from "./printable.ts";

export interface FoldLimits {
  /** Characters of one text. */
  readonly text: number;
  /** Items of one list, and properties of one object. */
  readonly items: number;
  readonly depth: number;
}

/** Enough to see what a value is. */
export const briefly: FoldLimits = { text: 300, items: 20, depth: 8 };
export const inFull: FoldLimits = {
  text: Number.POSITIVE_INFINITY,
  items: Number.POSITIVE_INFINITY,
  depth: Number.POSITIVE_INFINITY,
};

const lineWidth = 96;

export function jsonLines(value: JsonValue, limits: FoldLimits): readonly string[] {
  return write(value, limits, 0, 0);
}

/** On one line, at most about `most` characters. */
export function jsonBrief(value: JsonValue | undefined, most: number): string {
  if (value === undefined) return "nothing";
  const text = oneLine(value, { text: most, items: most, depth: 4 }, 0);
  return text.length <= most ? text : `${text.slice(0, Math.max(0, most - 3))}...`;
}

function write(value: JsonValue, limits: FoldLimits, indent: number, depth: number): readonly string[] {
  const flat = flatText(value, limits, lineWidth - indent, depth);
  if (flat !== null || typeof value !== "object" || value === null) {
    return [flat ?? oneLine(value, limits, depth)];
  }
  const isList = Array.isArray(value);
  const entries: readonly (readonly [string, JsonValue])[] = Object.entries(value);
  const shown = entries.slice(0, limits.items);
  const inner = shown.flatMap(([key, item], position) => {
    const lines = write(item, limits, indent + 2, depth + 1);
    const name = isList ? "" : `${quote(key, limits)}: `;
    const comma = position < entries.length - 1 ? "," : "";
    return lines.map((text, line) => {
      const start = line === 0 ? name : "";
      return `  ${start}${text}${line === lines.length - 1 ? comma : ""}`;
    });
  });
  const hidden = entries.length - shown.length;
  const rest = hidden === 0 ? [] : [`  ... ${hidden} more`];
  return [isList ? "[" : "{", ...inner, ...rest, isList ? "]" : "}"];
}

/** The value on one line if that is short and hides nothing; null otherwise. */
function flatText(value: JsonValue, limits: FoldLimits, width: number, depth: number): string | null {
  if (typeof value !== "object" || value === null) return null;
  if (depth >= limits.depth) return oneLine(value, limits, depth);
  const parts = Object.values(value);
  if (parts.length > limits.items) return null;
  if (parts.some((part) => typeof part === "object" && part !== null && Object.keys(part).length > 0)) {
    return null;
  }
  const text = oneLine(value, limits, depth);
  return text.length <= width ? text : null;
}

function oneLine(value: JsonValue, limits: FoldLimits, depth: number): string {
  if (typeof value === "string") return quote(value, limits);
  if (typeof value !== "object" || value === null) return String(value);
  const entries: readonly (readonly [string, JsonValue])[] = Object.entries(value);
  const isList = Array.isArray(value);
  if (depth >= limits.depth && entries.length > 0) {
    return isList
      ? `[... ${counted(entries.length, "item")}]`
      : `{... ${counted(entries.length, "property", "properties")}}`;
  }
  const parts: string[] = [];
  let length = 0;
  for (const [key, item] of entries) {
    if (parts.length >= limits.items || length > limits.text) break;
    const part = `${isList ? "" : `${quote(key, limits)}: `}${oneLine(item, limits, depth + 1)}`;
    parts.push(part);
    length += part.length;
  }
  if (parts.length < entries.length) parts.push(`... ${entries.length - parts.length} more`);
  if (isList) return `[${parts.join(", ")}]`;
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

function quote(text: string, limits: FoldLimits): string {
  if (text.length <= limits.text) return escapeControls(JSON.stringify(text));
  const shown = escapeControls(JSON.stringify(text.slice(0, limits.text)));
  return `${shown} ... ${text.length - limits.text} more characters`;
}

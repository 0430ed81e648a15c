/** The error for a field that breaks its rule (P7). */
import { MycroftError } from "@mycroft/errors";

/** Of a wrong text, this many characters are shown. */
const shownLength = 50;

/** INPUT_INVALID. `rule` is a sentence without its end: "A tag is 1 to 100 characters". */
export function wrongField(field: string, value: unknown, rule: string, limit?: number): MycroftError {
  const shown = typeof value === "string" ? value.slice(0, shownLength) : value;
  const details = { field, value: shown, ...(limit === undefined ? {} : { limit }) };
  const quoted = typeof shown === "string" ? JSON.stringify(shown) : String(shown);
  return new MycroftError("INPUT_INVALID", `${rule}, not ${quoted}.`, { details });
}

/** The prefix that keeps clusters apart on one Redis. */
import { MycroftError } from "@mycroft/errors";

export const defaultPrefix = "mycroft";

const form = /^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/;

/** @throws {MycroftError} INPUT_INVALID. */
export function checkPrefix(prefix: string): void {
  if (typeof prefix === "string" && form.test(prefix)) return;
  const rule = "1 to 50 letters, digits, dots, - and _, and begins with a letter or digit";
  throw new MycroftError("INPUT_INVALID", `prefix is ${rule}; ${JSON.stringify(prefix)} is not.`, {
    details: { field: "prefix", value: prefix },
  });
}

/** @throws {MycroftError} INPUT_INVALID unless each of `values` is a whole number from 1 on. */
export function checkCounts(values: Readonly<Record<string, number>>): void {
  for (const [field, value] of Object.entries(values)) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new MycroftError("INPUT_INVALID", `${field} is a whole number from 1 on, not ${value}.`, {
      details: { field, value },
    });
  }
}

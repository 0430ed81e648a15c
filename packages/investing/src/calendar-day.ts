/** Calendar days as numbers: days since 1970-01-01, so that look-backs and horizons are sums. */
import { MycroftError } from "@mycroft/errors";

const msPerDay = 86_400_000;
const isoDate = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Days a year, for turning times in days into times in years. */
export const daysPerYear = 365.25;

/** The number of the day of a civil date, or null when there is no such date. Years 1 to 9999, months 1 to 12. */
export function dayOfCivil(year: number, month: number, dayOfMonth: number): number | null {
  if (year < 1 || month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > 31) return null;
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, dayOfMonth);
  return at.getUTCDate() === dayOfMonth ? at.getTime() / msPerDay : null;
}

/** The number of the day `YYYY-MM-DD`, or null when the text is no such day. */
export function parseIsoDay(text: string): number | null {
  const match = isoDate.exec(text);
  return match === null ? null : dayOfCivil(Number(match[1]), Number(match[2]), Number(match[3]));
}

/** @throws {MycroftError} INPUT_INVALID when `date` is not a day `YYYY-MM-DD`. */
export function dayOf(date: string): number {
  const day = parseIsoDay(date);
  if (day !== null) return day;
  throw new MycroftError("INPUT_INVALID", `${JSON.stringify(date)} is not a day of the form YYYY-MM-DD.`, {
    details: { value: date },
  });
}

/** `YYYY-MM-DD` of a day number. */
export function isoOf(day: number): string {
  return new Date(day * msPerDay).toISOString().slice(0, 10);
}

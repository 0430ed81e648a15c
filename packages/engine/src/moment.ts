/** Moments as a sleep step states them (ISO 8601 with an offset), read alike on every machine (E1). */
const momentForm =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** A form that ECMA-262 defines, offset included, so that no machine's time zone enters; null for any other text. */
export function momentOf(text: string): number | null {
  return momentForm.test(text) && isDay(text.slice(0, 10)) ? Date.parse(text) : null;
}

/** What to make of a day that its month does not have, ECMA-262 does not say; V8 goes on in the next month. */
function isDay(date: string): boolean {
  return new Date(Date.parse(`${date}T00:00Z`)).toISOString().startsWith(date);
}

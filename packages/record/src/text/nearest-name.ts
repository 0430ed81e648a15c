/** Which of the names that exist somebody may have meant. */

/** The nearest name, if it is near: at most a third of its characters differ. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(given.toLowerCase(), name.toLowerCase());
    const isNear = distance <= Math.max(1, Math.floor(name.length / 3));
    if (isNear && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

/** ` Did you mean x?`, or nothing. */
export function suggestion(given: string, names: readonly string[]): string {
  const nearest = nearestName(given, names);
  return nearest === undefined ? "" : ` Did you mean ${nearest}?`;
}

const shownNames = 20;

/** `there are a, b, c and 12 more`. */
export function existing(names: readonly string[]): string {
  if (names.length === 0) return "there is none at all";
  const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : "";
  const verb = names.length === 1 ? "there is" : "there are";
  return `${verb} ${names.slice(0, shownNames).join(", ")}${more}`;
}

/** Levenshtein 1966; one row of the table is kept. Names longer than any real one are not looked at. */
function editDistance(a: string, b: string): number {
  if (a.length > 100 || b.length > 100) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Text of agents as a list shows it: at most so long, well formed, and told to be cut. Escaping is the reader's part. */

/** @param most UTF-16 units, the mark of the cut included. */
export function shownText(text: string, most: number): string {
  if (text.length <= most) return text.toWellFormed();
  const last = text.charCodeAt(most - 2);
  const isSplit = last >= 0xd800 && last <= 0xdbff;
  return `${text.slice(0, isSplit ? most - 2 : most - 1).toWellFormed()}…`;
}

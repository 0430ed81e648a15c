/** Text that tells of trouble with a file: bytes that were no UTF-8, and fields that were not separated by commas. */

/** What decoding puts in the place of bytes that are not UTF-8. */
const replacementCharacter = "\uFFFD";

/** Whether a field had bytes that are not UTF-8, or half a surrogate pair. */
export function isMalformedText(field: string): boolean {
  return field.includes(replacementCharacter) || !field.isWellFormed();
}

/** A sentence for errors about a header that looks as if its fields were separated otherwise; empty for others. */
export function separatorHint(header: readonly string[]): string {
  const isOther = header.length === 1 && /[;\t]/u.test(header[0] ?? "");
  return isOther ? " The fields must be separated by commas." : "";
}

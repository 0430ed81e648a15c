/** Text measured in the columns that it takes on a terminal: some characters take two, some none. */

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const narrow = /^[\u0020-\u007e]*$/u;
/** East Asian wide and fullwidth characters (Unicode TR 11) and emoji. */
const wide =
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const invisible = /^[\p{M}\p{Cf}\p{Cc}]+$/u;

/** Columns that `text` takes; it must not hold control sequences. */
export function displayWidth(text: string): number {
  if (narrow.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOf(segment);
  return width;
}

/** The text filled up with blanks to `width` columns. */
export function padText(text: string, width: number, align: "left" | "right" = "left"): string {
  const blanks = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "left" ? text + blanks : blanks + text;
}

/** The text, or as much of it as fits `width` columns (1 or more) with an ellipsis. */
export function fitText(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  return `${headOf(text, width - 1)}…`;
}

/** Lines of at most `width` columns, broken at blanks; a word that is too long alone is broken inside. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (displayWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
    while (displayWidth(line) > width) {
      const head = headOf(line, width) || line.slice(0, 1);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return [...lines, line];
}

function headOf(text: string, width: number): string {
  let head = "";
  let taken = 0;
  for (const { segment } of graphemes.segment(text)) {
    taken += widthOf(segment);
    if (taken > width) break;
    head += segment;
  }
  return head;
}

function widthOf(grapheme: string): number {
  if (invisible.test(grapheme)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}

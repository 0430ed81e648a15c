/**
 * Text that others wrote, made harmless to look at: what would be invisible or would turn the direction of what stands beside
 * it is named by its code point. (React escapes markup; this is about what is no markup and deceives all the same.)
 */

export interface TextPiece {
  readonly text: string;
  /** The name of a character that is not shown as itself, such as `U+202E`; null for plain text. */
  readonly hidden: string | null;
}

// Controls, soft hyphen, zero-width and directional characters, separators, byte order mark, tags, interlinear marks, lone
// surrogates. Not the zero-width joiner and the variation selectors: scripts and emoji are written with them.
const hiddenCharacters =
  /[\p{Cc}\p{Cs}\u00ad\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]|\u034f|\u061c/gu;

export function visiblePieces(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(hiddenCharacters)) {
    const [character] = match;
    if (character === "\n" || character === "\t") continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), hidden: null });
    pieces.push({ text: character, hidden: codePointName(character) });
    end = match.index + character.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), hidden: null });
  return pieces;
}

/** The same as one string, for attributes and titles, which can hold no elements; cut at `maxLength`. */
export function plainText(text: string, maxLength = 200): string {
  const cut = cutText(text, maxLength);
  const shown = visiblePieces(cut)
    .map((piece) => (piece.hidden === null ? piece.text : `[${piece.hidden}]`))
    .join("");
  return cut.length < text.length ? `${shown}\u2026` : shown;
}

/** At most `maxLength` UTF-16 units, never half a character. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const last = text.charCodeAt(maxLength - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHalf ? maxLength - 1 : maxLength);
}

function codePointName(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}`;
}

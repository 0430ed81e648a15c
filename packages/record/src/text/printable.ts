/**
 * Text that others wrote (agents, files, names), made safe to print on one line: no control character, no
 * direction override and no lone surrogate reaches a terminal, and none of it is longer than asked for (P7).
 */

/** Controls, formatting characters (among them the bidirectional ones), line separators and lone surrogates. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** One line; whatever a terminal could take for a command is written as an escape such as `\u001b`. */
export function printable(text: string): string {
  return escapeControls(text.replace(/\s+/gu, " ").trim());
}

/** As `printable`, at most `most` characters (1 or more); what was cut is marked by `...`. */
export function shortened(text: string, most: number): string {
  // Only what may be shown is looked at, so that a huge text costs nothing.
  return cut(printable(beginning(text, 4 * most + 100)), most);
}

/** The text as it is, but for what a terminal could take for a command; white space other than blanks included. */
export function escapeControls(text: string): string {
  return text.replace(unprintable, escapeCharacter);
}

/** Cut to `most` characters, marked by `...` where there is room for it. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return most <= 3 ? beginning(text, most) : `${beginning(text, most - 3)}...`;
}

/** The first characters, never half of one. */
function beginning(text: string, length: number): string {
  const end = text.slice(0, length);
  return end.length < text.length && /[\ud800-\udbff]$/.test(end) ? end.slice(0, -1) : end;
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

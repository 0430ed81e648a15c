/** Prints titled sections of sentences, wrapped to the terminal. */

import { printable } from "@mycroft/record/text";
import { padText, wrapText } from "./display-width.ts";
import type { Style, Terminal } from "./terminal.ts";

const indent = "  ";
/** Longer lines are hard to read, however wide the terminal. */
const longestLine = 110;

export function printSections(
  sections: readonly { readonly title: string; readonly sentences: readonly string[] }[],
  terminal: Terminal,
): void {
  for (const { title, sentences } of sections) {
    terminal.print("");
    terminal.print(terminal.style("bold", title));
    for (const sentence of sentences) printWrapped(sentence, terminal);
  }
}

/** Indented, its further lines a little more, so that one sees where the next sentence begins. */
export function printWrapped(sentence: string, terminal: Terminal, style?: Style): void {
  const width = Math.min(terminal.width, longestLine) - 2 * indent.length;
  wrapText(printable(sentence), width).forEach((line, index) => {
    const styled = style === undefined ? line : terminal.style(style, line);
    terminal.print(`${indent}${index === 0 ? "" : indent}${styled}`);
  });
}

/** Lines of `label  text`, the texts in one column. */
export function printLabelled(
  rows: readonly (readonly [label: string, text: string])[],
  terminal: Terminal,
): void {
  const room = Math.max(...rows.map(([label]) => label.length));
  const width = Math.max(1, Math.min(terminal.width, longestLine) - indent.length - room - 2);
  for (const [label, text] of rows) {
    wrapText(printable(text), width).forEach((line, index) => {
      const head = padText(index === 0 ? label : "", room);
      terminal.print(`${indent}${terminal.style("dim", head)}  ${line}`);
    });
  }
}

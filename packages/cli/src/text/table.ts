/**
 * Plain text tables that fit the terminal. Nothing is left out when the room is short: titles break into lines, one
 * column may wrap, and what is still too wide goes on in further blocks that repeat the first column.
 */

import { printable } from "@mycroft/record/text";
import { displayWidth, fitText, padText, wrapText } from "./display-width.ts";
import type { Style, Terminal } from "./terminal.ts";

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Takes the room that the others leave, and wraps. At most one column, not the first. */
  readonly wraps?: boolean;
}

/** Text, made printable here, or text with a style. */
export type Cell = string | { readonly text: string; readonly style: Style };

const gap = 2;
/** A wrapping column narrower than this is no joy to read: it goes into a block of its own. */
const leastWrapped = 24;

/** The table's lines, without blanks at their ends. Rows may be shorter than the columns. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  terminal: Pick<Terminal, "width" | "style">,
): readonly string[] {
  const layouts = columns.map((column, index) =>
    layOut(
      column,
      rows.map((row) => row[index] ?? ""),
    ),
  );
  const blocks = intoBlocks(layouts, terminal.width);
  return blocks.flatMap((block, index) => {
    const lines = renderBlock(block, terminal);
    return index === 0 ? lines : ["", ...lines];
  });
}

interface PlacedCell {
  readonly text: string;
  readonly style: Style | null;
}

interface Layout {
  readonly title: string;
  readonly cells: readonly PlacedCell[];
  readonly align: "left" | "right";
  readonly wraps: boolean;
  readonly width: number;
}

function layOut({ title, align = "left", wraps = false }: Column, given: readonly Cell[]): Layout {
  const cells = given.map((cell) =>
    typeof cell === "string"
      ? { text: printable(cell), style: null }
      : { text: printable(cell.text), style: cell.style },
  );
  const words = wraps ? [title] : title.split(" ");
  const width = Math.max(0, ...[...words, ...cells.map((cell) => cell.text)].map(displayWidth));
  return { title, cells, align, wraps, width };
}

function intoBlocks(layouts: readonly Layout[], width: number): readonly (readonly Layout[])[] {
  const [given, ...others] = layouts;
  if (given === undefined) return [];
  const key = { ...given, width: Math.min(given.width, Math.max(1, Math.floor(width / 2))) };
  const room = Math.max(1, width - key.width - gap);
  const blocks: Layout[][] = [];
  let block: Layout[] = [];
  let left = room;
  for (const layout of others) {
    const least = layout.wraps ? Math.min(layout.width, leastWrapped) : layout.width;
    if (block.length > 0 && least > left) {
      blocks.push(block);
      block = [];
      left = room;
    }
    block.push(layout);
    left -= Math.min(least, room) + gap;
  }
  return [...blocks, block].map((members) => [key, ...shrink(members, room)]);
}

/** Gives the wrapping column what the others leave, and cuts a column that is too wide even alone. */
function shrink(layouts: readonly Layout[], room: number): readonly Layout[] {
  const taken = layouts.reduce((sum, layout) => sum + (layout.wraps ? 0 : layout.width) + gap, -gap);
  return layouts.map((layout) => {
    const most = layout.wraps ? Math.max(1, room - taken) : room;
    return layout.width > most ? { ...layout, width: most } : layout;
  });
}

function renderBlock(block: readonly Layout[], { style }: Pick<Terminal, "style">): readonly string[] {
  const titles = new Map(block.map((layout) => [layout, wrapText(layout.title, Math.max(1, layout.width))]));
  const height = Math.max(...Array.from(titles.values(), (lines) => lines.length));
  const heads = Array.from({ length: height }, (_, line) =>
    joinColumns(
      block,
      (layout) => {
        const lines = titles.get(layout) ?? [];
        return lines[line - height + lines.length] ?? "";
      },
      (_layout, text) => style("dim", text),
    ),
  );
  const count = Math.max(0, ...block.map((layout) => layout.cells.length));
  const body = Array.from({ length: count }, (_, row) => renderRow(block, row, style)).flat();
  return [...heads, ...body];
}

function renderRow(block: readonly Layout[], row: number, style: Terminal["style"]): readonly string[] {
  const texts = new Map(
    block.map((layout) => {
      const text = layout.cells[row]?.text ?? "";
      return [
        layout,
        layout.wraps ? wrapText(text, layout.width) : [fitText(text, Math.max(1, layout.width))],
      ];
    }),
  );
  const height = Math.max(...Array.from(texts.values(), (lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    joinColumns(
      block,
      (layout) => texts.get(layout)?.[line] ?? "",
      (layout, text) => {
        const cellStyle = layout.cells[row]?.style ?? null;
        return cellStyle === null ? text : style(cellStyle, text);
      },
    ),
  );
}

/** Padding is added outside of the styled text, and none after the last text of the line. */
function joinColumns(
  block: readonly Layout[],
  textOf: (layout: Layout) => string,
  styled: (layout: Layout, text: string) => string,
): string {
  const texts = block.map(textOf);
  const last = texts.findLastIndex((text) => text !== "");
  return block
    .slice(0, last + 1)
    .map((layout, index) => {
      const text = texts[index] ?? "";
      const padded = padText(text, layout.width, layout.align);
      const placed = index === last && layout.align === "left" ? text : padded;
      return text === "" ? placed : placed.replace(text, () => styled(layout, text));
    })
    .join(" ".repeat(gap));
}

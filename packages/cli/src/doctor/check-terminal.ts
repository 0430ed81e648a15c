/** What the terminal can show. */
import type { Terminal } from "../text/terminal.ts";
import type { Finding } from "./finding.ts";

/** Narrower ones break tables and bars into pieces. */
const fewestColumns = 70;

export function checkTerminal({ width, style }: Pick<Terminal, "width" | "style">): Finding {
  const topic = "Terminal";
  if (!process.stdout.isTTY) {
    return { topic, status: "ok", text: "none: output is plain text without colour" };
  }
  const colour = style("bold", "x") === "x" ? "no colour" : "colour";
  const text = `${width} columns, ${colour}`;
  if (width >= fewestColumns) return { topic, status: "ok", text };
  return { topic, status: "warn", text, hint: `Tables read better with ${fewestColumns} columns or more.` };
}

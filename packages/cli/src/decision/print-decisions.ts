/** Prints a run's decisions as every command shows them: the table, what is invested, and what the columns mean. */

import type { SubjectDecision } from "@mycroft/record";
import { printWrapped } from "../text/print-sections.ts";
import type { Terminal } from "../text/terminal.ts";
import { decisionTable, legend, portfolioText } from "./decision-table.ts";
import { driftLines } from "./drift-text.ts";

/** @param remark is said after what is invested. */
export function printDecisions(
  decisions: readonly SubjectDecision[],
  terminal: Terminal,
  remark: string | null = null,
): void {
  for (const line of decisionTable(decisions, terminal)) terminal.print(line);
  terminal.print("");
  const said = [portfolioText(decisions), remark].filter((text) => text !== null);
  if (said.length > 0) printWrapped(said.join(" "), terminal);
  for (const line of driftLines(decisions)) printWrapped(line, terminal, "yellow");
  for (const line of legend(decisions)) printWrapped(line, terminal, "dim");
}

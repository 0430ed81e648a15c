/** Prints a backtest: its figures, how to read them, and what they cannot tell. */

import {
  type BacktestReport,
  forecastRows,
  forecastTitles,
  performanceRows,
  performanceTitles,
  reportNotes,
} from "@mycroft/backtest";
import { counted } from "@mycroft/record/text";
import { printSections } from "../text/print-sections.ts";
import { type Column, renderTable } from "../text/table.ts";
import type { Terminal } from "../text/terminal.ts";

export function printBacktest(report: BacktestReport, terminal: Terminal): void {
  const { id, workflow, source, settings, decisions, opinions } = report;
  terminal.print(
    terminal.style("bold", `Backtest ${id} of ${workflow}, ${settings.from} to ${settings.to}, on ${source}`),
  );
  terminal.print(`${counted(decisions, "decision day")}, ${counted(opinions, "opinion")}.`);
  terminal.print("");
  for (const line of renderTable(columns(performanceTitles), performanceRows(report), terminal))
    terminal.print(line);
  terminal.print("");
  for (const line of renderTable(columns(forecastTitles), forecastRows(report), terminal))
    terminal.print(line);
  printSections(
    [
      { title: "How to read it", sentences: reportNotes(report) },
      { title: "What this cannot tell", sentences: report.limits },
    ],
    terminal,
  );
}

function columns(titles: readonly string[]): readonly Column[] {
  return titles.map((title, index) => (index === 0 ? { title } : { title, align: "right" }));
}

/** `mycroft backtest list`: the backtests on record, and whether they are whole. */
import { type BacktestHeading, listBacktests } from "@mycroft/backtest";
import { MycroftError } from "@mycroft/errors";
import type { Invocation } from "../command.ts";
import { readFolder } from "../host/read-record.ts";
import { findRecordFolder } from "../project/open-project.ts";
import { renderTable } from "../text/table.ts";

const titles = ["Backtest", "Workflow", "From", "To", "Days", "State", "Variants"] as const;

export async function execute({ options, terminal }: Invocation): Promise<number> {
  const backtests = await readFolder(await findRecordFolder(options), listBacktests).catch(noneWithoutRecord);
  if (terminal.json) {
    terminal.printJson({ backtests });
    return 0;
  }
  if (backtests.length === 0) {
    terminal.note("There is no backtest on record; `mycroft backtest` makes one.");
    return 0;
  }
  const columns = titles.map((title) => ({ title, wraps: title === "Variants" }));
  const rows = backtests.map(({ id, workflow, settings, days, reportHash, plans }) => [
    { text: id, style: "bold" } as const,
    workflow,
    settingText(settings, "from"),
    settingText(settings, "to"),
    String(days),
    reportHash === null ? "interrupted" : "whole",
    plans.map(({ name }) => name).join(", "),
  ]);
  for (const line of renderTable(columns, rows, terminal)) terminal.print(line);
  return 0;
}

function noneWithoutRecord(thrown: unknown): readonly BacktestHeading[] {
  if (thrown instanceof MycroftError && thrown.code === "NOT_FOUND") return [];
  throw thrown;
}

function settingText(settings: unknown, name: string): string {
  const value: unknown =
    typeof settings === "object" && settings !== null ? Reflect.get(settings, name) : null;
  return typeof value === "string" ? value : "-";
}

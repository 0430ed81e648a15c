/** A backtest as one page of HTML that needs nothing else: tables, plots, and its limits before all of them. */
import { escapeText, htmlPage, htmlTable, lineChart, type TableRow } from "@mycroft/evaluation";
import { drawdownsOf } from "../figures/performance.ts";
import type { BacktestReport, StrategyReport } from "./backtest-report.ts";
import {
  forecastRows,
  forecastTitles,
  performanceRows,
  performanceTitles,
  reportNotes,
} from "./backtest-rows.ts";

/** All text of the report is escaped: names of agents and symbols come from anywhere. */
export function backtestHtml(report: BacktestReport): string {
  const { id, workflow, source, settings, decisions, opinions, dataHash, plans } = report;
  const title = `Backtest of ${workflow}, ${settings.from} to ${settings.to}`;
  const facts = [`Data hash ${dataHash}.`, ...plans.map(({ name, hash }) => `Plan of ${name}: ${hash}.`)];
  return htmlPage(title, [
    `<h1>${escapeText(title)}</h1>`,
    `<p class="facts">${escapeText(`${id} on ${source}: ${decisions} decision ${decisions === 1 ? "day" : "days"}, ${opinions.toLocaleString("en-US")} ${opinions === 1 ? "opinion" : "opinions"}.`)}</p>`,
    section("What this cannot tell", list(report.limits)),
    section("Equity", equityChart(report)),
    section("Drawdown", drawdownChart(report)),
    section("Performance", table(report, performanceTitles, performanceRows(report))),
    section("Forecasts", table(report, forecastTitles, forecastRows(report))),
    section("How to read it", list(reportNotes(report))),
    section("On record", list(facts)),
  ]);
}

function equityChart({ strategies, days }: BacktestReport): string {
  const chart = lineChart({
    title: "Equity",
    periods: days,
    series: strategies.map(({ name, equity }) => ({ name, values: equity })),
    label: (value) => value.toFixed(2),
  });
  return `<figure>${chart}<figcaption>What 1 at the beginning has come to at the end of each day, after costs.</figcaption></figure>`;
}

function drawdownChart({ strategies, days }: BacktestReport): string {
  const chart = lineChart({
    title: "Drawdown",
    periods: days,
    series: strategies.map(({ name, equity }) => {
      return { name, values: Array.from(drawdownsOf(equity), (fall) => (fall === 0 ? 0 : -fall)) };
    }),
    label: (value) => `${(100 * value).toFixed(0)}%`,
  });
  return `<figure>${chart}<figcaption>How far each is below its highest so far.</figcaption></figure>`;
}

function section(title: string, body: string): string {
  return `<section><h2>${escapeText(title)}</h2>${body}</section>`;
}

function list(sentences: readonly string[]): string {
  return `<ul>${sentences.map((sentence) => `<li>${escapeText(sentence)}</li>`).join("")}</ul>`;
}

const looks: Readonly<Record<StrategyReport["kind"], string>> = {
  variant: "policy",
  agent: "agent",
  benchmark: "baseline",
};

function table(
  { strategies }: BacktestReport,
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const kinds = new Map(strategies.map(({ name, kind }) => [name, kind]));
  const looked = rows.map((cells): TableRow => {
    return { cells, look: looks[kinds.get(cells[0] ?? "") ?? "agent"] };
  });
  return htmlTable(titles, looked);
}

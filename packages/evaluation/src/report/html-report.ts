/** The report as one HTML file. Names come from files and are never trusted. */

import type { Competitor, Evaluation } from "../evaluation.ts";
import { type DataReport, dataProblems, describeDataProblem } from "../reading/data-report.ts";
import {
  colourCount,
  evenIndices,
  heatMap,
  lineChart,
  reliabilityChart,
  type Series,
  stackedChart,
} from "./charts.ts";
import { counted } from "./counted.ts";
import { wordEvaluation } from "./evaluation-words.ts";
import { chanceText, differenceText, intervalText, scoreText, shareText } from "./number-text.ts";
import { htmlPage, htmlTable } from "./page.ts";
import { escapeText } from "./svg.ts";

export interface ReportSource {
  /** What was evaluated, such as the file's name. */
  readonly title: string;
  readonly report?: DataReport | undefined;
}

const mostPoints = 400;
const mostProblems = 50;

export function renderHtmlReport(evaluation: Evaluation, { title, report }: ReportSource): string {
  const { cases, periods, agents, settings } = evaluation;
  const first = periods[0] ?? "";
  const last = periods.at(-1) ?? "";
  const facts = `${counted(agents.length, "agent")}, ${counted(cases, "case")} in ${counted(periods.length, "period")} from ${first} to ${last}; ${settings.score}, lower is better; outcomes known ${counted(settings.delayPeriods, "period")} later.`;
  const words = wordEvaluation(evaluation).map(
    (section) =>
      `<h2>${escapeText(section.title)}</h2>${section.sentences.map((sentence) => `<p>${escapeText(sentence)}</p>`).join("")}`,
  );
  const body = [
    `<h1>Evaluation of ${escapeText(title)}</h1><p class="facts">${escapeText(facts)}</p>`,
    words.join(""),
    `<h2>Every agent and policy</h2>${rankingTable(evaluation)}`,
    `<h2>Scores over time</h2>${scoresOverTime(evaluation)}`,
    weightsOverTime(evaluation),
    calibrationPlots(evaluation),
    disagreementPlot(evaluation),
    report === undefined ? "" : dataSection(report),
  ];
  return htmlPage(`Evaluation of ${title}`, body);
}

function rankingTable({ competitors, kind, cases }: Evaluation): string {
  const heads = [
    "Rank",
    "Name",
    "Kind",
    "Mean score",
    "Interval",
    "Regret to best agent",
    "Regret to best mixture",
    "Against equal pool",
    "Interval",
    "p, corrected",
    "Worst period",
    kind === "point" ? "Periods better than pool" : "Periods better than uniform",
    kind === "point" ? "Bias" : "Calibration error",
    "Cases",
  ];
  const rows = competitors.map((one) => {
    const { name, rank, score, interval, againstPool, worstPeriod, betterPeriods } = one;
    const cells = [
      String(rank),
      name,
      one.kind,
      scoreText(score),
      intervalText(interval),
      differenceText(one.regretToBestAgent),
      differenceText(one.regretToBestMixture),
      differenceText(againstPool?.difference ?? null),
      intervalText(againstPool?.interval ?? null),
      `${chanceText(againstPool?.correctedPValue ?? null)}${againstPool?.isSignificant === true ? " *" : ""}`,
      `${worstPeriod.period}: ${scoreText(worstPeriod.score)}`,
      `${betterPeriods.better} of ${betterPeriods.of}`,
      kind === "point" ? differenceText(one.bias) : shareText(one.calibration?.expectedError ?? 0),
      one.cases === cases ? String(cases) : `${one.cases} of ${cases}`,
    ];
    return { cells, look: one.kind };
  });
  return `${htmlTable(heads, rows, 1)}<p class="facts">* significant after correction.</p>`;
}

/** The best agent, the uniform forecast, the best policies and, last, the equal pool: without it the others keep their colours. */
function highlightsOf({ competitors, bestAgent }: Evaluation): readonly Competitor[] {
  const pool = competitors.filter(({ againstPool }) => againstPool === null);
  const agent = competitors.filter(({ kind, name }) => kind === "agent" && name === bestAgent.name);
  const uniform = competitors.filter(({ kind }) => kind === "reference");
  const others = competitors.filter(({ kind, againstPool }) => kind === "policy" && againstPool !== null);
  const room = colourCount - pool.length - agent.length - uniform.length;
  return [...agent, ...uniform, ...others.slice(0, room), ...pool];
}

function scoresOverTime(evaluation: Evaluation): string {
  const shown = highlightsOf(evaluation);
  const { periods, settings } = evaluation;
  const pool = shown.find(({ againstPool }) => againstPool === null);
  const each = shown.map(({ name, periodScores }) => ({ name, values: periodScores }));
  const sums = shown
    .filter((one) => one !== pool)
    .map(({ name, periodScores }) => ({
      name,
      values: runningDifference(periodScores, pool?.periodScores ?? []),
    }));
  return [
    `<figure>${lineChart({ title: `Mean ${settings.score} of each period`, periods, series: each, label: scoreText })}<figcaption>Mean ${escapeText(settings.score)} of each period; lower is better.</figcaption></figure>`,
    `<figure>${lineChart({ title: "Running sum of the difference to the equal pool", periods, series: sums, label: differenceText })}<figcaption>Running sum over periods of the difference to the equal linear pool; falling means better than the pool.</figcaption></figure>`,
  ].join("");
}

function runningDifference(
  scores: readonly (number | null)[],
  others: readonly (number | null)[],
): readonly (number | null)[] {
  let sum = 0;
  return scores.map((score, index) => {
    const other = others[index] ?? null;
    if (score === null || other === null) return null;
    sum += score - other;
    return sum;
  });
}

/** Where there are more periods than a screen has room for, as many as there is room for. */
function thinned(
  periods: readonly string[],
  series: readonly Series[],
): { readonly periods: readonly string[]; readonly series: readonly Series[] } {
  const shown = evenIndices(periods.length, mostPoints);
  return {
    periods: shown.map((at) => periods[at] ?? ""),
    series: series.map((one) => ({ ...one, values: shown.map((at) => one.values[at] ?? null) })),
  };
}

function weightsOverTime({ competitors, agents, periods }: Evaluation): string {
  const learning = competitors.filter(({ weights }) => weights !== null && isMoving(weights)).slice(0, 6);
  if (learning.length === 0) return "";
  const figures = learning.map(({ name, weights }) => {
    const { periods: shown, series } = thinned(periods, weightSeries(weights ?? [], agents));
    return `<figure>${stackedChart(`Weights of ${name}`, shown, series)}<figcaption>${escapeText(name)}</figcaption></figure>`;
  });
  return `<h2>Weights over time</h2><p class="facts">Of the best ranked policies whose weights move; the mean over each period's cases.</p><div class="grid">${figures.join("")}</div>`;
}

function isMoving(weights: readonly (readonly number[])[]): boolean {
  const [first = []] = weights;
  return weights.some((row) => row.some((weight, agent) => Math.abs(weight - (first[agent] ?? 0)) > 1e-9));
}

function weightSeries(weights: readonly (readonly number[])[], agents: readonly string[]): readonly Series[] {
  const totals = agents.map((_, agent) => weights.reduce((sum, row) => sum + (row[agent] ?? 0), 0));
  const order = [...agents.keys()].sort((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0));
  const isWhole = agents.length <= colourCount;
  const named = order.slice(0, isWhole ? colourCount : colourCount - 1);
  const others = order.slice(named.length);
  const series = named.map((agent) => ({
    name: agents[agent] ?? "",
    values: weights.map((row) => row[agent] ?? 0),
  }));
  if (others.length === 0) return series;
  const rest = weights.map((row) => others.reduce((sum, agent) => sum + (row[agent] ?? 0), 0));
  return [...series, { name: counted(others.length, "other"), values: rest, isRest: true }];
}

function calibrationPlots(evaluation: Evaluation): string {
  const plots = highlightsOf(evaluation)
    .map(({ name, calibration }, index) => ({ name, calibration, index }))
    .flatMap(({ name, calibration, index }) => {
      if (calibration === null || name === "uniform") return [];
      const caption = `${name}: calibration error ${shareText(calibration.expectedError)}`;
      return [
        `<figure>${reliabilityChart(caption, calibration.bins, index)}<figcaption>${escapeText(caption)}</figcaption></figure>`,
      ];
    })
    .slice(0, 6);
  if (plots.length === 0) return "";
  return `<h2>Calibration</h2><p class="facts">How often things came true (upwards) that were given a probability (to the right); on the line is right. All outcomes' probabilities, ten bins.</p><div class="grid">${plots.join("")}</div>`;
}

function disagreementPlot({ disagreement, agents }: Evaluation): string {
  if (disagreement === null) return "";
  const isPoint = disagreement.measure === "absolute";
  const label = isPoint ? scoreText : (value: number) => value.toFixed(3);
  const what = isPoint
    ? "Mean absolute difference, in the forecasts' unit."
    : "Mean Jensen-Shannon distance: 0 when two always say the same, 1 when they exclude each other.";
  const some =
    disagreement.agents.length < agents.length
      ? ` The first ${disagreement.agents.length} of ${agents.length} agents.`
      : "";
  const map = heatMap("Disagreement of the agents", disagreement.agents, disagreement.distances, label);
  return `<h2>Disagreement</h2><figure class="heat-map">${map}<figcaption>${what} Over ${counted(disagreement.cases, "case")}.${some}</figcaption></figure>`;
}

function dataSection({ files, problems, examples, notes }: DataReport): string {
  const read = files.map(({ file, rowsRead }) => `<li>${escapeText(file)}: ${counted(rowsRead, "row")}</li>`);
  const kinds = Object.entries(problems) as [keyof typeof dataProblems, number][];
  const rows = kinds.map(([kind, count]) => {
    const { meaning, rule, effect } = dataProblems[kind];
    return `<tr><th scope="row">${kind}</th><td>${count}</td><td>${effect}</td><td>${escapeText(`It ${meaning}: ${rule}.`)}</td></tr>`;
  });
  const table =
    rows.length === 0
      ? "<p>Nothing was dropped or repaired.</p>"
      : `<div class="scroll"><table class="words"><thead><tr><th>Problem</th><th>Count</th><th>Effect</th><th>Rule</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
  const told = examples
    .slice(0, mostProblems)
    .map((problem) => `<li>${escapeText(describeDataProblem(problem))}</li>`);
  const list =
    told.length === 0
      ? ""
      : `<details><summary>The first ${told.length} by file and line</summary><ul>${told.join("")}</ul></details>`;
  const remarks = notes.map((note) => `<p>${escapeText(note)}</p>`).join("");
  return `<h2>The data</h2><ul>${read.join("")}</ul>${remarks}${table}${list}`;
}

/** An evaluation on the terminal: what was wrong with the data, and the table of agents and policies. */
import {
  type Competitor,
  chanceText,
  type DataProblemKind,
  type DataReport,
  dataProblems,
  describeDataProblem,
  differenceText,
  type Evaluation,
  intervalText,
  scoreText,
  shareText,
} from "@mycroft/evaluation";
import { counted, printable } from "@mycroft/record/text";
import { type Cell, type Column, renderTable } from "../text/table.ts";
import type { Style, Terminal } from "../text/terminal.ts";

const examplesShown = 3;

/** Every kind of problem with its count, its rule and its first examples by file and line. */
export function noteDataReport(
  { files, problems, counts, examples, notes }: DataReport,
  terminal: Terminal,
): void {
  for (const note of notes) terminal.note(printable(note));
  const rows = files.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
  const kinds = Object.entries(problems) as [DataProblemKind, number][];
  if (kinds.length === 0) {
    terminal.note(`Data: ${counted(rows, "row")} read; nothing was repaired or dropped.`);
    return;
  }
  const { dropped, repaired, abstains } = counts;
  terminal.note(
    `Data: ${counted(rows, "row")} read; ${repaired} repaired, ${dropped} dropped, ${counted(abstains, "abstention")}.`,
  );
  for (const [kind, count] of kinds) {
    const { meaning, rule } = dataProblems[kind];
    terminal.note(`  ${count} x ${kind}: it ${meaning}; ${rule}.`);
    if ("harmless" in dataProblems[kind]) continue;
    const shown = examples.filter(({ problem }) => problem === kind).slice(0, examplesShown);
    for (const problem of shown) terminal.note(`    ${printable(describeDataProblem(problem))}`);
    if (count > shown.length) terminal.note(`    ... and ${count - shown.length} more; --json lists them.`);
  }
}

export function printCompetitors(evaluation: Evaluation, source: string, terminal: Terminal): void {
  const { agents, cases, periods, settings, competitors } = evaluation;
  const span = periods.length === 1 ? periods[0] : `${periods[0]} to ${periods.at(-1)}`;
  terminal.print(
    printable(
      `${source}: ${counted(agents.length, "agent")}, ${counted(cases, "case")}, ${counted(periods.length, "period")} (${span}); ${settings.score}, lower is better`,
    ),
  );
  terminal.print("");
  const rows = competitors.map((one) => rowOf(one, evaluation));
  for (const line of renderTable(columnsOf(evaluation), rows, terminal)) terminal.print(line);
}

function columnsOf({ kind, settings }: Evaluation): readonly Column[] {
  const right = { align: "right" } as const;
  const level = shareText(settings.confidence).replace(".0%", "%");
  return [
    { title: "Name" },
    { title: "Rank", ...right },
    { title: "Kind" },
    { title: "Mean score", ...right },
    { title: "Regret to best agent", ...right },
    { title: "Regret to best mixture", ...right },
    { title: "Against equal pool", ...right },
    { title: "p (Holm)", ...right },
    { title: kind === "point" ? "Better than pool" : "Better than uniform", ...right },
    { title: kind === "point" ? "Bias" : "Calibration error", ...right },
    { title: "Cases", ...right },
    { title: "Worst period", ...right },
    { title: `Score, ${level} interval`, ...right },
    { title: `Against pool, ${level} interval`, ...right },
  ];
}

const styles: Partial<Record<Competitor["kind"], Style>> = {
  policy: "bold",
  baseline: "dim",
  reference: "dim",
};

function rowOf(one: Competitor, { kind }: Evaluation): readonly Cell[] {
  const { againstPool, worstPeriod, betterPeriods } = one;
  const style = styles[one.kind];
  const mark = againstPool?.isSignificant === true ? "*" : "";
  return [
    style === undefined ? one.name : { text: one.name, style },
    String(one.rank),
    one.kind,
    scoreText(one.score),
    differenceText(one.regretToBestAgent),
    differenceText(one.regretToBestMixture),
    differenceText(againstPool?.difference ?? null),
    `${chanceText(againstPool?.correctedPValue ?? null)}${mark}`,
    `${betterPeriods.better} of ${betterPeriods.of}`,
    kind === "point" ? differenceText(one.bias) : shareText(one.calibration?.expectedError ?? 0),
    String(one.cases),
    `${worstPeriod.period}: ${scoreText(worstPeriod.score)}`,
    intervalText(one.interval),
    intervalText(againstPool?.interval ?? null),
  ];
}

/** What differs between two runs, grouped in the order in which a person looks for causes: inputs first, results last. */

import { readTimeline } from "@mycroft/record";
import { printable } from "@mycroft/record/text";
import { compareRuns, type Difference, type RunRecord } from "@mycroft/runtime";
import { changeText } from "../text/change-text.ts";
import type { Terminal } from "../text/terminal.ts";

export const diffGroups = ["workflow", "input", "data", "code", "answers", "decisions", "result"] as const;
export type DiffGroup = (typeof diffGroups)[number];

export interface RunDifferences {
  readonly equal: boolean;
  readonly groups: Readonly<Record<DiffGroup, readonly Difference[]>>;
  /** Differences that were counted and not kept. */
  readonly omitted: number;
}

const titles: Readonly<Record<DiffGroup, string>> = {
  workflow: "Workflow",
  input: "Input",
  data: "Market data",
  code: "Code",
  answers: "Agents' answers",
  decisions: "Decisions and other steps",
  result: "Result",
};

/** Beyond this there is nothing to be learned from one more. */
const keptDifferences = 500_000;
/** Of one task, before the next one has its turn. */
const perTask = 3;

export function diffRuns(left: RunRecord, right: RunRecord): RunDifferences {
  const { differences, omitted } = compareRuns(left, right, keptDifferences);
  const all = [...differences, ...versionDifferences(left, right)];
  const grouped = Map.groupBy(all, (difference) => groupOf(difference, left, right));
  const of = (group: DiffGroup) => grouped.get(group) ?? [];
  const groups = {
    workflow: of("workflow"),
    input: of("input"),
    data: of("data"),
    code: of("code"),
    answers: of("answers"),
    decisions: of("decisions"),
    result: of("result"),
  };
  return { equal: all.length === 0, groups, omitted };
}

/** Agents, functions and policies that both runs called, in different versions. */
function versionDifferences(left: RunRecord, right: RunRecord): readonly Difference[] {
  const ofRight = versionsOf(right);
  return [...versionsOf(left)].flatMap(([target, version]): readonly Difference[] => {
    const other = ofRight.get(target);
    if (other === undefined || other === version) return [];
    return [{ area: "code", path: `version of ${target}`, left: version, right: other }];
  });
}

/** By target, such as `agent trend`: the version that answered, or all of them where there were several. */
function versionsOf(record: RunRecord): ReadonlyMap<string, string> {
  const versions = new Map<string, Set<string>>();
  for (const { target, attempts } of readTimeline(record).tasks) {
    if (target === null) continue;
    const name = `${target.kind} ${target.name}`;
    const known = versions.get(name) ?? new Set();
    for (const { version } of attempts) if (version !== null) known.add(version);
    if (known.size > 0) versions.set(name, known);
  }
  return new Map(Array.from(versions, ([name, known]) => [name, [...known].toSorted().join(", ")]));
}

function groupOf({ area, task }: Difference, left: RunRecord, right: RunRecord): DiffGroup {
  if (area !== "task") return area;
  const id = task ?? "";
  const work = (left.state.tasks.get(id) ?? right.state.tasks.get(id))?.step.work;
  return work?.kind === "call" && work.target.kind === "agent" ? "answers" : "decisions";
}

export interface DiffReportOptions {
  /** How many differences to list. */
  readonly limit: number;
  readonly style: Terminal["style"];
}

export function diffReport(
  { groups, omitted }: RunDifferences,
  { limit, style }: DiffReportOptions,
): readonly string[] {
  const filled = diffGroups.filter((group) => groups[group].length > 0);
  const shares = shareOut(
    limit,
    filled.map((group) => groups[group].length),
  );
  const lines = filled.flatMap((group, index) => {
    const differences = groups[group];
    const shown = selection(differences, shares[index] ?? 0);
    const rest = differences.length - shown.length;
    return [
      "",
      `${style("bold", titles[group])} (${differences.length})`,
      ...differenceLines(shown),
      ...(rest === 0 ? [] : [style("dim", `  ... and ${rest} more`)]),
    ];
  });
  if (omitted === 0) return lines;
  return [...lines, "", `${omitted} more differences were counted and not kept.`];
}

/** `count` of them, a few of each task rather than all of the first, in their order. */
function selection(differences: readonly Difference[], count: number): readonly Difference[] {
  if (differences.length <= count) return differences;
  const seen = new Map<string, number>();
  const turns = differences.map((difference, index) => {
    const before = seen.get(difference.task ?? "") ?? 0;
    seen.set(difference.task ?? "", before + 1);
    return { difference, index, turn: Math.floor(before / perTask) };
  });
  return turns
    .sort((a, b) => a.turn - b.turn || a.index - b.index)
    .slice(0, count)
    .sort((a, b) => a.index - b.index)
    .map(({ difference }) => difference);
}

/** A heading for each task, and its differences below. */
function differenceLines(differences: readonly Difference[]): readonly string[] {
  const byTask = Map.groupBy(differences, (difference) => difference.task ?? "");
  return [...byTask].flatMap(([task, ofTask]) => {
    const indent = task === "" ? "  " : "    ";
    const heading = task === "" ? [] : [`  ${task}`];
    return [...heading, ...ofTask.map((difference) => `${indent}${differenceLine(difference)}`)];
  });
}

function differenceLine({ path, left, right }: Difference): string {
  const name = printable(path).replace(/^output\.?/u, "");
  const change = changeText({ left, right });
  return name === "" ? change : `${name}: ${change}`;
}

/** Gives each group its fair share of `limit`; what one does not need, others get. */
function shareOut(limit: number, wanted: readonly number[]): readonly number[] {
  const shares = wanted.map(() => 0);
  let left = limit;
  let hungry = wanted.map((_, index) => index);
  while (left > 0 && hungry.length > 0) {
    const share = Math.max(1, Math.floor(left / hungry.length));
    for (const index of hungry) {
      const taken = Math.min(share, left, (wanted[index] ?? 0) - (shares[index] ?? 0));
      shares[index] = (shares[index] ?? 0) + taken;
      left -= taken;
    }
    hungry = hungry.filter((index) => (shares[index] ?? 0) < (wanted[index] ?? 0));
  }
  return shares;
}

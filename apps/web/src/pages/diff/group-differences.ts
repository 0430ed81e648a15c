/** The differences of two runs in the order in which a person looks for causes, those of a task together. */
import type { RunDiff } from "@mycroft/protocol";

export type RunDifference = RunDiff["differences"][number];

export interface DifferenceGroup {
  readonly title: string;
  /** Of a task that either run may not have; null when it is about the run itself. */
  readonly task: string | null;
  readonly differences: readonly RunDifference[];
}

const titles: Readonly<Record<string, string>> = {
  workflow: "Workflow",
  input: "Input",
  data: "Market data",
  code: "Code",
  result: "Result",
};

/** Tasks keep the order in which the server tells them: that of the plan. */
export function groupDifferences(differences: readonly RunDifference[]): readonly DifferenceGroup[] {
  const groups = Map.groupBy(differences, ({ area, task }) => task ?? `${area} of the run`);
  return Array.from(groups.values(), (group): DifferenceGroup => {
    const { area = "", task = null } = group[0] ?? {};
    return { title: task ?? titles[area] ?? area, task, differences: group };
  });
}

/** Whether a run has the task at all: where not, the other has it whole. */
export function hasTask({ differences }: DifferenceGroup, side: "left" | "right"): boolean {
  return !differences.some((difference) => difference.path === "" && difference[side] === null);
}

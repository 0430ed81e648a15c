/** Whether contributions add up: what each agent adds to each outcome, in the record's order, and then what guardrails changed. */
import type { FiredGuardrail, Resolution } from "@mycroft/ensemble";

export interface ContributionRow {
  /** An agent, or a guardrail. */
  readonly name: string;
  readonly kind: "agent" | "guardrail";
  readonly amounts: readonly number[];
}

export interface Sums {
  readonly rows: readonly ContributionRow[];
  /** Of the rows, added in their order. */
  readonly sums: readonly number[];
  /** Null where there is no view to compare with. */
  readonly isExact: boolean | null;
}

/** Floating point numbers added in the same order give the very same sum, so the comparison is for equality. */
export function addUp({ outcomes, contributions, guardrails = [], probabilities }: Resolution): Sums {
  const rows: readonly ContributionRow[] = [
    ...contributions.map(({ agent, amounts }) => ({ name: agent, kind: "agent" as const, amounts })),
    ...guardrails.flatMap((fired) =>
      fired.change === null
        ? []
        : [{ name: guardrailName(fired), kind: "guardrail" as const, amounts: fired.change.amounts }],
    ),
  ];
  const sums = outcomes.map((_, outcome) => rows.reduce((sum, row) => sum + (row.amounts[outcome] ?? 0), 0));
  const isExact =
    probabilities === null ? null : sums.every((sum, outcome) => sum === probabilities[outcome]);
  return { rows, sums, isExact };
}

function guardrailName({ type }: FiredGuardrail): string {
  return `guardrail: ${type}`;
}

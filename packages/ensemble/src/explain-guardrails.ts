/** Guardrails in words: what fired, what it changed, and what it asks of the workflow. */
import type { FiredGuardrail } from "./guardrails/apply-guardrails.ts";
import type { ConflictMeasure, GuardrailAction } from "./guardrails/guardrails.ts";
import { decimal, listed, percent, spelledOut } from "./phrases.ts";
import type { Resolution } from "./resolution.ts";

/** Nothing when the request set no guardrails, or without a quorum. */
export function explainGuardrails({ guardrails, action, outcomes, status }: Resolution): readonly string[] {
  if (guardrails === undefined || action === undefined || status === "noQuorum") return [];
  if (guardrails.length === 0) return ["None of them fired."];
  return [...guardrails.map((fired) => spellFired(fired, outcomes)), spellAction(action)];
}

function spellFired(fired: FiredGuardrail, outcomes: readonly string[]): string {
  switch (fired.type) {
    case "veto": {
      const end = fired.side === "lower" ? outcomes[0] : outcomes.at(-1);
      const who = listed(
        fired.vetoedBy.map(({ agent, probability }) => `${agent} (${percent(probability)})`),
      );
      return `Veto by ${who}: at least ${percent(fired.atLeast)} on the side of ${end}, to which the ensemble does not lean.`;
    }
    case "conflict":
      return `Conflict: ${over(fired)}.`;
    case "shrink":
      return `Shrunk: ${over(fired)}, so the view moves ${percent(fired.share)} of the way to the prior (${spelledOut(outcomes, fired.prior)}), ${changeOf(fired, outcomes)}.`;
    case "clamp":
      return `Clamped: ${listed(fired.outcomes)} lay outside ${percent(fired.floor)} to ${percent(fired.ceiling)}; the view goes ${changeOf(fired, outcomes)}.`;
  }
}

const namesOfMeasures: Readonly<Record<ConflictMeasure, string>> = {
  divergence: "divergence",
  otherSideShare: "share of the agents on the smaller side",
  conflictMass: "pairwise conflict mass",
};

function over(fired: {
  readonly measure: ConflictMeasure;
  readonly value: number;
  readonly above: number;
}): string {
  const [value, above] = [decimal(fired.value, 3), decimal(fired.above, 3)];
  return `the ${namesOfMeasures[fired.measure]} of ${value} is above ${above}`;
}

function changeOf(
  { change }: { readonly change: { readonly before: readonly number[]; readonly after: readonly number[] } },
  outcomes: readonly string[],
): string {
  return `from ${spelledOut(outcomes, change.before)} to ${spelledOut(outcomes, change.after)}`;
}

function spellAction(action: GuardrailAction): string {
  switch (action) {
    case "accept":
      return "They ask nothing more of the workflow.";
    case "anotherRound":
      return "They ask for another round of opinions.";
    case "askPerson":
      return "They ask for a person's verdict.";
    case "abstain":
      return "They ask to go without a view.";
  }
}

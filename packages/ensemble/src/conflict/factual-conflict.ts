/** Facts that agents cite: where two give different values for one fact, and which facts are read alike. */
import type { Fact, Opinion } from "../opinion.ts";
import { compareText } from "../panel.ts";

type Citation = { readonly agent: string; readonly source: string };

/** One value that was given for a fact, and who gave it, from which source. */
export type Claim = { readonly value: Fact["value"]; readonly citedBy: readonly Citation[] };

/** Agents cite different values for one fact: same name, same date. Their sides are the claims. */
export type FactualConflict = {
  readonly kind: "factual";
  readonly fact: string;
  readonly date: string;
  /** Two or more, in order of value: numbers, then texts, then true and false. */
  readonly claims: readonly Claim[];
};

/** A fact that is cited more than once, as those who cite it state it. */
export type SharedFact = {
  readonly fact: string;
  readonly date: string;
  readonly claims: readonly Claim[];
};

/** Numbers closer than this, relative to the larger, are one value that was computed in two ways. */
const sameNumberTolerance = 1e-9;

/** The facts that are cited more than once, in order of name and date, their claims in order of value. */
export function sharedFactsOf(
  opinions: readonly Pick<Opinion, "agent" | "evidence">[],
): readonly SharedFact[] {
  const facts = new Map<string, CitedValue[]>();
  for (const { agent, evidence } of opinions) {
    for (const fact of evidence) {
      // Dates have a fixed length, so the key cannot be read in two ways.
      const key = `${fact.date} ${fact.name}`;
      const values = facts.get(key);
      if (values === undefined) facts.set(key, [{ agent, fact }]);
      else values.push({ agent, fact });
    }
  }
  const shared = [...facts.values()].filter((values) => values.length > 1);
  return shared.map(factOf).toSorted(byFact);
}

type CitedValue = { readonly agent: string; readonly fact: Fact };

function byFact(a: SharedFact, b: SharedFact): number {
  return compareText(a.fact, b.fact) || compareText(a.date, b.date);
}

function factOf(values: readonly CitedValue[]): SharedFact {
  const inOrder = values.toSorted((a, b) => compareValue(a.fact.value, b.fact.value) || byCitation(a, b));
  const claims: { value: Fact["value"]; citedBy: Citation[] }[] = [];
  for (const { agent, fact } of inOrder) {
    const last = claims.at(-1);
    const citation = { agent, source: fact.source };
    if (last !== undefined && isSameValue(last.value, fact.value)) last.citedBy.push(citation);
    else claims.push({ value: fact.value, citedBy: [citation] });
  }
  const first = values[0]?.fact;
  return { fact: first?.name ?? "", date: first?.date ?? "", claims: claims.map(inCitationOrder) };
}

function inCitationOrder(claim: Claim): Claim {
  const citedBy = claim.citedBy.toSorted(
    (a, b) => compareText(a.agent, b.agent) || compareText(a.source, b.source),
  );
  return { value: claim.value, citedBy };
}

function byCitation(a: CitedValue, b: CitedValue): number {
  return compareText(a.agent, b.agent) || compareText(a.fact.source, b.fact.source);
}

const typeOrder: readonly string[] = ["number", "string", "boolean"];

function compareValue(a: Fact["value"], b: Fact["value"]): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  return typeOrder.indexOf(typeof a) - typeOrder.indexOf(typeof b) || Number(a) - Number(b);
}

function isSameValue(a: Fact["value"], b: Fact["value"]): boolean {
  if (typeof a !== "number" || typeof b !== "number") return a === b;
  return Math.abs(a - b) <= sameNumberTolerance * Math.max(Math.abs(a), Math.abs(b));
}

/** The facts for which there is more than one claim. */
export function findFactualConflicts(facts: readonly SharedFact[]): readonly FactualConflict[] {
  return facts.flatMap((fact) => (fact.claims.length > 1 ? [{ kind: "factual", ...fact } as const] : []));
}

/** The facts that agents cite, each value once with all who cite it; those that contradict each other come first, together. */
import type { ConflictFinding } from "@mycroft/ensemble";
import type { DecisionDetail } from "@mycroft/protocol";

export interface CitedFact {
  readonly key: string;
  readonly name: string;
  readonly value: number | string | boolean;
  readonly date: string;
  readonly source: string;
  readonly citedBy: readonly string[];
  readonly isContradicted: boolean;
}

export function gatherFacts(
  evidence: DecisionDetail["evidence"],
  findings: readonly ConflictFinding[],
): readonly CitedFact[] {
  const contradicted = new Set(
    findings.flatMap((finding) => (finding.kind === "factual" ? [placeOf(finding.fact, finding.date)] : [])),
  );
  const byKey = new Map<string, CitedFact>();
  for (const { agent, facts } of evidence) {
    for (const { name, value, date, source } of facts) {
      const key = JSON.stringify([name, date, value, source]);
      const known = byKey.get(key);
      const citedBy = [...(known?.citedBy ?? []), ...(known?.citedBy.includes(agent) ? [] : [agent])];
      const isContradicted = contradicted.has(placeOf(name, date));
      byKey.set(key, { key, name, value, date, source, citedBy, isContradicted });
    }
  }
  return [...byKey.values()].toSorted(
    (a, b) =>
      Number(b.isContradicted) - Number(a.isContradicted) ||
      compare(a.name, b.name) ||
      compare(a.date, b.date),
  );
}

function placeOf(name: string, date: string): string {
  return JSON.stringify([name, date]);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

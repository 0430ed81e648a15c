/** Views for this package's tests: short to state, complete, and valid unless a test makes them otherwise. */
import type { Abstention, Fact, Opinion } from "./opinion.ts";

const question = { subject: "AAPL", asOf: "2010-03-01", horizonDays: 28 };

export function sampleOpinion(
  agent: string,
  probabilities: readonly number[],
  rest: Partial<Opinion> = {},
): Opinion {
  return {
    type: "opinion",
    agent,
    version: "1.0.0",
    ...question,
    outcomes: probabilities.length === 3 ? ["down", "flat", "up"] : probabilities.map((_, k) => `q${k + 1}`),
    probabilities: [...probabilities],
    rationale: `What ${agent} thinks.`,
    evidence: [],
    ...rest,
  };
}

export function sampleAbstention(agent: string, reason: string, code?: string): Abstention {
  const abstention: Abstention = { type: "abstention", agent, version: "1.0.0", ...question, reason };
  return code === undefined ? abstention : { ...abstention, code };
}

export function sampleFact(name: string, value: Fact["value"], source = "prices"): Fact {
  return { name, value, date: "2010-02-26", source };
}

export function sampleRequest(
  views: readonly unknown[],
  rest: Readonly<Record<string, unknown>> = {},
): unknown {
  return { ...question, quorum: 1, views, ...rest };
}

/** Non-negative numbers as a distribution; all zero stands for certainty of the first outcome. */
export function distributionOf(raw: readonly number[]): number[] {
  const largest = Math.max(...raw);
  // Scaled first: a sum of the tiniest numbers would be too coarse to divide by.
  const scaled =
    largest === 0 ? raw.map((_, index) => (index === 0 ? 1 : 0)) : raw.map((value) => value / largest);
  const sum = scaled.reduce((total, value) => total + value, 0);
  return scaled.map((value) => value / sum);
}

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type ErrorCode, MycroftError } from "@mycroft/errors";
import { checkOpinion, measureConflict } from "./index.ts";
import { sampleAbstention, sampleFact, sampleOpinion } from "./sample-views.ts";

function fails(code: ErrorCode, details: Readonly<Record<string, unknown>>, value: unknown): void {
  assert.throws(
    () => checkOpinion(value),
    (error) => {
      assert.ok(error instanceof MycroftError);
      assert.equal(error.code, code, error.message);
      for (const [key, expected] of Object.entries(details)) assert.equal(error.details?.[key], expected);
      return true;
    },
  );
}

const good = sampleOpinion("trend", [0.2, 0.3, 0.5]);

describe("checkOpinion", () => {
  it("gives back what it was given", () => {
    const full = { ...good, evidence: [sampleFact("close", 200.5)], confidence: 0.7, dataAsOf: "2010-02-26" };
    assert.deepEqual(checkOpinion(JSON.parse(JSON.stringify(full))), full);
    assert.deepEqual(checkOpinion(good), good);
  });

  it("P7 names agent, field, value and limit of a probability out of range", () => {
    const details = { agent: "trend", limit: "a number from 0 to 1" };
    fails(
      "OPINION_INVALID",
      { ...details, field: "opinion.probabilities[1]", value: "NaN" },
      withP([0.5, Number.NaN, 0.5]),
    );
    fails(
      "OPINION_INVALID",
      { ...details, field: "opinion.probabilities[0]", value: "-0.1" },
      withP([-0.1, 0.6, 0.5]),
    );
    fails("OPINION_INVALID", { ...details, value: "Infinity" }, withP([Number.POSITIVE_INFINITY, 0, 0]));
    fails("OPINION_INVALID", { ...details, value: "1.5" }, withP([1.5, 0, 0]));
  });

  it("P7 holds the sum to 1 within 1e-6", () => {
    const field = "opinion.probabilities.sum";
    fails("OPINION_INVALID", { agent: "trend", field, value: "0.9" }, withP([0.2, 0.2, 0.5]));
    fails("OPINION_INVALID", { field, limit: "1, within 0.000001" }, withP([0.2, 0.3, 0.500002]));
    assert.ok(checkOpinion(withP([0.2, 0.3, 0.5000009])));
  });

  it("P7 wants one probability for each outcome", () => {
    fails("OPINION_DIMENSION", { agent: "trend", field: "opinion.probabilities" }, withP([0.5, 0.5]));
    fails(
      "OPINION_DIMENSION",
      { field: "opinion.outcomes" },
      { ...good, outcomes: ["up"], probabilities: [1] },
    );
    fails("LIMIT_EXCEEDED", { field: "opinion.outcomes" }, { ...good, outcomes: Array(102).fill("a") });
    fails("INPUT_INVALID", { field: "opinion.outcomes[2]" }, { ...good, outcomes: ["a", "b", "a"] });
  });

  it("P7 rejects what is not an opinion", () => {
    for (const value of [null, undefined, 3, "opinion", [good], () => good]) {
      fails("INPUT_INVALID", { field: "opinion", limit: "an object" }, value);
    }
    fails(
      "OPINION_INVALID",
      { field: "opinion.probabilities" },
      { ...good, probabilities: ["0.2", "0.3", "0.5"] },
    );
    fails("OPINION_INVALID", { value: "missing" }, { ...good, probabilities: undefined });
    fails("INPUT_INVALID", { field: "opinion.agent" }, { ...good, agent: "" });
    fails("INPUT_INVALID", { field: "opinion.type", value: '"vote"' }, { ...good, type: "vote" });
    fails("INPUT_INVALID", { field: "opinion.type" }, sampleAbstention("trend", "no data"));
    fails("INPUT_INVALID", { field: "opinion.horizonDays" }, { ...good, horizonDays: 1.5 });
    fails("INPUT_INVALID", { field: "opinion.confidence" }, { ...good, confidence: 2 });
    fails("INPUT_INVALID", { field: "opinion.rationale" }, { ...good, rationale: "x".repeat(4_001) });
    fails("INPUT_INVALID", { field: "opinion.evidence[0].value" }, withFact({ value: Number.NaN }));
    fails("INPUT_INVALID", { field: "opinion.evidence[0].value" }, withFact({ value: [1] }));
  });

  it("P7 knows the calendar", () => {
    for (const asOf of [
      "2010-02-29",
      "2010-04-31",
      "2010-13-01",
      "2010-3-1",
      "2010-03-01T00:00:00Z",
      20100301,
    ]) {
      fails("INPUT_INVALID", { agent: "trend", field: "opinion.asOf" }, { ...good, asOf });
    }
    assert.ok(checkOpinion({ ...good, asOf: "2012-02-29" }));
  });

  it("P5 lets in nothing later than asOf", () => {
    const limit = "at or before asOf, 2010-03-01";
    fails(
      "LOOK_AHEAD",
      { agent: "trend", field: "opinion.dataAsOf", limit },
      { ...good, dataAsOf: "2010-03-02" },
    );
    fails("LOOK_AHEAD", { field: "opinion.evidence[0].date", limit }, withFact({ date: "2010-03-02" }));
    assert.ok(checkOpinion({ ...good, dataAsOf: "2010-03-01" }));
  });
});

describe("views that are put together", () => {
  it("P7 must be over the same outcomes", () => {
    const other = sampleOpinion("macro", [0.2, 0.3, 0.5], { outcomes: ["low", "mid", "high"] });
    assert.throws(() => measureConflict([good, other]), { code: "OPINION_DIMENSION" });
    assert.throws(() => measureConflict([good, sampleOpinion("macro", [0.5, 0.5])]), {
      code: "OPINION_DIMENSION",
    });
  });

  it("P7 must be one per agent, on one subject, day and horizon", () => {
    const other = sampleOpinion("macro", [0.2, 0.3, 0.5]);
    for (const odd of [{ agent: "trend" }, { subject: "MSFT" }, { asOf: "2010-02-26" }, { horizonDays: 7 }]) {
      assert.throws(() => measureConflict([good, { ...other, ...odd }]), { code: "INPUT_INVALID" });
    }
  });
});

function withP(probabilities: readonly number[]): unknown {
  return { ...good, probabilities };
}

function withFact(rest: Readonly<Record<string, unknown>>): unknown {
  return { ...good, evidence: [{ ...sampleFact("close", 1), ...rest }] };
}

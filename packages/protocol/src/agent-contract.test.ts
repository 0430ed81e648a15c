import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { agentAnswerSchema, opinionRequestSchema } from "./agent-contract.ts";
import { limits } from "./limits.ts";
import { parseWith } from "./parse-with.ts";
import { symbol, tradingDate } from "./scalars.ts";

describe("the agent contract", () => {
  it("fills in horizon and outcomes", () => {
    assert.deepEqual(parseWith(opinionRequestSchema, { subject: "IBM", asOf: "2010-02-26" }, "It"), {
      subject: "IBM",
      asOf: "2010-02-26",
      horizonDays: 28,
      outcomes: ["down", "flat", "up"],
    });
  });

  it("accepts a sum off one by rounding, and no more", () => {
    const answer = (last: number) => ({ type: "opinion", probabilities: [0.1, 0.2, last], rationale: "r" });
    assert.ok(agentAnswerSchema.safeParse(answer(0.7 + limits.probabilitySumTolerance / 2)).success);
    assert.ok(!agentAnswerSchema.safeParse(answer(0.7 + limits.probabilitySumTolerance * 2)).success);
  });

  it("takes real days and real symbols only", () => {
    for (const day of ["2012-02-29", "1999-12-31"]) assert.ok(tradingDate.safeParse(day).success, day);
    for (const day of ["2011-02-29", "2010-13-01", "20100101", "2010-1-1", "2010-01-01T00:00Z"]) {
      assert.ok(!tradingDate.safeParse(day).success, day);
    }
    for (const name of ["AAPL", "BRK.B", "BRK-B", "^GSPC", "0700.HK", "EURUSD=X"]) {
      assert.ok(symbol.safeParse(name).success, name);
    }
    for (const name of ["", "aapl", "A B", "../etc", "A".repeat(limits.subjectLength + 1)]) {
      assert.ok(!symbol.safeParse(name).success, name);
    }
  });
});

describe("parseWith", () => {
  it("P7 names field, value and limit", () => {
    assert.throws(
      () =>
        parseWith(
          opinionRequestSchema,
          { subject: "IBM", asOf: "2010-02-26", horizonDays: 9_999 },
          "The request",
        ),
      (error) =>
        error instanceof MycroftError &&
        error.code === "INPUT_INVALID" &&
        error.details?.["field"] === "horizonDays" &&
        error.details["limit"] === 3_660 &&
        /The request.*horizonDays.*3660.*9999/.test(error.message),
    );
  });
});

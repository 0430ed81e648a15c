import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AgentDrift, explain, findPolicy, renderExplanation, resolve } from "./index.ts";
import { sampleAbstention, sampleOpinion, sampleRequest } from "./sample-views.ts";

const record = { agent: "trend", scored: 120, meanScore: 0.15, from: "2005-01-03", to: "2010-02-26" };
const drift: AgentDrift = {
  direction: "worse",
  since: "2009-09-30",
  noticed: "2010-01-29",
  before: -0.0021,
  after: 0.0104,
  scored: 6,
};
const views = [sampleOpinion("trend", [0.2, 0.2, 0.6]), sampleOpinion("reversal", [0.5, 0.3, 0.2])];

describe("a drifting agent in a resolution", () => {
  it("is there as data and in words, whatever the policy", () => {
    for (const policy of ["linear-pool", "past-score", "boa"]) {
      const request = sampleRequest(views, { record: [{ ...record, drift }] });
      const resolution = resolve(findPolicy(policy), request);
      assert.deepEqual(resolution.drifts, [{ agent: "trend", ...drift }]);
      assert.match(
        renderExplanation(explain(resolution)),
        /trend drifts: since 2009-09-30 its score has been 0\.0125 worse than before, from -0\.0021 to \+0\.0104 against the agents' mean, over 6 rounds \(noticed on 2010-01-29\)\./,
      );
    }
  });

  it("without one, and for one who abstains, nothing is said: the result is what it was, byte for byte", () => {
    const plain = resolve(findPolicy("linear-pool"), sampleRequest(views, { record: [record] }));
    assert.ok(!JSON.stringify(plain).includes("drift"));
    assert.ok(!renderExplanation(explain(plain)).includes("drift"));
    const asleep = [sampleAbstention("trend", "No prices."), sampleOpinion("reversal", [0.5, 0.3, 0.2])];
    const request = sampleRequest(asleep, { record: [{ ...record, drift }] });
    assert.ok(!("drifts" in resolve(findPolicy("linear-pool"), request)));
  });

  it("P5 P7 a drift of a later day is look-ahead, and one that cannot be is refused", () => {
    const bad = (change: Readonly<Record<string, unknown>>) =>
      resolve(
        findPolicy("linear-pool"),
        sampleRequest(views, { record: [{ ...record, drift: { ...drift, ...change } }] }),
      );
    assert.throws(() => bad({ noticed: "2010-03-02" }), { code: "LOOK_AHEAD" });
    assert.throws(() => bad({ since: "2010-02-01" }), { code: "INPUT_INVALID" });
    assert.throws(() => bad({ after: Number.NaN }), { code: "INPUT_INVALID" });
    assert.throws(() => bad({ direction: "sideways" }), { code: "INPUT_INVALID" });
    assert.throws(() => bad({ extra: 1 }), { code: "INPUT_INVALID" });
  });
});

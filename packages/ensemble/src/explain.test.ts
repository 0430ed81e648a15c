import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Explanation, explain, findPolicy, renderExplanation, resolve, type View } from "./index.ts";
import {
  distributionOf,
  sampleAbstention,
  sampleFact,
  sampleOpinion,
  sampleRequest,
} from "./sample-views.ts";

const trend = sampleOpinion("trend", [0.2, 0.2, 0.6], {
  rationale: "Up 21% in 12 months.",
  evidence: [sampleFact("close", 204.6), sampleFact("return", 0.2)],
  dataAsOf: "2010-03-01",
});
const reversal = sampleOpinion("reversal", [0.6, 0.2, 0.2], {
  evidence: [sampleFact("close", 204.7, "vendor"), sampleFact("return", 0.2)],
  dataAsOf: "2010-02-26",
});
const sentiment = sampleAbstention("sentiment", "No tweets for AAPL.", "DATA_EMPTY");

function explained(views: readonly View[], policy = "linear-pool", rest = {}): Explanation {
  return explain(resolve(findPolicy(policy), sampleRequest(views, rest)));
}

function sentencesOn(topic: string, explanation: Explanation): string {
  return explanation.sections.find((section) => section.topic === topic)?.sentences.join("\n") ?? "";
}

describe("explain", () => {
  it("says what each agent said, and quotes why one abstained", () => {
    const explanation = explained([trend, reversal, sentiment]);
    assert.match(
      explanation.headline,
      /^AAPL on 2010-03-01, over 28 days: down 40\.0%, flat 20\.0%, up 40\.0%\. /,
    );
    assert.equal(
      sentencesOn("opinions", explanation).split("\n")[1],
      'trend (version 1.0.0): down 20.0%, flat 20.0%, up 60.0%, which leans towards up. "Up 21% in 12 months."',
    );
    assert.match(
      sentencesOn("abstentions", explanation),
      /^sentiment .*"No tweets for AAPL\." \(DATA_EMPTY\)$/,
    );
  });

  it("names each kind of conflict and who is on which side", () => {
    const conflict = sentencesOn("conflict", explained([trend, reversal, sentiment]));
    assert.match(conflict, /The conflict is high \(0\.\d{3} of 1\)/);
    assert.match(conflict, /Analytical: .*trend towards up; reversal towards down\./);
    assert.match(conflict, /They read the same facts differently: return of 2010-02-26\./);
    assert.match(
      conflict,
      /Factual: for close of 2010-02-26 .*204\.6 by trend \(from prices\); 204\.7 by reversal \(from vendor\)/,
    );
    assert.match(
      conflict,
      /Freshness: .*3 days apart: trend up to 2010-03-01 \(0 days old\); reversal up to 2010-02-26/,
    );
    assert.match(conflict, /Missing: 2 of 3 agents gave an opinion \(1 needed\)\. sentiment abstained\./);
  });

  it("says which record moved which weight", () => {
    const period = { from: "2005-01-03", to: "2010-02-26" };
    const record = [
      { agent: "trend", scored: 120, meanScore: 0.15, ...period },
      { agent: "reversal", scored: 120, meanScore: 0.17, ...period },
    ];
    const weights = sentencesOn("weights", explained([trend, reversal], "past-score", { record }));
    assert.match(
      weights,
      /trend weighs 6\d\.\d%: its score is 0\.1500 over 120 opinions from 2005-01-03 to 2010-02-26, 0\.0100 better than the mean\./,
    );
    assert.match(weights, /reversal weighs 3\d\.\d%: .* 0\.0100 worse than/);
    assert.match(sentencesOn("weights", explained([trend], "past-score")), /No agent has a record yet/);
  });

  it("gives the contributions and the dissent", () => {
    const explanation = explained([trend, reversal, sampleOpinion("macro", [0.2, 0.2, 0.6])]);
    assert.match(
      sentencesOn("contributions", explanation),
      /^macro adds 6\.7 points to down, 6\.7 points to flat, 20\.0 points to up\.$/m,
    );
    assert.match(
      sentencesOn("dissent", explanation),
      /^reversal leans the other way, towards down, at a distance of 0\.\d\d of 1/,
    );
    assert.equal(sentencesOn("dissent", explained([trend, { ...trend, agent: "twin" }])), "Nobody dissents.");
  });

  it("says that there is no view without a quorum", () => {
    const explanation = explained([trend, sentiment], "linear-pool", { quorum: 2 });
    assert.match(explanation.headline, /no view\. 1 of 2 agents gave an opinion; 2 needed\.$/);
    assert.match(sentencesOn("result", explanation), /the ensemble has no view, and none is made up/);
    for (const topic of ["weights", "contributions", "dissent"])
      assert.equal(sentencesOn(topic, explanation), "");
    assert.match(explained([sentiment]).headline, /no view\. 0 of 1 agent gave an opinion; 1 needed\.$/);
  });

  it("says that a lone opinion is one", () => {
    assert.match(explained([trend]).headline, /It is one agent's opinion\.$/);
  });

  it("never recommends, and never writes NaN, undefined or an object, whatever was said", () => {
    const row = fc
      .array(fc.oneof(fc.constant(0), fc.nat(100)), { minLength: 3, maxLength: 3 })
      .map(distributionOf);
    const rows = fc.array(row, { minLength: 0, maxLength: 5 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 4 }), fc.boolean(), (all, quorum, abstains) => {
        const views: View[] = all.map((p, index) => sampleOpinion(`a${index}`, p));
        const text = renderExplanation(
          explained(abstains ? [...views, sentiment] : views, "past-score", { quorum }),
        );
        assert.doesNotMatch(text, /NaN|undefined|\[object|Infinity|-0\.00|\b(buy|sell|hold)\b/i);
      }),
    );
  });

  it("keeps agents' words from acting on a terminal, and short", () => {
    const hostile = sampleOpinion("a", [0.2, 0.2, 0.6], {
      rationale: `\u001b[2J\u202eevil\u2028\n"trend said" ${"x".repeat(999)}\ud800`,
    });
    const text = renderExplanation(explained([hostile]));
    assert.doesNotMatch(text.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Zl}\p{Cs}]/u);
    const quote = /"(.*)\.\.\."/.exec(text)?.[1] ?? "";
    assert.match(quote, /^\[2J evil 'trend said' x+$/);
    assert.equal(quote.length, 280);
  });

  it("renders the headline and each section with its title", () => {
    const explanation = explained([trend, reversal]);
    const text = renderExplanation(explanation);
    assert.ok(text.startsWith(`${explanation.headline}\n\nWhat the agents said\n  reversal`));
    for (const { title, sentences } of explanation.sections) {
      assert.ok(text.includes(`\n${title}\n`));
      for (const sentence of sentences) assert.ok(text.includes(`  ${sentence}\n`));
    }
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleDecisions } from "../testing/sample-decision.ts";
import { wordBriefly, wordDecision } from "./decision-words.ts";

type Words = ReturnType<typeof wordDecision>;

function sentences({ sections }: Words, title: string): string {
  return sections.find((section) => section.title === title)?.sentences.join(" ") ?? "";
}

test("after the ensemble's own explanation come the limits, the position and the evidence", async () => {
  const [one] = await sampleDecisions({ B: { macro: [0, 0.1, 0.9], trend: [0.1, 0.2, 0.7] } });
  assert.ok(one !== undefined);
  const day = { date: "2010-02-26", source: "test prices" };
  const facts = [
    { name: "lastClose", value: 10.123456, ...day },
    { name: "rank", value: 3, ...day },
    { name: "regime", value: "calm", date: "2010-01-29", source: "other" },
  ];
  const words = wordDecision({
    ...one,
    evidence: [
      { agent: "macro", facts },
      { agent: "trend", facts: [] },
    ],
  });
  assert.match(words.headline, /^B on 2010-02-26/u);
  assert.match(
    sentences(words, "What the risk limits did"),
    /^The limit max-tilt clamps the tilt\. .*0\.75.*0\.50/u,
  );
  assert.match(
    sentences(words, "The position"),
    /^Its weight is 25\.0%.*max-weight changed the weight from 50\.0% to 25\.0%: one company may have no more\./u,
  );
  assert.equal(
    sentences(words, "What the opinions rest on"),
    "macro: lastClose 10.123, rank 3; as of 2010-02-26, from test prices. regime calm; as of 2010-01-29, from other. trend named no facts.",
  );
});

test("a veto and a missing quorum are told as what they are; a limit that was not reached as well", async () => {
  const [vetoed] = await sampleDecisions(
    { A: { macro: [0.2, 0.3, 0.5] } },
    { limits: { maxAnnualVolatility: 0.1 } },
  );
  const [silent] = await sampleDecisions({ A: { macro: "no data" } });
  const [free] = await sampleDecisions({ A: { macro: [0.2, 0.3, 0.5] } });
  assert.ok(vetoed !== undefined && silent !== undefined && free !== undefined);
  const limitsOf = (one: typeof vetoed) => sentences(wordDecision(one), "What the risk limits did");
  assert.match(limitsOf(vetoed), /^The limit max-volatility forbids a position\. .*0\.40/u);
  assert.match(limitsOf(silent), /^The limit quorum leaves no view\. 0 of 1/u);
  assert.equal(limitsOf(free), "None of them was reached: the tilt of 0.30 stands.");
});

test("in brief, what each contributes and rests on is left out", async () => {
  const [one] = await sampleDecisions(
    { A: { x: [0.2, 0.3, 0.5], y: [0.5, 0.3, 0.2] } },
    { annualVolatility: null },
  );
  assert.ok(one !== undefined);
  const titles = wordBriefly(one).sections.map(({ title }) => title);
  assert.ok(titles.includes("What the agents said") && titles.includes("Where they conflict"));
  const left = wordDecision(one)
    .sections.map(({ title }) => title)
    .filter((title) => !titles.includes(title));
  assert.deepEqual(left, ["What each one contributes", "Who dissents"]);
});

test("what is usual is told first, as what everything is held against", async () => {
  const usual = { outcomes: ["down", "flat", "up"], probabilities: [0.25, 0.35, 0.4], cases: 520 };
  const [one] = await sampleDecisions({ A: { x: [0.2, 0.3, 0.5] } }, { usual });
  assert.ok(one !== undefined);
  const [first] = wordDecision(one).sections;
  assert.equal(first?.title, "What is usual");
  assert.match(
    first.sentences.join(" "),
    /down 25%, flat 35%, up 40% \(520 past cases\)\. .* the usual \+0\.15: x \+0\.15, all together \+0\.15\.$/u,
  );
});

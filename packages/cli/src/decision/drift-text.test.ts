import assert from "node:assert/strict";
import { test } from "node:test";
import { wordBriefly, wordDecision } from "@mycroft/record";
import { sampleDecisions } from "@mycroft/record/testing";
import { plainTerminal } from "../testing/plain-terminal.ts";
import { driftLines } from "./drift-text.ts";
import { printDecisions } from "./print-decisions.ts";

const drift = {
  agent: "trend",
  direction: "worse",
  since: "2009-09-30",
  noticed: "2010-01-29",
  before: -0.0021,
  after: 0.0104,
  scored: 6,
} as const;

test("a drifting agent is flagged below the table, once for all companies, and explained with each decision", async () => {
  const views = { macro: [0.1, 0.2, 0.7], trend: [0.3, 0.3, 0.4] } as const;
  const plain = await sampleDecisions({ A: views, B: views });
  assert.deepEqual(driftLines(plain), []);
  const decisions = plain.map((one) => ({ ...one, resolution: { ...one.resolution, drifts: [drift] } }));
  const line = "trend drifts: since 2009-09-30 it has scored worse than before, against the others.";
  assert.deepEqual(driftLines(decisions), [line]);
  const terminal = plainTerminal();
  printDecisions(decisions, terminal);
  assert.equal(terminal.printed.join(" ").replace(/\s+/gu, " ").split(line).length, 2);
  const [first] = decisions;
  assert.ok(first !== undefined);
  for (const words of [wordDecision(first), wordBriefly(first)]) {
    const told = words.sections.find(({ title }) => title === "Whose record is changing");
    assert.match(
      told?.sentences[0] ?? "",
      /^trend drifts: since 2009-09-30 its score has been 0\.0125 worse/u,
    );
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleDecisions } from "@mycroft/record/testing";
import { plainTerminal } from "../testing/plain-terminal.ts";
import { decisionTable, legend, portfolioText } from "./decision-table.ts";

test("one line a company: each agent's likeliest outcome, the conflict, the decision, the weight", async () => {
  const decisions = await sampleDecisions({
    AAPL: { macro: [0.2, 0.3, 0.5], trend: [0.1, 0.2, 0.7] },
    IBM: { macro: [0.6, 0.2, 0.2], trend: "too little history" },
    MSFT: { macro: [0.2, 0.5, 0.3], trend: [0.34, 0.34, 0.32] },
  });
  assert.deepEqual(decisionTable(decisions, plainTerminal()), [
    "Company  macro     trend     Conflict  Decision    Weight",
    "AAPL     up 50%    up 70%    0.020     up +0.45     25.0%",
    "IBM      down 60%  abstains  -         down -0.40    0.0%",
    "MSFT     flat 50%  flat 34%  0.015     even +0.04    4.0%",
  ]);
  assert.equal(portfolioText(decisions), "Invested 29.0%, cash 71.0%.");
  assert.match(
    legend(decisions).join(" "),
    /over 28 days.*P\(up\) - P\(down\).*linear-pool, within the risk limits\.$/u,
  );
});

test("what a limit did to a decision shows: a veto, a clamp, no quorum", async () => {
  const [vetoed] = await sampleDecisions({ A: { macro: [0.9, 0.1, 0] } }, { limits: { excluded: ["A"] } });
  const [clamped] = await sampleDecisions({ B: { macro: [0, 0.1, 0.9] } });
  const [silent] = await sampleDecisions({ C: { macro: "no data" } });
  assert.ok(vetoed !== undefined && clamped !== undefined && silent !== undefined);
  const lines = decisionTable([vetoed, clamped, silent], plainTerminal());
  assert.match(lines[1] ?? "", /vetoed +0\.0%$/u);
  assert.match(lines[2] ?? "", /up \+0\.50\* +25\.0%$/u);
  assert.match(lines[3] ?? "", /abstains +- +no view +0\.0%$/u);
  assert.match(legend([vetoed, clamped, silent]).join(" "), /\* one of them clamped it\.$/u);
});

test("a workflow without risk and portfolio has neither column, and its own lean for a decision", async () => {
  const decisions = await sampleDecisions(
    { A: { x: [0.2, 0.3, 0.5] }, B: { y: [0.5, 0.3, 0.2] } },
    { annualVolatility: null },
  );
  assert.deepEqual(decisionTable(decisions, plainTerminal()), [
    "Company  x       y         Conflict  Decision",
    "A        up 50%            -         up +0.30",
    "B                down 50%  -         down -0.30",
  ]);
  assert.equal(portfolioText(decisions), null);
  assert.doesNotMatch(legend(decisions).join(" "), /limits/u);
  assert.deepEqual(legend([]), []);
});

test("held against the usual, each view shows which way it departs from it", async () => {
  const usual = { outcomes: ["down", "flat", "up"], probabilities: [0.25, 0.35, 0.4], cases: 520 };
  const decisions = await sampleDecisions(
    { A: { above: [0.2, 0.35, 0.45], same: [0.26, 0.34, 0.4], below: [0.3, 0.3, 0.4], silent: "no data" } },
    { usual },
  );
  const painted = {
    ...plainTerminal(),
    style: (style: unknown, text: string) => `<${String(style)} ${text}>`,
  };
  const [, line = ""] = decisionTable(decisions, painted);
  assert.match(line, /<green up 45%▲>.*<red up 40%▼> {2}up 40% {2}.*<dim abstains>/u);
  assert.match(legend(decisions).join(" "), /down 25%, flat 35%, up 40% \(520 past cases\)\. ▲ and ▼/u);
});

test("sides have colours, where there are any", async () => {
  const terminal = {
    ...plainTerminal(),
    style: (style: unknown, text: string) => `<${String(style)} ${text}>`,
  };
  const [, line = ""] = decisionTable(
    await sampleDecisions({ A: { x: [0.2, 0.3, 0.5], y: [0.5, 0.3, 0.2], z: "-" } }),
    terminal,
  );
  assert.match(line, /<green up 50%>.*<red down 50%>.*<dim abstains>/u);
});

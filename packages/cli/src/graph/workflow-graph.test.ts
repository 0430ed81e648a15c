import assert from "node:assert/strict";
import { test } from "node:test";
import { defineFunction, symbol, tradingDate, type Workflow, workflow } from "@mycroft/sdk";
import { z } from "zod";
import { sampleWorkflow } from "../testing/sample-workflow.ts";
import { renderMermaid } from "./mermaid.ts";
import { renderTextGraph } from "./text-graph.ts";
import { workflowGraph } from "./workflow-graph.ts";

const plain = (text: string) => text;
const textOf = (of: Pick<Workflow, "plan">, width = 80) =>
  renderTextGraph(workflowGraph(of.plan), { width, bold: plain, dim: plain }).join("\n");

test("a workflow as text: asks grouped, maps with their bodies, conditions and trigger rules in words", () => {
  assert.equal(
    textOf(sampleWorkflow),
    `sample
├─ companies: for each of input.universe (at most 50)
│  ├─ opinions: ask trend, reversal
│  │     from item of companies, input.asOf
│  ├─ decision: resolve with linear-pool
│  │     from item of companies, input.asOf, opinions
│  └─ output: decision
├─ report: call write-report
│     from companies
│     up to 2 attempts
├─ send: call send-report
│     from report
│     only if input.mode = "ur\\"gent <b>" and input.to exists
│     tried once
├─ alarm: call raise-alarm
│     from send
│     if nothing that it needs has failed (noneFailed)
└─ output: { written }`,
  );
});

test("a workflow as Mermaid: maps are subgraphs, edges are what steps need, nothing in a label is syntax", () => {
  assert.equal(
    renderMermaid(workflowGraph(sampleWorkflow.plan)),
    `flowchart TD
  input(["input of sample"])
  subgraph step1["companies: for each of input.universe (at most 50)"]
    step2("opinions: ask trend, reversal")
    step3{{"decision: resolve with linear-pool"}}
    step2 --> step3
  end
  step4["report: call write-report<br/>up to 2 attempts"]
  step5["send: call send-report<br/>only if input.mode #61; #34;ur#92;#34;gent #60;b#62;#34; and input.to exists<br/>tried once"]
  step6["alarm: call raise-alarm<br/>if nothing that it needs has failed (noneFailed)"]
  input --> step1
  step1 --> step4
  step4 --> step5
  step5 --> step6
  output(["output: #123; written #125;"])
  step6 --> output`,
  );
});

const count = defineFunction({
  name: "count",
  version: "1",
  input: z.object({ of: z.array(z.unknown()) }),
  output: z.number(),
  run: ({ of }) => of.length,
});

test("maps in maps are subgraphs in subgraphs, and asks that differ in anything but the agent stay apart", () => {
  const nested = workflow(
    { name: "nested", input: z.object({ asOf: tradingDate, groups: z.array(z.array(symbol)) }) },
    (w) =>
      w.map("groups", w.input.groups, (group) =>
        group.map("members", group.item, (m) => {
          const early = m.ask("early", ["trend"], { subject: m.item, asOf: w.input.asOf });
          const late = m.ask("late", ["trend"], { subject: m.item, asOf: w.input.asOf, horizonDays: 90 });
          return m.call("count", count, { of: [early, late] });
        }),
      ),
  );
  const text = textOf(nested);
  assert.match(text, /^│ {2}│ {2}├─ early: ask trend$/m);
  assert.match(text, /^│ {2}│ {2}├─ late: ask trend$/m);
  assert.match(renderMermaid(workflowGraph(nested.plan)), /^ {2}subgraph step1\[.*\n {4}subgraph step2\[/m);
});

test("the text keeps to the terminal's width", () => {
  const agents = Array.from({ length: 40 }, (_, index) => `agent-${index}`);
  const wide = workflow({ name: "wide", input: z.object({ asOf: tradingDate }) }, (w) => {
    const opinions = w.ask("opinions", agents, { subject: "AAPL", asOf: w.input.asOf });
    return w.resolve("decision", opinions, { policy: "linear-pool", quorum: 2 });
  });
  for (const width of [60, 80, 120]) {
    for (const line of textOf(wide, width).split("\n")) assert.ok(line.length <= width, line);
  }
  assert.match(textOf(wide), /agent-39/);
});

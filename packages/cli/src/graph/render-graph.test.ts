import assert from "node:assert/strict";
import { test } from "node:test";
import { workflowGraph } from "@mycroft/record";
import { everyKind, placeOrder, sampleWorkflow } from "@mycroft/record/testing";
import { defineFunction, eq, settled, symbol, tradingDate, type Workflow, workflow } from "@mycroft/sdk";
import { z } from "zod";
import { renderMermaid } from "./mermaid.ts";
import { renderTextGraph } from "./text-graph.ts";

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

test("rounds, child runs, verdicts, signals and sleeps as text, with where and how they are carried out", () => {
  assert.equal(
    textOf(everyKind, 100).replace(placeOrder.plan.hash.slice(0, 12), "HASH"),
    `every-kind  tags: demo, nightly
├─ debate: in rounds from { "first": null, "second": null } until first.side = second.side (at
│     most 3, then it fails)
│  ├─ first: call speak
│  │     from previous of debate.second, round of debate
│  │     pool llm
│  │     priority 5
│  │     tags: voice
│  ├─ second: call speak
│  │     from previous of debate.first, round of debate
│  └─ output: { first, second }
├─ review: wait for a person's verdict (at most 2 h 00 min, then approved)
│     from debate.first.side, input.order
│     goes on when it is rejected
│     tags: desk
├─ placing: run the workflow place-order (plan HASH)
│     from debate.first.side, input.order
│     only if review.approved = true
│     up to 2 attempts
│     not tried again after TASK_CANCELLED
├─ filled: wait for the signal order-filled with the key input.order (at most 1 min 00 s, then it
│     fails)
│     from placing
├─ pause: sleep for 1.5 s
│     from filled
│     however what it needs has settled (allDone)
├─ open: sleep until "2026-01-06T09:30-05:00"
│     from pause
├─ note: call speak
│     only if settled(filled).status = "failed"
│     however what it needs has settled (allDone)
│     at most 30.0 s an attempt
│     a heartbeat every 5.0 s
│     an equal request is not made again for 1 h 00 min
└─ output: { by, price }`,
  );
});

test("rounds, child runs, verdicts, signals and sleeps as Mermaid: rounds are a subgraph, the others have shapes", () => {
  assert.equal(
    renderMermaid(workflowGraph(everyKind.plan)).replace(placeOrder.plan.hash.slice(0, 12), "HASH"),
    `flowchart TD
  input(["input of every-kind<br/>tags: demo, nightly"])
  subgraph step1["debate: in rounds from #123; #34;first#34;: null, #34;second#34;: null #125; until first.side #61; second.side (at most 3, then it fails)"]
    step2["first: call speak<br/>pool llm<br/>priority 5<br/>tags: voice"]
    step3["second: call speak"]
  end
  step4{"review: wait for a person#39;s verdict (at most 2 h 00 min, then approved)<br/>goes on when it is rejected<br/>tags: desk"}
  step5[["placing: run the workflow place-order (plan HASH)<br/>only if review.approved #61; true<br/>up to 2 attempts<br/>not tried again after TASK_CANCELLED"]]
  step6>"filled: wait for the signal order-filled with the key input.order (at most 1 min 00 s, then it fails)"]
  step7(["pause: sleep for 1.5 s<br/>however what it needs has settled (allDone)"])
  step8(["open: sleep until #34;2026-01-06T09:30-05:00#34;"])
  step9["note: call speak<br/>only if settled(filled).status #61; #34;failed#34;<br/>however what it needs has settled (allDone)<br/>at most 30.0 s an attempt<br/>a heartbeat every 5.0 s<br/>an equal request is not made again for 1 h 00 min"]
  input --> step1
  step1 --> step4
  step1 --> step5
  step4 --> step5
  step5 --> step6
  step6 --> step7
  step7 --> step8
  step6 --> step9
  output(["output: #123; by, price #125;"])
  step8 --> output
  step9 --> output`,
  );
});

test("what waits for ever, gives something when the time is over, or sleeps as long as it is told", () => {
  const waits = workflow({ name: "waits", input: z.object({ ms: z.number(), to: z.string() }) }, (w) => {
    w.approve("ask", "Sell?");
    w.waitFor("go", { signal: "go", schema: z.number(), timeoutMs: 500, default: w.input.ms });
    w.waitFor("stop", { signal: "stop", schema: z.unknown(), key: 7 });
    w.sleep("long", { durationMs: w.input.ms });
    const tries = w.repeat(
      "tries",
      w.input.ms,
      (r) => {
        const tried = r.sleep("try", { durationMs: r.previous });
        return { output: r.round, until: eq(settled(tried).status, "succeeded") };
      },
      { maxRounds: 1_000 },
    );
    w.sleep("late", { until: w.input.to }, { after: [tries] });
    return 1;
  });
  assert.equal(
    textOf(waits, 100),
    `waits
├─ ask: wait for a person's verdict
├─ go: wait for the signal go (at most 500 ms, then input.ms)
├─ stop: wait for the signal stop with the key 7
├─ long: sleep for input.ms ms
├─ tries: in rounds from input.ms until settled(try).status = "succeeded" (at most 1,000)
│  ├─ try: sleep for previous of tries ms
│  └─ output: round of tries
├─ late: sleep until input.to
│     from tries
└─ output: 1`,
  );
});

/**
 * One workflow: two agents are asked about one company, and a policy makes one view of theirs. The workflow is data
 * before it runs: its steps, their order and their types have been checked when `workflow` returns.
 *
 * Run it: npx node examples/02-one-workflow.ts
 */
import { runInMemory } from "@mycroft/embedded";
import { explain, renderExplanation } from "@mycroft/ensemble";
import { loadBundledData, reversal, trend } from "@mycroft/investing";
import { symbol, tradingDate, workflow } from "@mycroft/sdk";
import { z } from "zod";

const twoMinds = workflow(
  { name: "two-minds", input: z.object({ subject: symbol, asOf: tradingDate }) },
  (w) => {
    const opinions = w.ask("opinions", [trend, reversal], { subject: w.input.subject, asOf: w.input.asOf });
    return w.resolve("decision", opinions, { policy: "linear-pool", quorum: 2 });
  },
);

console.log(`Steps: ${twoMinds.plan.workflow.steps.map((step) => step.name).join(", ")}`);
console.log(`Plan: ${twoMinds.plan.hash}\n`);

const { data } = await loadBundledData();
const { output } = await runInMemory(twoMinds, { subject: "AMZN", asOf: "2008-10-31" }, { data });
console.log(renderExplanation(explain(output)));

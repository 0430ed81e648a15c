/**
 * Policies and conflict: how far the agents disagree is measured by itself, whatever the policy; the policy then says how
 * much each of them weighs. Here one policy, with equal weights and with stated ones.
 *
 * Run it: node examples/05-policies-and-conflict.ts
 */
import { runInMemory } from "@mycroft/embedded";
import type { Resolution } from "@mycroft/ensemble";
import { builtInAgents, loadBundledData } from "@mycroft/investing";
import { symbol, tradingDate, workflow } from "@mycroft/sdk";
import { z } from "zod";

const agents = builtInAgents().map((agent) => agent.name);

const bothWays = workflow(
  { name: "both-ways", input: z.object({ subject: symbol, asOf: tradingDate }) },
  (w) => {
    const opinions = w.ask("opinions", builtInAgents(), { subject: w.input.subject, asOf: w.input.asOf });
    const equal = w.resolve("equal", opinions, { policy: "linear-pool", quorum: 3 });
    const weighted = w.resolve("weighted", opinions, {
      policy: "linear-pool",
      quorum: 3,
      // Relative to 1, which every agent has that is not named.
      settings: { weights: { macro: 5, technical: 0.2 } },
    });
    return { equal, weighted };
  },
);

const { data } = await loadBundledData();
const { output } = await runInMemory(bothWays, { subject: "GOOG", asOf: "2008-09-30" }, { data });
const { equal, weighted } = output as { readonly equal: Resolution; readonly weighted: Resolution };

const { divergence, otherSideShare, leans, pairwise } = equal.conflict;
console.log(
  `Conflict ${divergence.toFixed(3)} of 1; on the smaller side: ${(100 * otherSideShare).toFixed(0)} % of the agents.`,
);
for (const { agent, side, tilt } of leans) {
  console.log(`  ${agent.padEnd(10)} ${side.padEnd(7)} ${tilt.toFixed(3).padStart(6)}`);
}

// Who is furthest from whom, by the Jensen-Shannon distance: 0 alike, 1 as far as can be.
const pairs = (pairwise?.distances ?? []).flatMap((row, i) =>
  row.slice(i + 1).map((distance, j) => ({ distance, names: [agents[i], agents[i + 1 + j]].join(" and ") })),
);
const furthest = pairs.toSorted((a, b) => b.distance - a.distance)[0];
console.log(`Furthest apart: ${furthest?.names}, ${furthest?.distance.toFixed(3)}`);

console.log("\n            down   flat     up");
for (const [name, { probabilities }] of Object.entries({ equal, weighted })) {
  console.log(
    `${name.padEnd(10)}${(probabilities ?? []).map((share) => share.toFixed(3).padStart(7)).join("")}`,
  );
}
const weights = weighted.weights.map(({ agent, weight }) => `${agent} ${(100 * weight).toFixed(0)} %`);
console.log(`Stated weights come to: ${weights.join(", ")}`);

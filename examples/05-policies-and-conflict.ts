/**
 * Policies and conflict: how far the agents disagree is measured by itself, whatever the policy; the policy then says how
 * much each of them weighs. Here the same opinions by one policy, with equal weights and with stated ones.
 *
 * Run it: npx node examples/05-policies-and-conflict.ts
 */
import { runInMemory } from "@mycroft/embedded";
import { explain } from "@mycroft/ensemble";
import { loadBundledData, trend } from "@mycroft/investing";
import { defineAgent, symbol, tradingDate, workflow } from "@mycroft/sdk";
import { z } from "zod";

/** An agent with one view of everything. */
const stubborn = (name: string, probabilities: number[]) =>
  defineAgent({
    name,
    version: "1",
    capabilities: [],
    opinion: () => ({ type: "opinion", probabilities, rationale: "It was always so." }),
  });

const optimist = stubborn("optimist", [0.05, 0.15, 0.8]);
const pessimist = stubborn("pessimist", [0.8, 0.15, 0.05]);

const bothWays = workflow(
  { name: "both-ways", input: z.object({ subject: symbol, asOf: tradingDate }) },
  (w) => {
    const opinions = w.ask("opinions", [optimist, pessimist, trend], {
      subject: w.input.subject,
      asOf: w.input.asOf,
    });
    const equal = w.resolve("equal", opinions, { policy: "linear-pool", quorum: 3 });
    const weighted = w.resolve("weighted", opinions, {
      policy: "linear-pool",
      quorum: 3,
      // Relative to 1, which every agent has that is not named.
      settings: { weights: { pessimist: 0.25, trend: 2 } },
    });
    return { equal, weighted };
  },
);

const { data } = await loadBundledData();
const { output } = await runInMemory(bothWays, { subject: "GOOG", asOf: "2008-09-30" }, { data });
const { equal, weighted } = output;

const { divergence, otherSideShare, leans, pairwise } = equal.conflict;
console.log(`Conflict: ${divergence.toFixed(3)}, where 0 is none and 1 the most that there can be.`);
console.log(`On the smaller of the two sides: ${(100 * otherSideShare).toFixed(0)} % of the agents.\n`);
for (const [index, { agent, side, tilt }] of leans.entries()) {
  const distances = pairwise?.distances[index]?.map((distance) => distance.toFixed(2)).join("  ") ?? "";
  console.log(
    `  ${agent.padEnd(10)} ${side.padEnd(7)} ${tilt.toFixed(2).padStart(5)}   distance to each: ${distances}`,
  );
}

console.log("\n            down   flat     up");
for (const [name, { probabilities }] of Object.entries({ equal, weighted })) {
  const shares = (probabilities ?? []).map((share) => share.toFixed(3).padStart(7)).join("");
  console.log(`${name.padEnd(10)}${shares}`);
}

const wanted = ["Where they conflict", "What each one weighs, and why"];
for (const { title, sentences } of explain(weighted).sections.filter((section) =>
  wanted.includes(section.title),
)) {
  console.log(`\n${title}\n  ${sentences.join("\n  ")}`);
}

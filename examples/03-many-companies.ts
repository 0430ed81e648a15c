/**
 * Many companies: `map` runs its steps once for each item of a list, all at the same time, and gives the list of what came
 * out. A function then makes one thing of it. Types flow along: what does not fit does not compile.
 *
 * Run it: npx node examples/03-many-companies.ts
 */
import { runInMemory } from "@mycroft/embedded";
import { builtInAgents, loadBundledData } from "@mycroft/investing";
import { defineFunction, resolutionSchema, symbol, tradingDate, workflow } from "@mycroft/sdk";
import { z } from "zod";

const rank = defineFunction({
  name: "rank",
  version: "1",
  pure: true,
  input: z.object({ resolutions: z.array(resolutionSchema) }),
  output: z.array(
    z.object({ subject: symbol, tilt: z.number(), conflict: z.number(), opinions: z.number() }),
  ),
  run: ({ resolutions }) =>
    resolutions
      .map(({ subject, lean, conflict, quorum }) => {
        return { subject, tilt: lean?.tilt ?? 0, conflict: conflict.divergence, opinions: quorum.opinions };
      })
      .toSorted((a, b) => b.tilt - a.tilt),
});

const ranking = workflow(
  { name: "ranking", input: z.object({ asOf: tradingDate, universe: z.array(symbol).max(100) }) },
  (w) => {
    const resolutions = w.map("companies", w.input.universe, (m) => {
      const opinions = m.ask("opinions", builtInAgents(), { subject: m.item, asOf: w.input.asOf });
      return m.resolve("resolution", opinions, { policy: "linear-pool", quorum: 2 });
    });
    return w.call("ranking", rank, { resolutions });
  },
);

const { data } = await loadBundledData();
const asOf = "2009-03-31";
const universe = [...data.asOf(asOf).symbols()];
const { output, record } = await runInMemory(ranking, { asOf, universe }, { data });

console.log(`As of ${asOf}, ${record.state.tasks.size} tasks:`);
for (const { subject, tilt, conflict, opinions } of output) {
  const side = tilt > 0.05 ? "leans up" : tilt < -0.05 ? "leans down" : "is undecided";
  console.log(
    `  ${subject.padEnd(5)} ${side.padEnd(12)} ${tilt.toFixed(3).padStart(6)}  (${opinions} opinions, conflict ${conflict.toFixed(3)})`,
  );
}

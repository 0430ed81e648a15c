import { z } from "zod";
import {
  abstain,
  defineAgent,
  defineFunction,
  resolutionSchema,
  symbol,
  tradingDate,
  workflow,
} from "./index.ts";

const constructPortfolio = defineFunction({
  name: "construct-portfolio",
  version: "1",
  pure: true,
  input: z.object({ decisions: z.array(resolutionSchema), asOf: tradingDate, cap: z.number().default(0.4) }),
  output: z.object({ weights: z.record(z.string(), z.number()) }),
  run: ({ decisions }) => ({ weights: Object.fromEntries(decisions.map((d) => [d.subject, 1])) }),
});
export const committee = workflow(
  {
    name: "investment-committee",
    input: z.object({ asOf: tradingDate, universe: z.array(symbol).max(5_000) }),
  },
  (w) => {
    const decisions = w.map("companies", w.input.universe, (m) => {
      const opinions = m.ask("opinions", ["trend", "reversal", "technical", "macro"], {
        subject: m.item,
        asOf: w.input.asOf,
      });
      return m.resolve("decision", opinions, { policy: "linear-pool", quorum: 2 });
    });
    return w.call("portfolio", constructPortfolio, { decisions, asOf: w.input.asOf });
  },
);
void abstain;
void defineAgent;
console.log(committee.plan.hash);

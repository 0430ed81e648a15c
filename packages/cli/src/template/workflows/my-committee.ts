/** A workflow of your own: for each company, three agents are asked and a policy makes one view of theirs. */
import { reversal, trend } from "@mycroft/investing";
import { symbol, tradingDate, workflow } from "@mycroft/sdk";
import { z } from "zod";
import { myFirstAgent } from "../agents/my-first-agent.ts";

export const myCommittee = workflow(
  {
    name: "my-committee",
    description: "Your own agent next to two built-in ones",
    input: z.object({
      asOf: tradingDate,
      universe: z.array(symbol).max(100).default(["AAPL", "AMZN", "GOOG", "IBM", "MSFT"]),
    }),
  },
  (w) =>
    w.map("companies", w.input.universe, (m) => {
      const opinions = m.ask("opinions", [myFirstAgent, trend, reversal], {
        subject: m.item,
        asOf: w.input.asOf,
      });
      return m.resolve("decision", opinions, { policy: "linear-pool", quorum: 2 });
    }),
);

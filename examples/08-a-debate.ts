/**
 * A debate: steps that are repeated in rounds. Each round sees what the round before gave; it ends when a condition holds, or
 * after a stated number of rounds. Here two agents who disagree each move part of the way towards what they have heard.
 *
 * Run it: npx node examples/08-a-debate.ts
 */
import { runInMemory } from "@mycroft/embedded";
import { describeTasks } from "@mycroft/engine";
import { builtInAgents, loadBundledData } from "@mycroft/investing";
import { defineFunction, le, symbol, tradingDate, workflow } from "@mycroft/sdk";
import { z } from "zod";

const position = z.object({ trend: z.number(), reversal: z.number(), apart: z.number() });
type Position = z.infer<typeof position>;

/** What an agent thinks the chance of a rise is, moved towards the other's by a third of the distance. */
const speak = defineFunction({
  name: "speak",
  version: "1",
  input: z.object({
    agent: z.string(),
    subject: symbol,
    asOf: tradingDate,
    own: z.number().optional(),
    heard: z.number().optional(),
  }),
  output: z.number(),
  async run({ agent, subject, asOf, own, heard }, { ask }) {
    if (own !== undefined && heard !== undefined) return own + (heard - own) / 3;
    const answer = await ask(agent, { subject, asOf, horizonDays: 28, outcomes: ["down", "flat", "up"] });
    return answer.type === "opinion" ? (answer.probabilities[2] ?? 0) : 1 / 3;
  },
});

const compare = defineFunction({
  name: "compare",
  version: "1",
  pure: true,
  input: z.object({ trend: z.number(), reversal: z.number() }),
  output: position,
  run: ({ trend, reversal }) => ({ trend, reversal, apart: Math.abs(trend - reversal) }),
});

const debate = workflow({ name: "debate", input: z.object({ subject: symbol, asOf: tradingDate }) }, (w) =>
  w.repeat(
    "debate",
    null as Position | null,
    (r) => {
      const { subject, asOf } = w.input;
      const { trend: bull, reversal: bear } = r.previous;
      const trend = r.call("trend", speak, { agent: "trend", subject, asOf, own: bull, heard: bear });
      const reversal = r.call("reversal", speak, {
        agent: "reversal",
        subject,
        asOf,
        own: bear,
        heard: bull,
      });
      const positions = r.call("compare", compare, { trend, reversal });
      return { output: positions, until: le(positions.apart, 0.002) };
    },
    { maxRounds: 10 },
  ),
);

const { data } = await loadBundledData();
const input = { subject: "AAPL", asOf: "2008-10-31" };
const { output, record } = await runInMemory(debate, input, { data, agents: builtInAgents() });
const rounds = describeTasks(record.state).filter(({ step }) => step === "compare");
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
for (const [round, { output: said }] of rounds.entries()) {
  const { trend, reversal, apart } = position.parse(said);
  console.log(
    `Round ${round + 1}: trend ${percent(trend)} up, reversal ${percent(reversal)} up, ${percent(apart)} apart`,
  );
}
const ended = (output?.apart ?? 1) <= 0.002 ? "because they agree" : "because the rounds are over";
console.log(`It ended after ${rounds.length} rounds, ${ended}.`);

/**
 * Messages: an agent asks another one while it makes up its mind, and both write on the run's blackboard. What passed between
 * them is in the run's record, and limits hold: agents that would ask each other for ever are cut off.
 *
 * Run it: npx node examples/10-agents-that-ask-each-other.ts
 */
import { runInMemory } from "@mycroft/embedded";
import { loadBundledData } from "@mycroft/investing";
import { abstain, defineAgent, type MarketView, MycroftError, symbol, workflow } from "@mycroft/sdk";
import { z } from "zod";

const question = z.object({ subject: symbol, heard: z.number() });
const position = z.object({ up: z.number() });

/** The share of the last year's months in which the price rose; null without prices. */
function shareOfRises(market: MarketView | null, subject: string): number | null {
  const bars = market?.series(subject);
  if (bars === undefined || bars.length < 13) return null;
  const closes = Array.from({ length: 13 }, (_, back) => bars.bar(bars.length - 1 - back).adjClose);
  return closes.filter((close, back) => back < 12 && close > (closes[back + 1] ?? close)).length / 12;
}

/** It believes that what rose will rise, asks the other side three times, and moves a third of the way each time. */
const follower = defineAgent({
  name: "follower",
  version: "1",
  capabilities: ["price"],
  async opinion({ subject }, { market, messages }) {
    const first = shareOfRises(market, subject);
    if (first === null) return abstain("There are not enough prices.");
    let own = first;
    for (let round = 1; round <= 3; round += 1) {
      const other = await messages.ask("doubter", { subject, heard: own }, { answer: position });
      own += (other.up - own) / 3;
      await messages.blackboard.write("follower", { round, up: own });
    }
    const rationale = `I began with ${first.toFixed(2)} and ended with ${own.toFixed(2)}.`;
    return { type: "opinion", probabilities: [1 - own, own], rationale };
  },
});

/** It believes the opposite. What it said last it finds on the blackboard, and gives way by a tenth. */
const doubter = defineAgent({
  name: "doubter",
  version: "1",
  capabilities: ["price"],
  opinion: () => abstain("It only answers others."),
  answers: {
    question,
    answer: position,
    async respond({ subject, heard }, { market, messages }) {
      const said = await messages.blackboard.read("doubter", z.number());
      const own = said?.value ?? 1 - (shareOfRises(market, subject) ?? 0.5);
      const up = own + (heard - own) / 10;
      await messages.blackboard.write("doubter", up);
      return { up };
    },
  },
});

const debate = workflow({ name: "debate", input: z.object({ subject: symbol }) }, (w) =>
  w.ask("views", [follower], { subject: w.input.subject, asOf: "2008-10-31", outcomes: ["down", "up"] }),
);

const { data } = await loadBundledData();
const options = { data, agents: [doubter], asOf: "2008-10-31" };
const { output, record } = await runInMemory(debate, { subject: "AAPL" }, options);
const [view] = output;
if (view?.type === "opinion") console.log(`follower: ${view.rationale}`);

console.log("What passed between them, by the record:");
for (const event of record.events) {
  if (event.type !== "attemptSucceeded") continue;
  for (const message of event.report?.messages ?? []) {
    const what = "agent" in message ? message.agent : "key" in message ? message.key : "";
    console.log(`  ${message.by ?? "follower"} ${message.type} ${what}`);
  }
}

// Two agents that only ask each other: the fifth question is refused.
const passOn = (name: string, to: string) =>
  defineAgent({
    name,
    version: "1",
    capabilities: [],
    opinion: async (_, { messages }) => abstain(String(await messages.ask(to, null))),
    answers: { question: z.null(), answer: z.json(), respond: (_, { messages }) => messages.ask(to, null) },
  });
const circle = workflow({ name: "circle", input: z.object({}) }, (w) =>
  w.ask("views", ["ping"], { subject: "AAPL", asOf: "2008-10-31" }),
);
try {
  await runInMemory(circle, {}, { agents: [passOn("ping", "pong"), passOn("pong", "ping")] });
} catch (thrown) {
  if (thrown instanceof MycroftError) console.log(`${thrown.code}: ${thrown.message}`);
}

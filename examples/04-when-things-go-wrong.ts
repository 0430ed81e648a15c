/**
 * When things go wrong: a step that fails is tried again after a delay; a step with a condition runs only if that holds;
 * a trigger rule says how what a step needs must have settled. A failed agent counts as an abstention, with its error.
 *
 * Run it: npx node examples/04-when-things-go-wrong.ts
 */
import { runInMemory } from "@mycroft/embedded";
import { describeTasks } from "@mycroft/engine";
import { loadBundledData, trend, volatility } from "@mycroft/investing";
import {
  defineAgent,
  defineFunction,
  gt,
  MycroftError,
  settled,
  symbol,
  tradingDate,
  workflow,
} from "@mycroft/sdk";
import { z } from "zod";

const broken = defineAgent({
  name: "broken",
  version: "1",
  capabilities: [],
  opinion: () => {
    throw new MycroftError("INPUT_INVALID", "This agent cannot read its own settings.");
  },
});

let calls = 0;
const fetchNews = defineFunction({
  name: "fetch-news",
  version: "1",
  input: z.object({ subject: symbol }),
  output: z.object({ headlines: z.number() }),
  run: () => {
    calls += 1;
    // Errors with a code say whether it is worth trying again; for others it is.
    if (calls < 3) throw new Error("The news server did not answer.");
    return { headlines: 4 };
  },
});

const note = defineFunction({
  name: "note",
  version: "1",
  input: z.object({ text: z.string(), about: z.unknown().optional() }),
  output: z.string(),
  run: ({ text }) => text,
});

const careful = workflow(
  { name: "careful", input: z.object({ subject: symbol, asOf: tradingDate }) },
  (w) => {
    const { subject, asOf } = w.input;
    const news = w.call("news", fetchNews, { subject }, { retry: { maxAttempts: 4, initialDelayMs: 20 } });
    const opinions = w.ask(
      "opinions",
      [trend, volatility, broken],
      { subject, asOf },
      { retry: { maxAttempts: 1 } },
    );
    const decision = w.resolve("decision", opinions, { policy: "linear-pool", quorum: 2, after: [news] });
    const alarm = w.call(
      "alarm",
      note,
      { text: "The agents disagree." },
      { after: [decision], when: gt(decision.conflict.divergence, 0.2) },
    );
    // By default a step is skipped when one that it needs was; this one runs however the alarm settled.
    const report = w.call("report", note, { text: "done", about: settled(alarm) }, { trigger: "allDone" });
    return { decision, report };
  },
);

const { data } = await loadBundledData();
const { output, record } = await runInMemory(careful, { subject: "IBM", asOf: "2009-06-30" }, { data });

for (const { id, status, attempt, error, skipped } of describeTasks(record.state)) {
  const why = error?.message ?? skipped ?? "";
  console.log(`${id.padEnd(20)} ${status.padEnd(10)} attempts: ${attempt}  ${why}`);
}
console.log("\nHow the decision counts the broken agent:", output.decision.abstentions);

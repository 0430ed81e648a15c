/**
 * One agent. An agent is a function: it is asked about a company as of a day, and answers with probabilities or says that
 * it cannot judge. It sees the market through a view that ends on that day, and there is no way around it.
 *
 * Run it: node examples/01-one-agent.ts
 */
import { loadBundledData } from "@mycroft/investing";
import { type AgentContext, abstain, defaultOutcomes, defineAgent, MycroftError } from "@mycroft/sdk";

const lastMove = defineAgent({
  name: "last-move",
  version: "1",
  capabilities: ["prices"],
  opinion: ({ subject }, { market }) => {
    const series = market?.series(subject);
    if (series === undefined || series.length < 13) return abstain("It needs a year of monthly prices.");
    // How often was a month like the last one (a rise or a fall) followed by a rise?
    const rose = (index: number) => series.bar(index).adjClose > series.bar(index - 1).adjClose;
    const last = series.length - 1;
    const alike = Array.from({ length: last - 1 }, (_, index) => index + 1).filter(
      (index) => rose(index) === rose(last),
    );
    const rises = alike.filter((index) => rose(index + 1)).length;
    const up = (rises + 1) / (alike.length + 2);
    return {
      type: "opinion",
      probabilities: [1 - up, 0, up],
      rationale: `After ${alike.length} months like the last one, the next month was a rise ${rises} times.`,
      evidence: [
        { name: "lastClose", value: series.bar(last).close, date: series.bar(last).date, source: market?.source ?? "" },
      ],
    };
  },
});

const { data } = await loadBundledData();

for (const asOf of ["2000-06-30", "2008-10-31", "2010-02-26"]) {
  const context: AgentContext = {
    market: data.asOf(asOf),
    signal: new AbortController().signal,
    idempotencyKey: asOf,
  };
  const request = { subject: "AAPL", asOf, horizonDays: 28, outcomes: [...defaultOutcomes] };
  const answer = await lastMove.opinion(request, context);
  console.log(
    answer.type === "opinion"
      ? `${asOf}: up with ${(100 * (answer.probabilities[2] ?? 0)).toFixed(0)} %. ${answer.rationale}`
      : `${asOf}: no opinion. ${answer.reason}`,
  );
}

try {
  data.asOf("2008-10-31").at("2008-11-03");
} catch (thrown) {
  if (thrown instanceof MycroftError) console.log(`\n${thrown.code}: ${thrown.message}`);
}

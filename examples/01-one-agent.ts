/**
 * One agent. An agent is a function: it is asked about a company as of a day, and answers with probabilities or says that
 * it cannot judge. It sees the market through a view that ends on that day, and there is no way around it.
 *
 * Run it: npx node examples/01-one-agent.ts
 */
import { findOutcome, loadBundledData } from "@mycroft/investing";
import { abstain, defaultOutcomes, defineAgent, MycroftError, noLog, noMessages } from "@mycroft/sdk";

const lastMove = defineAgent({
  name: "last-move",
  version: "1",
  capabilities: ["prices"],
  opinion: ({ subject, horizonDays }, { market }) => {
    if (market === null) return abstain("There is no market data.");
    const series = market.series(subject);
    if (series.length < 13) return abstain(`There are ${series.length} monthly prices; it needs 13.`);
    const rose = (index: number) => series.bar(index).adjClose > series.bar(index - 1).adjClose;
    const last = series.length - 1;
    // What followed months that went like the last one? Each outcome starts with a count of one, for doubt.
    const counts: [number, number, number] = [1, 1, 1];
    for (let index = 1; index < last; index += 1) {
      const followed = findOutcome(market, subject, series.bar(index).date, horizonDays);
      if (followed !== null && rose(index) === rose(last)) counts[followed.index] += 1;
    }
    const cases = counts[0] + counts[1] + counts[2];
    const { date, close } = series.bar(last);
    return {
      type: "opinion",
      probabilities: counts.map((count) => count / cases),
      rationale: `The last month was a ${rose(last) ? "rise" : "fall"}; ${cases - 3} months were like it.`,
      evidence: [{ name: "lastClose", value: close, date, source: market.source }],
    };
  },
});

const { data } = await loadBundledData();

for (const asOf of ["2000-06-30", "2008-10-31", "2010-02-26"]) {
  const request = { subject: "AAPL", asOf, horizonDays: 28, outcomes: [...defaultOutcomes] };
  const answer = await lastMove.opinion(request, {
    market: data.asOf(asOf),
    signal: new AbortController().signal,
    heartbeat: () => {},
    idempotencyKey: asOf,
    log: noLog,
    messages: noMessages,
  });
  if (answer.type === "abstention") console.log(`${asOf}: no opinion. ${answer.reason}`);
  else {
    const shares = answer.probabilities.map(
      (share, index) => `${defaultOutcomes[index]} ${(100 * share).toFixed(0)}%`,
    );
    console.log(`${asOf}: ${shares.join(", ")}. ${answer.rationale}`);
  }
}

// On 31 October 2008 nobody could know the prices of November, and no agent can ask for them.
try {
  data.asOf("2008-10-31").at("2008-11-28");
} catch (thrown) {
  if (thrown instanceof MycroftError) console.log(`\n${thrown.code}: ${thrown.message}`);
}

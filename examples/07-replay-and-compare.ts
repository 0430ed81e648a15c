/**
 * Replay and comparison: a run's record holds all that its decision rests on. From it the decision can be computed again,
 * which shows that nothing else went into it, and two runs can be held against each other to see where they part.
 *
 * Run it: npx node examples/07-replay-and-compare.ts
 */
import { runInMemory } from "@mycroft/embedded";
import { policies } from "@mycroft/ensemble";
import { createInProcessGateway } from "@mycroft/gateways";
import { defineCommittee, loadBundledData } from "@mycroft/investing";
import { compareRuns, type RunRecord, replayRun } from "@mycroft/runtime";

const { data } = await loadBundledData();
const input = { asOf: "2008-10-31", universe: ["AAPL", "IBM"] };
const learning = defineCommittee({ policy: "past-score" });
const equal = defineCommittee({ policy: "linear-pool" });
const first = await runInMemory(learning, input, { data });
const second = await runInMemory(equal, input, { data });

// Agents' answers are taken from the record; policies and pure functions are computed again.
const gateway = createInProcessGateway({ agents: [], functions: learning.functions, policies, market: null });
const isPure = ({ kind, name }: { readonly kind: string; readonly name: string }) =>
  kind === "policy" || learning.functions.some((one) => one.name === name && one.pure);

async function tellReplay(what: string, record: RunRecord): Promise<void> {
  const { agrees, recomputed, taken, divergences } = await replayRun(record, gateway, isPure);
  const verdict = agrees
    ? "the decision agrees"
    : `it does not agree: ${divergences.map(({ task }) => task).join(", ")}`;
  console.log(`${what}: ${recomputed} outcomes computed again, ${taken} taken from the record; ${verdict}.`);
}

await tellReplay("The record as it is", first.record);

// Somebody makes the agent trend a little surer of a fall than it was.
const events = first.record.events.map((event) => {
  if (event.type !== "attemptSucceeded" || event.task !== "companies[0]/opinions.trend") return event;
  return { ...event, output: { ...(event.output as object), probabilities: [0.8, 0.1, 0.1] } };
});
await tellReplay("The record, tampered with", { ...first.record, events });

const { differences } = compareRuns(first.record, second.record, 10_000);
const byPlace = Map.groupBy(differences, ({ area, task }) => task ?? area);
console.log(`\nWith equal weights instead of learned ones, ${differences.length} values differ, in:`);
for (const [place, found] of byPlace) {
  const [example] = found;
  const values = [example?.left, example?.right].map((value) => JSON.stringify(value)?.slice(0, 30));
  console.log(
    `  ${place.padEnd(24)} ${String(found.length).padStart(3)}, first ${example?.path}: ${values.join(" -> ")}`,
  );
}

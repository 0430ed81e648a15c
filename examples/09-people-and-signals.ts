/**
 * Workflows that wait: for a person's verdict, for a signal from outside, for another workflow. What waits holds no worker, and
 * a signal may come before anybody waits for it. A fork then asks: what if the person had decided otherwise?
 *
 * Run it: npx node examples/09-people-and-signals.ts
 */
import { InProcessBus, InProcessQueue } from "@mycroft/embedded";
import { describeTasks } from "@mycroft/engine";
import { createInProcessGateway } from "@mycroft/gateways";
import { MemoryStore, readRun, SystemClock, startHost } from "@mycroft/runtime";
import { defineFunction, symbol, workflow } from "@mycroft/sdk";
import { z } from "zod";

const order = z.object({ subject: symbol, shares: z.number().int() });

const size = defineFunction({
  name: "size",
  version: "1",
  input: z.object({ subject: symbol, price: z.number() }),
  output: order,
  run: ({ subject, price }) => ({ subject, shares: Math.floor(10_000 / price) }),
});

/** Small workflows can be parts of larger ones: as child runs, with a record of their own. */
const sizing = workflow({ name: "sizing", input: z.object({ subject: symbol, price: z.number() }) }, (w) =>
  w.call("size", size, { subject: w.input.subject, price: w.input.price }),
);

const place = workflow({ name: "place-order", input: z.object({ subject: symbol }) }, (w) => {
  const quote = w.waitFor("quote", {
    signal: "quote",
    key: w.input.subject,
    schema: z.object({ price: z.number() }),
  });
  const sized = w.run("sizing", sizing, { subject: w.input.subject, price: quote.price });
  const verdict = w.approve("approval", sized, { timeoutMs: 3_600_000, onReject: "continue" });
  return { order: sized, approved: verdict.approved, by: verdict.by };
});

const clock = new SystemClock();
const store = new MemoryStore();
const gateway = createInProcessGateway({ agents: [], functions: [size], policies: [], market: null });
const host = await startHost({
  store,
  queue: new InProcessQueue(),
  bus: new InProcessBus({ clock }),
  clock,
  gateway,
});
const { orchestrator } = host;

async function tell(what: string, runId: string): Promise<void> {
  const { state } = await readRun(store, runId);
  console.log(`${what}: ${state.result === null ? "it waits" : JSON.stringify(state.result)}`);
  for (const { id, status } of describeTasks(state)) console.log(`  ${id.padEnd(10)} ${status}`);
}

const runId = await orchestrator.startRun({
  plan: place.plan,
  childPlans: place.plans,
  input: place.parseInput({ subject: "IBM" }),
  asOf: "2010-02-26",
  provenance: { codeVersion: "example" },
});
await tell("Started", runId);

await orchestrator.signal(runId, { signal: "quote", key: "MSFT", payload: { price: 28.67 } });
await orchestrator.signal(runId, { signal: "quote", key: "IBM", payload: { price: 127.16 } });
while ((await approvalsAskedFor()) === 0) await new Promise((resolve) => setImmediate(resolve));
await tell("Quoted", runId);

await orchestrator.decide(runId, { verdict: "approve", by: "ada" });
await orchestrator.waitFor(runId);
await tell("Approved", runId);

const fork = await orchestrator.fork({
  runId,
  from: [],
  stated: { approval: { approved: false, by: "bob", comment: null } },
});
await orchestrator.waitFor(fork);
await tell("What if bob had said no", fork);
await host.close();

async function approvalsAskedFor(): Promise<number> {
  const { state } = await readRun(store, runId);
  return describeTasks(state).filter(({ waitsFor }) => waitsFor?.kind === "approval").length;
}

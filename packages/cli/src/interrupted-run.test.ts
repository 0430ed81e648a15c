/** What becomes of a run whose process was interrupted or killed (P3): resumed, waited for, or cancelled. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { callCommand } from "./testing/call-command.ts";
import { runMycroft, startMycroft } from "./testing/mycroft-process.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const folder = temporaryFolder({ isLinked: true });
const at = { cwd: folder.path, env: { NODE_COMPILE_CACHE: join(folder.path, "compiled") } };

// One agent answers once a file is there; both keep a list of whom they were asked about.
const config = folder.write(
  "mycroft.config.ts",
  `import { appendFileSync, existsSync } from "node:fs";
   import { setTimeout as wait } from "node:timers/promises";
   import { defineAgent, defineConfig, symbol, tradingDate, workflow } from "@mycroft/sdk";
   import { z } from "zod";
   const opinion = { type: "opinion", probabilities: [0.2, 0.3, 0.5], rationale: "told so" } as const;
   const beAsked = (agent: string, subject: string) => {
     appendFileSync(import.meta.dirname + "/asked", agent + " " + subject + "\\n");
     console.error(agent + " asked about " + subject);
   };
   const patient = defineAgent({
     name: "patient", version: "1", capabilities: [],
     opinion: async ({ subject }) => {
       beAsked("patient", subject);
       while (!existsSync(import.meta.dirname + "/go-" + subject)) await wait(5);
       return opinion;
     },
   });
   const quick = defineAgent({
     name: "quick", version: "1", capabilities: [],
     opinion: ({ subject }) => {
       beAsked("quick", subject);
       void Promise.reject(new Error("left by quick"));
       return opinion;
     },
   });
   const input = z.object({ asOf: tradingDate, universe: z.array(symbol) });
   const waiting = workflow({ name: "waiting", input }, (w) =>
     w.map("companies", w.input.universe, (m) => {
       const opinions = m.ask("views", [patient, quick], { subject: m.item, asOf: w.input.asOf });
       return m.resolve("decision", opinions, { policy: "linear-pool", quorum: 2 });
     }));
   export default defineConfig({ workflows: [waiting], data: "bundled" });`,
);

const ask = (symbol: string) => ["run", "waiting", "--input", JSON.stringify({ universe: [symbol] })];

const here = (...words: string[]) => callCommand([...words, "--folder", folder.path, "--config", config]);

async function statuses(): Promise<Record<string, string>> {
  const { value } = await here("runs", "--json");
  const { runs } = value as { readonly runs: readonly { readonly runId: string; readonly status: string }[] };
  return Object.fromEntries(runs.map(({ runId, status }) => [runId, status]));
}

function timesAsked(about: string): number {
  const lines = readFileSync(join(folder.path, "asked"), "utf8").split("\n");
  return lines.filter((line) => line === about).length;
}

test("P3 an interrupted run keeps what is done, and the next command goes on from there", async () => {
  const interrupted = startMycroft([...ask("AAPL"), "--json"], at);
  await interrupted.says("patient asked about AAPL");
  await interrupted.says("quick asked about AAPL");
  assert.deepEqual(Object.values(await statuses()), ["running"], "reading works meanwhile");
  interrupted.child.kill("SIGINT");
  await interrupted.says("Stopping");
  folder.write("go-AAPL", "");
  const { exitCode, out } = await interrupted.ended;
  assert.equal(exitCode, 130);
  assert.equal((JSON.parse(out) as { error: { code: string } }).error.code, "RUN_NOT_SETTLED");

  folder.write("go-IBM", "");
  const next = await runMycroft(ask("IBM"), at);
  assert.equal(next.exitCode, 0, next.err);
  assert.match(next.err, /Resuming run \S+ \(waiting\), which was interrupted after 2 of 3 steps\./u);
  assert.match(next.err, /Run \S+, which was resumed, has ended: succeeded\./u);
  assert.match(next.err, /warning: .*left by quick/u, "what an agent leaves behind takes no run down");
  assert.deepEqual([timesAsked("patient AAPL"), timesAsked("quick AAPL")], [1, 1], "nobody is asked twice");
  assert.deepEqual(Object.values(await statuses()), ["succeeded", "succeeded"]);
});

test("P3 a killed run is not touched by a command on other data, nor executed by the one that cancels it", async () => {
  const killed = startMycroft(ask("MSFT"), at);
  await killed.says("patient asked about MSFT");
  killed.child.kill("SIGKILL");
  await killed.ended;
  const prices = folder.write("other.csv", "date,symbol,close\n2009-01-02,XYZ,1\n");
  folder.write("go-XYZ", "");
  const other = await runMycroft([...ask("XYZ"), "--csv", prices], at);
  assert.equal(other.exitCode, 0, other.err);
  assert.match(other.err, /was interrupted and waits: it works on other data than this command\./u);
  const runId = Object.entries(await statuses()).find(([, status]) => status === "running")?.[0] ?? "";
  const cancelled = await here("cancel", runId, "--reason", "no longer wanted");
  assert.deepEqual([cancelled.exitCode, cancelled.text], [0, `Run ${runId} is cancelled: no longer wanted.`]);
  assert.equal(timesAsked("patient MSFT"), 1, "its agent was not asked again");
  assert.equal((await statuses())[runId], "cancelled");
  const again = await here("cancel", runId);
  assert.deepEqual(
    [again.exitCode, again.text],
    [1, `Run ${runId} was cancelled already; there is nothing to cancel.`],
  );
});

test("E11 a run that another process works on is cancelled there, and so is one task of it", async () => {
  const workOn = async (symbol: string) => {
    const run = startMycroft([...ask(symbol), "--json"], at);
    await run.says(`patient asked about ${symbol}`);
    await run.says(`quick asked about ${symbol}`);
    return run;
  };
  const first = await workOn("AMZN");
  const task = await here("cancel", "latest", "--task", "companies[0]/views.patient", "--reason", "too slow");
  assert.match(task.text, /^Task companies\[0\]\/views\.patient of run \S+ is cancelled: too slow\.$/u);
  const { exitCode, out } = await first.ended;
  assert.equal(exitCode, 0, "what needs the task goes on without it");
  const { decisions } = JSON.parse(out) as { readonly decisions: readonly { readonly status: string }[] };
  assert.deepEqual(
    decisions.map(({ status }) => status),
    ["noView"],
    "one view is no quorum",
  );

  const second = await workOn("GOOG");
  assert.equal((await here("cancel", "latest")).exitCode, 0);
  const cancelled = await second.ended;
  const { error } = JSON.parse(cancelled.out) as { readonly error: { readonly code: string } };
  assert.deepEqual([cancelled.exitCode, error.code], [1, "RUN_CANCELLED"]);
});

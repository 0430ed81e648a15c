/** The commands that run workflows and list what there is, in this process, on a project of their own. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { failsWith } from "../testing/assert-failure.ts";
import { callCommand } from "../testing/call-command.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const folder = temporaryFolder({ isLinked: true });
const config = folder.write(
  "project/mycroft.config.ts",
  `import { defineAgent, defineConfig, defineFunction, symbol, tradingDate, workflow } from "@mycroft/sdk";
   import { z } from "zod";
   const opinionOf = (probabilities: number[]) => () => ({ type: "opinion", probabilities, rationale: "fixed", evidence: [] }) as const;
   const bull = defineAgent({ name: "bull", version: "2", description: "Always up", capabilities: ["fixed"], opinion: opinionOf([0.1, 0.2, 0.7]) });
   const bear = defineAgent({ name: "bear", version: "1", capabilities: [], opinion: opinionOf([0.7, 0.2, 0.1]) });
   const broken = defineAgent({ name: "broken", version: "1", capabilities: [], opinion: () => { throw new Error("out of \\u001b[31morder"); } });
   const pair = workflow({ name: "pair", input: z.object({ asOf: tradingDate, universe: z.array(symbol) }) }, (w) =>
     w.map("each", w.input.universe, (m) => {
       const views = m.ask("views", [bull, bear, broken], { subject: m.item, asOf: w.input.asOf }, { retry: { maxAttempts: 1 } });
       return m.resolve("decision", views, { policy: "linear-pool", quorum: 2 });
     }));
   const number = z.object({ value: z.number() });
   const half = defineFunction({ name: "half", version: "1", input: number, output: number, run: ({ value }) => ({ value: value / 2 }) });
   const halving = workflow({ name: "halving", description: "Halves a number.", input: number }, (w) => w.call("half", half, w.input));
   const fail = defineFunction({ name: "fail", version: "1", input: number, output: number, run: () => { throw new Error("no way"); } });
   const failing = workflow({ name: "failing", input: number }, (w) => w.call("fail", fail, w.input, { retry: { maxAttempts: 1 } }));
   export default defineConfig({ workflows: [pair, halving, failing], data: { csv: ["prices.csv"] }, folder: "records" });`,
);
folder.write(
  "project/prices.csv",
  "date,symbol,close\n2020-01-02,ONE,1\n2020-01-03,ONE,2\n2020-01-06,TWO,3\n2020-01-06,ONE,bad\n",
);

const call = (...words: string[]) => callCommand([...words, "--config", config]);

interface RunJson {
  readonly run: { readonly runId: string; readonly asOf: string; readonly dataHash: string };
  readonly data: { readonly report: { readonly rowsRejected: number } };
  readonly output: unknown;
  readonly decisions: readonly { readonly subject: string; readonly divergence: number }[];
}

test("run: the output is printed, and the run is on record where the configuration says", async () => {
  const { text, notes, exitCode } = await call("run", "halving", "--input", '{"value":3}');
  assert.deepEqual([exitCode, text], [0, '{ "value": 1.5 }']);
  assert.match(notes, /prices\.csv, line 5: .*"bad"/u, "bad rows are told");
  const runId = /^Run (\S+): halving as of 2020-01-06 succeeded/mu.exec(notes)?.[1] ?? "";
  const { text: listed } = await call("runs");
  assert.match(listed, new RegExp(`^${runId} +halving +2020-01-06 +succeeded`, "mu"));
  const elsewhere = await callCommand(["runs", "--folder", join(folder.path, "project")]);
  assert.match(elsewhere.notes, /no run on record yet/u, "records, not .mycroft");
});

test("run: the day comes from --as-of, else from the input, and is handed to an input that leaves it out", async () => {
  const asOf = async (...words: string[]) =>
    ((await call("run", "pair", "--json", ...words)).value as RunJson).run.asOf;
  assert.equal(await asOf("--input", '{"universe":["ONE"]}', "--as-of", "2020-01-03"), "2020-01-03");
  assert.equal(await asOf("--input", '{"universe":["ONE"],"asOf":"2020-01-02"}'), "2020-01-02");
  assert.equal(await asOf("--input", '{"universe":["ONE"]}'), "2020-01-06");
  const two = call(
    "run",
    "pair",
    "--input",
    '{"universe":["ONE"],"asOf":"2020-01-02"}',
    "--as-of",
    "2020-01-03",
  );
  await assert.rejects(two, failsWith("USAGE", /2020-01-03.*2020-01-02/u));
  const late = call("run", "pair", "--input", '{"universe":["ONE"],"asOf":"2021-01-01"}');
  await assert.rejects(late, failsWith("DATE_OUT_OF_RANGE", /2020-01-02 to 2020-01-06/u));
  await assert.rejects(call("run", "pair", "--input", "[1]"), failsWith("INPUT_INVALID", /"pair"/u));
});

test("run --json: the run, the load report, the decisions and the output", async () => {
  const { value } = await call("run", "pair", "--input", '{"universe":["ONE","TWO"]}', "--json");
  const { run, data, output, decisions } = value as RunJson;
  assert.match(run.dataHash, /^[0-9a-f]{64}$/u);
  assert.equal(data.report.rowsRejected, 1);
  assert.equal((output as readonly object[]).length, 2);
  assert.deepEqual(
    decisions.map(({ subject }) => subject),
    ["ONE", "TWO"],
  );
});

test("P7 a bad agent abstains with its error; a failed run fails with the code of its cause", async () => {
  const { text, exitCode } = await call("decide", "one", "--workflow", "pair");
  assert.equal(exitCode, 0);
  assert.match(text, /^Company {2}bear +broken +bull +Conflict +Decision$/mu);
  assert.match(text, /^ONE +down 70% +abstains +up 70% +0\.\d\d +even 0\.00$/mu);
  const failed = call("run", "failing", "--input", '{"value":3}');
  await assert.rejects(
    failed,
    failsWith("TASK_FAILED", /^Run \S+ failed: .*no way.* `mycroft show \S+` shows where\.$/u),
  );
});

test("explain: a decision in words, who abstained and the hashes; a company that was not decided on is refused", async () => {
  const { value } = await call("run", "pair", "--input", '{"universe":["ONE"]}', "--json");
  const { runId, dataHash } = (value as RunJson).run;
  const { text } = await call("explain", runId.slice(0, 12), "one");
  assert.match(text, /^ONE on 2020-01-06, over 28 days: down 40\.0%, flat 20\.0%, up 40\.0%/u);
  assert.match(text, /broken .*could not judge: "out of .*order" \(TASK_FAILED\)/u);
  assert.ok(!text.includes("\u001b"), "an agent's words cannot act on the terminal");
  assert.ok(text.includes(dataHash) && text.includes(runId));
  assert.match(text, /Answered by bear 1, broken 1, bull 2, linear-pool \S+\.$/u);
  await assert.rejects(
    call("explain", runId, "TWO"),
    failsWith("NOT_FOUND", /no decision on "TWO"; there is ONE\./u),
  );
  await assert.rejects(call("explain", "zzz", "ONE"), failsWith("RUN_UNKNOWN"));
});

test("runs: filtered, limited, and as JSON", async () => {
  const failed = (await call("runs", "--status", "failed", "--json")).value as {
    readonly runs: readonly object[];
    readonly hasMore: boolean;
  };
  assert.deepEqual([failed.runs.length, failed.hasMore], [1, false]);
  const limited = await call("runs", "--limit", "2");
  assert.equal(limited.text.split("\n").length, 3);
  assert.match(limited.notes, /There are more; --limit 10/u);
  assert.match((await call("runs", "--workflow", "nothing")).notes, /No run on record is like that/u);
});

test("agents and workflows: the project's own, as text and as JSON", async () => {
  const agents = await call("agents");
  assert.match(agents.text, /^bull +2 +fixed +Always up$/mu);
  assert.deepEqual(
    ((await call("agents", "--json")).value as { agents: { name: string }[] }).agents.map(({ name }) => name),
    ["bear", "broken", "bull"],
  );
  const { text } = await call("workflows");
  assert.match(text, /^pair {2}plan [0-9a-f]{12}$/mu);
  assert.match(text, /Steps {2}each \(for each: views\.bull, views\.bear, views\.broken, decision\)/u);
  assert.match(text, /^ {2}Halves a number\.$/mu);
  const { workflows } = (await call("workflows", "--json")).value as {
    workflows: { name: string; steps: unknown[] }[];
  };
  assert.deepEqual(workflows.find(({ name }) => name === "halving")?.steps, [
    { name: "half", kind: "call", calls: { kind: "function", name: "half" } },
  ]);
});

test("decide: a project without a committee says what it has", async () => {
  await assert.rejects(
    call("decide", "ONE"),
    failsWith("WORKFLOW_UNKNOWN", /there are failing, halving, pair\./u),
  );
  await assert.rejects(call("decide", "ONE", "--workflow", "halving"), failsWith("INPUT_INVALID", /value/u));
});

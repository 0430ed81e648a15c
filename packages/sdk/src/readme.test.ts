import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import {
  type AgentContext,
  type AgentDefinition,
  checkProject,
  type FunctionContext,
  type JsonValue,
  type MarketView,
  noLog,
  noMessages,
  type Project,
} from "./index.ts";
import { runThrough } from "./testing/run-through.ts";

describe("README", () => {
  it("shows an agent, a workflow and a project that work", async (context) => {
    const folder = await mkdtemp(join(tmpdir(), "mycroft-sdk-"));
    context.after(() => rm(folder, { recursive: true, force: true }));
    const { project }: { readonly project: Project } = await import(await writeExample(folder, 0));

    checkProject(project);
    const [watch] = project.workflows;
    assert.deepEqual(watch?.parseInput({ asOf: "2010-03-01", universe: ["IBM"] }), {
      asOf: "2010-03-01",
      universe: ["IBM"],
    });
    const [drift] = project.agents;
    const request = { subject: "IBM", asOf: "2010-03-01", horizonDays: 28, outcomes: ["down", "flat", "up"] };
    const answer = await drift?.opinion(request, contextWith([10, 11]));
    assert(answer?.type === "opinion");
    assert.deepEqual(answer.probabilities, [0.3, 0.3, 0.4]);
    const lines: unknown[] = [];
    const log = { ...noLog, debug: (...line: readonly unknown[]) => void lines.push(line) };
    const abstention = await drift?.opinion(request, { ...contextWith([10]), log });
    assert.equal(abstention?.type, "abstention");
    assert.deepEqual(lines, [["Reads prices.", { subject: "IBM", bars: 1 }]]);
  });

  it("E6 shows a debate that ends when the two agree", async (context) => {
    const folder = await mkdtemp(join(tmpdir(), "mycroft-sdk-"));
    context.after(() => rm(folder, { recursive: true, force: true }));
    const { project }: { readonly project: Project } = await import(await writeExample(folder, 1));

    checkProject(project);
    const [debate] = project.workflows;
    const [speak] = project.functions;
    assert(debate && speak);
    const rounds: JsonValue[] = [];
    const answer = async ({ task, input }: { readonly task: string; readonly input: JsonValue }) => {
      const spoken = (await speak.run(speak.input.parse(input), contextOf(project.agents))) as JsonValue;
      rounds.push({ [task]: spoken });
      return spoken;
    };
    const { result } = await runThrough(debate, { subject: "IBM", asOf: "2010-03-01" }, { answer });
    assert.deepEqual(rounds, [
      { "debate[0]/bull": { up: 0.8, side: "up" } },
      { "debate[0]/bear": { up: 0.3, side: "down" } },
      { "debate[1]/bull": { up: 0.55, side: "up" } },
      { "debate[1]/bear": { up: 0.55, side: "up" } },
    ]);
    const agreed = { up: 0.55, side: "up" };
    assert.deepEqual(result, { status: "succeeded", output: { bull: agreed, bear: agreed } });
  });

  it("shows agents that ask, answer and hear each other", async (context) => {
    const folder = await mkdtemp(join(tmpdir(), "mycroft-sdk-"));
    context.after(() => rm(folder, { recursive: true, force: true }));
    const { project }: { readonly project: Project } = await import(await writeExample(folder, 2));

    const [macro, trend] = project.agents;
    const { answers } = macro ?? {};
    assert(answers && trend);
    const published: unknown[] = [];
    const about = { subject: "IBM", asOf: "2010-03-01", horizonDays: 28, outcomes: ["down", "up"] };
    const ask = async (_: string, question: unknown) => {
      assert.deepEqual(answers.question.parse(question), { of: "IBM" });
      return answers.answer.parse({ calm: false }) as never;
    };
    const publish = async (topic: unknown, body: unknown) => void published.push([topic, body]);
    const answer = await trend.opinion(about, {
      ...contextWith([]),
      log: noLog,
      messages: { ...noMessages, ask, publish },
    });
    assert.deepEqual(answer, { type: "abstention", reason: "Everything does." });
    assert.deepEqual(published, [[macro?.subscriptions?.[0]?.topic, { level: 3 }]]);
  });
});

/** What a function is given, with the agents at hand and no market. */
function contextOf(agents: readonly AgentDefinition[]): FunctionContext {
  const context = { ...contextWith([]), market: null };
  return {
    ...context,
    agents: agents.map(({ name }) => name),
    policies: [],
    ask: async (name, request) => {
      const agent = agents.find((one) => one.name === name);
      assert(agent);
      return agent.opinion(request, context);
    },
  };
}

/** One of the README's examples as a file whose imports resolve from anywhere. */
async function writeExample(folder: string, number: number): Promise<string> {
  const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const example = [...readme.matchAll(/```ts\n(.*?)```/gs)][number]?.[1];
  assert(example !== undefined);
  const source = example.replaceAll(
    /from "(.+?)"/g,
    (_, name: string) => `from "${import.meta.resolve(name)}"`,
  );
  const file = join(folder, "example.ts");
  await writeFile(file, source);
  return pathToFileURL(file).href;
}

function contextWith(closes: readonly number[]): AgentContext {
  const bar = (index: number) => {
    const close = closes[index];
    assert(close !== undefined);
    return { date: "2010-03-01", open: null, high: null, low: null, close, adjClose: close, volume: null };
  };
  const series = { symbol: "IBM", length: closes.length, bar, indexAt: () => 0, scan: () => assert.fail() };
  const market: MarketView = {
    asOf: "2010-03-01",
    dataHash: "",
    source: "",
    index: null,
    symbols: () => ["IBM"],
    series: () => series,
    facts: () => assert.fail(),
    scan: () => assert.fail(),
    at: () => market,
  };
  const { signal } = new AbortController();
  return { market, signal, heartbeat: () => {}, idempotencyKey: "k", log: noLog, messages: noMessages };
}

/** Messages between agents as authors write them, through orchestrator, worker, gateway and bus. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageRecord } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { type RunRecord, replayRun } from "@mycroft/runtime";
import {
  type AgentContext,
  type AgentDefinition,
  abstain,
  defineAgent,
  defineFunction,
  defineTopic,
  type MarketData,
  type MarketView,
  onMessage,
  settled,
  workflow,
} from "@mycroft/sdk";
import { z } from "zod";
import { runInMemory } from "./run-in-memory.ts";

const asOf = "2010-02-26";
const base = { version: "1.0.0", capabilities: [] };
const alarms = defineTopic({ name: "alarms", body: z.object({ level: z.number().default(1) }) });

/** Data that knows nothing but its own day. */
const data: MarketData = {
  hash: "d".repeat(64),
  source: "",
  firstDate: "2000-01-03",
  lastDate: "2011-12-30",
  asOf: (day: string) => ({ asOf: day }) as unknown as MarketView,
};

/** An agent whose opinion is whatever `say` does; it abstains with what that gives. */
function agentThat(name: string, say: (context: AgentContext) => Promise<unknown>): AgentDefinition {
  const opinion: AgentDefinition["opinion"] = async (_, context) =>
    abstain(JSON.stringify(await say(context)));
  return defineAgent({ ...base, name, opinion });
}

const mute = async () => abstain("null");

const asking = (agents: readonly string[]) =>
  workflow({ name: "asking", input: z.object({}) }, (w) =>
    w.ask("views", [...agents], { subject: "IBM", asOf }, { retry: { maxAttempts: 1 } }),
  );

/** Runs until all have said what they say; gives the reasons with which they abstain, and the record. */
async function run(asked: readonly string[], agents: readonly AgentDefinition[]) {
  const { output, record } = await runInMemory(asking(asked), {}, { agents, data, asOf });
  const said = output.map((view) => (view?.type === "abstention" ? JSON.parse(view.reason) : null));
  return { said, record };
}

function messagesOf({ events }: RunRecord, task: string): readonly (readonly MessageRecord[] | undefined)[] {
  return events.flatMap((event) =>
    (event.type === "attemptSucceeded" || event.type === "attemptFailed") && event.task === task
      ? [event.report?.messages]
      : [],
  );
}

const macro = defineAgent({
  ...base,
  name: "macro",
  opinion: mute,
  answers: {
    question: z.object({ of: z.string(), depth: z.number().default(3) }),
    answer: z.object({ calm: z.boolean(), market: z.string(), depth: z.number() }),
    respond: async ({ of, depth }, { market, from, messages }) => {
      await messages.blackboard.write(of, { askedBy: from.name });
      return { calm: true, market: market?.asOf ?? "none", depth };
    },
  },
});

test("an agent asks another and shares a blackboard with it; the attempt's record tells of both", async () => {
  const answer = z.object({ calm: z.boolean(), depth: z.number() });
  const trend = agentThat("trend", async ({ messages }) => {
    const { calm, depth } = await messages.ask("macro", { of: "rates" }, { answer });
    const entry = await messages.blackboard.read("rates", z.object({ askedBy: z.string() }));
    return [calm, depth, entry?.value.askedBy, entry?.by];
  });
  const { said, record } = await run(["trend", "macro"], [trend, macro]);
  assert.deepEqual(said[0], [true, 3, "trend", "macro"]);
  const [messages] = messagesOf(record, "views.trend");
  assert.deepEqual(
    messages?.map(({ type, by }) => [type, by]),
    [
      ["asked", undefined],
      ["written", "macro"],
      ["read", undefined],
    ],
  );
  assert.deepEqual(messagesOf(record, "views.macro"), [undefined]);
});

test("P5 who answers or hears sees the market as of the asker's day, not of its run's", async () => {
  const heard = Promise.withResolvers<string>();
  const ear = defineAgent({
    ...base,
    name: "ear",
    opinion: mute,
    subscriptions: [onMessage(alarms, (_, { market }) => heard.resolve(market?.asOf ?? "none"))],
  });
  const trend = agentThat("trend", async ({ messages }) => {
    await messages.publish(alarms, {});
    return messages.ask("macro", { of: "rates" });
  });
  const lookBack = defineFunction({
    ...{ name: "look-back", version: "1", input: z.object({}), output: z.string() },
    run: async (_, { ask }) => {
      const request = { subject: "IBM", asOf: "2009-01-02", horizonDays: 28, outcomes: ["down", "up"] };
      const view = await ask("trend", request);
      return `${view.type === "abstention" && view.reason} ${await heard.promise}`;
    },
  });
  const looking = workflow({ name: "looking", input: z.object({}) }, (w) => w.call("look", lookBack, {}));
  const { output } = await runInMemory(looking, {}, { agents: [trend, macro, ear], data, asOf });
  assert.equal(output, '{"calm":true,"depth":3,"market":"2009-01-02"} 2009-01-02');
});

test("messages are read by their schemas at both ends, defaults filled in", async () => {
  const heard = Promise.withResolvers<unknown>();
  const ear = defineAgent({
    ...base,
    name: "ear",
    opinion: mute,
    subscriptions: [
      onMessage(alarms, async ({ body, from }, { blackboard, asOf: day }) => {
        await blackboard.write("heard", body.level);
        heard.resolve([body, from.name, from.task, day]);
      }),
    ],
  });
  const wrong = { level: "high" } as unknown as { level: number };
  const codes: unknown[] = [];
  const keep = (thrown: unknown) => codes.push(thrown instanceof MycroftError && thrown.code);
  const trend = agentThat("trend", async ({ messages }) => {
    await messages.publish(alarms, wrong).catch(keep);
    await messages.ask("macro", { of: 7 }).catch(keep);
    await messages.ask("macro", { of: "rates", depth: Number.NaN }).catch(keep);
    await messages.ask("macro", { of: "rates" }, { answer: z.string() }).catch(keep);
    await messages.publish(alarms, {});
    const said = await heard.promise;
    return [said, (await messages.blackboard.read("heard"))?.by];
  });
  const { said } = await run(["trend", "ear"], [trend, ear, macro]);
  assert.deepEqual(codes, ["INPUT_INVALID", "INPUT_INVALID", "OUTPUT_NOT_JSON", "AGENT_ANSWER_INVALID"]);
  assert.deepEqual(said[0], [[{ level: 1 }, "trend", "views.trend", asOf], "ear"]);
});

test("an answer that does not fit its own schema is the answerer's fault", async () => {
  const liar = defineAgent({
    ...base,
    name: "liar",
    opinion: mute,
    answers: {
      question: z.null(),
      answer: z.object({ calm: z.boolean() }),
      respond: () => ({ calm: "perhaps" }) as unknown as { calm: boolean },
    },
  });
  const trend = agentThat("trend", ({ messages }) =>
    messages.ask("liar", null).catch((thrown) => [thrown.code, thrown.message]),
  );
  const { said } = await run(["trend", "macro"], [trend, macro, liar]);
  assert.equal(said[0][0], "AGENT_ANSWER_INVALID");
  assert.match(
    said[0][1],
    /^Agent liar, asked by trend, failed: The answer of agent liar 1\.0\.0 to trend is wrong/,
  );
});

test("E4 an attempt that times out while it asks is on record with what it asked", async () => {
  const stone = defineAgent({
    ...base,
    name: "stone",
    opinion: mute,
    answers: { question: z.null(), answer: z.null(), respond: () => new Promise<null>(() => {}) },
  });
  const wait = defineFunction({
    ...{ name: "wait", version: "1", input: z.object({}), output: z.unknown() },
    run: async (_, { messages }) => {
      await messages.publish(alarms, {});
      return messages.ask("stone", null);
    },
  });
  const attempts = { timeoutMs: 20, retry: { maxAttempts: 2, initialDelayMs: 1, jitter: 0 } };
  const waiting = workflow({ name: "waiting", input: z.object({}) }, (w) => {
    const asked = w.call("asked", wait, {}, attempts);
    return { status: settled(asked).status };
  });
  const { output, record } = await runInMemory(waiting, {}, { agents: [stone] });
  assert.deepEqual(output, { status: "failed" });
  const all = messagesOf(record, "asked");
  assert.equal(all.length, 2);
  for (const messages of all) {
    assert.deepEqual(
      messages?.map(({ type }) => type),
      ["published", "asked"],
    );
  }
});

test("P6 a run whose agents talked is replayed from its record alone", async () => {
  const trend = agentThat("trend", ({ messages }) => messages.ask("macro", { of: "rates" }));
  const { record } = await run(["trend", "macro"], [trend, macro]);
  const nobody = { execute: () => Promise.reject(new Error("nobody is asked")) };
  const replay = await replayRun(record, nobody, () => false);
  assert.equal(replay.agrees, true);
  const told = messagesOf(record, "views.trend").flat();
  assert.equal(told[0]?.type, "asked");
  // What an older version recorded has no messages, and comes to the same.
  const older = record.events.map((event) => {
    if (!("report" in event) || event.report === undefined) return event;
    const { messages: _, ...report } = event.report;
    return { ...event, report };
  });
  assert.equal((await replayRun({ ...record, events: older }, nobody, () => false)).agrees, true);
});

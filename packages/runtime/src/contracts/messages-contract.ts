/**
 * What messages between agents owe over any bus (P4, P5, P8): topics, questions and answers between processes, in limits, each
 * in the record of its attempt; and the blackboard of a run.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { contentHash, type JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { questionsTopic, topicOf } from "../messaging/envelopes.ts";
import { messageLimits } from "../messaging/message-limits.ts";
import type { ReceivedMessage, ReceivedQuestion } from "../messaging/reachable-agent.ts";
import type { BusMessage } from "../ports/bus.ts";
import { runUpdatesTopic } from "../run-update.ts";
import { assertCode } from "./assert-code.ts";
import { testBlackboard } from "./messages-blackboard.ts";
import {
  answering,
  type BusConnections,
  MessagesOffice,
  onlyRecord,
  request,
  subscribing,
  withoutIds,
} from "./messages-office.ts";
import { Received } from "./received.ts";
import { untilTrue } from "./until-true.ts";

export interface MessagesHost {
  /** Two connections to one bus; the same one twice where a bus does not reach beyond its process. */
  readonly buses: BusConnections;
  /** Closes both, and removes what they kept. */
  readonly dispose: () => Promise<void>;
}

export interface MessagesContractOptions {
  /** Names the bus in the tests' titles. */
  readonly name: string;
  /** Opens a new, empty bus. */
  readonly open: () => Promise<MessagesHost>;
}

interface Current {
  readonly office: MessagesOffice;
  readonly buses: BusConnections;
}

/** Registers the suite with node:test. */
export function messagesContract({ name, open }: MessagesContractOptions): void {
  describe(`messages contract: ${name}`, () => {
    let host: MessagesHost | undefined;
    let office: MessagesOffice | undefined;
    beforeEach(async () => {
      host = await open();
      office = new MessagesOffice(host.buses);
      await office.open();
    });
    afterEach(async () => {
      await office?.close();
      await host?.dispose();
      host = undefined;
    });
    const current = (): Current => {
      assert.ok(host && office);
      return { office, buses: host.buses };
    };
    testTopics(current);
    testQuestions(current);
    testTrouble(current);
    testLimits(current);
    testBlackboard(() => current().office);
  });
}

const hashOf = (value: JsonValue) => contentHash(value);

function testTopics(current: () => Current): void {
  test("a message reaches every agent that subscribed, once, with its run, its day and its data", async () => {
    const { office } = current();
    const heard = new Received<[string, ReceivedMessage]>();
    const hear = (name: string) =>
      subscribing(name, "alarms", async (message) => heard.push([name, message]));
    await office.here.serve([hear("risk")]);
    await office.there.serve([hear("risk"), hear("macro")]);
    const attempt = office.attempt();
    await attempt.channel.publish("alarms", { level: 3 });
    await attempt.channel.publish("alarms", "over");
    const all = await heard.atLeast(4);
    assert.deepEqual(all.map(([name, { body }]) => `${name} ${JSON.stringify(body)}`).toSorted(), [
      'macro "over"',
      'macro {"level":3}',
      'risk "over"',
      'risk {"level":3}',
    ]);
    const [[, message] = []] = all;
    assert.deepEqual(message?.from, { name: "trend", runId: "run-1", task: request.task, attempt: 1 });
    assert.deepEqual([message?.topic, message?.asOf, message?.dataHash], ["alarms", "2020-02-28", "data"]);
    assert.deepEqual(attempt.reported().map(withoutIds), [
      { type: "published", topic: "alarms", hash: hashOf({ level: 3 }) },
      { type: "published", topic: "alarms", hash: hashOf("over") },
    ]);
  });

  test("a message that its subscriber fails on comes again, with the same id", async () => {
    const { office } = current();
    const heard = new Received<ReceivedMessage>();
    const flaky = subscribing("flaky", "alarms", async (message) => {
      heard.push(message);
      if (heard.all.length === 1) throw new Error("not yet");
    });
    await office.there.serve([flaky]);
    await office.attempt().channel.publish("alarms", 1);
    const [first, second] = await heard.atLeast(2);
    assert.equal(first?.id, second?.id);
    assert.deepEqual(
      office.errors.map(({ code }) => code),
      ["TASK_FAILED"],
    );
  });

  test("agents' topics and the system's own do not meet, whatever they are called", async () => {
    const { office, buses } = current();
    const system = new Received<BusMessage>();
    await buses[0].subscribe(runUpdatesTopic, { from: "new" }, async (one) => system.push(one));
    const heard = new Received<ReceivedMessage>();
    await office.here.serve([subscribing("risk", runUpdatesTopic, async (one) => heard.push(one))]);
    await office.attempt().channel.publish(runUpdatesTopic, "from an agent");
    await heard.atLeast(1);
    await buses[0].publish(runUpdatesTopic, { key: "k", body: "from the system" });
    assert.deepEqual(
      (await system.atLeast(1)).map(({ body }) => body),
      ["from the system"],
    );
    assert.equal(heard.all.length, 1);
  });

  test("P7 what is no message of an agent is told, and left", async () => {
    const { office, buses } = current();
    const heard = new Received<ReceivedMessage>();
    await office.here.serve([subscribing("risk", "alarms", async (one) => heard.push(one))]);
    for (const body of [null, "text", { from: {} }, { body: 1, asOf: "2020-02-28" }]) {
      await buses[1].publish(topicOf("alarms"), { key: "run-1", body });
    }
    await office.attempt().channel.publish("alarms", "real");
    assert.deepEqual(
      (await heard.atLeast(1)).map(({ body }) => body),
      ["real"],
    );
    assert.deepEqual(
      office.errors.map(({ code }) => code),
      Array(4).fill("INPUT_INVALID"),
    );
  });
}

function testQuestions(current: () => Current): void {
  test("an agent answers from another process, and both directions are on record", async () => {
    const { office } = current();
    const asked = new Received<ReceivedQuestion>();
    await office.there.serve([
      answering("macro", async (question) => {
        asked.push(question);
        await question.channel.publish("moods", "calm");
        return { calm: true };
      }),
    ]);
    const attempt = office.attempt();
    assert.deepEqual(await attempt.channel.ask("macro", { of: "rates" }), { calm: true });
    const [question] = asked.all;
    assert.deepEqual(question?.body, { of: "rates" });
    assert.deepEqual(question?.from, { name: "trend", runId: "run-1", task: request.task, attempt: 1 });
    const [record] = attempt.reported();
    assert.equal(record?.type === "asked" && record.id, question?.id);
    assert.deepEqual(attempt.reported().map(withoutIds), [
      {
        type: "asked",
        agent: "macro",
        hash: hashOf({ of: "rates" }),
        answer: { hash: hashOf({ calm: true }), version: "1.2.3" },
      },
      { type: "published", topic: "moods", hash: hashOf("calm"), by: "macro" },
    ]);
  });

  test("P5 whoever is asked is bound to the asker's day, never beyond the run's, at any depth", async () => {
    const { office } = current();
    const days: string[] = [];
    await office.there.serve([
      answering("near", async ({ asOf, channel }) => {
        days.push(asOf);
        return channel.ask("far", null);
      }),
      answering("far", async ({ asOf }) => days.push(asOf)),
    ]);
    await office.attempt({}, "2019-12-31").channel.ask("near", null);
    await office.attempt({}, "2021-01-01").channel.ask("near", null);
    assert.deepEqual(days, ["2019-12-31", "2019-12-31", "2020-02-28", "2020-02-28"]);
  });

  test("agents that ask each other in a circle are cut off, and the error says who asked whom", async () => {
    const { office } = current();
    const depths: number[] = [];
    const passOn = (name: string, to: string) =>
      answering(name, async ({ body, channel }) => {
        depths.push(Number(body));
        return channel.ask(to, Number(body) + 1);
      });
    await office.here.serve([passOn("a", "b")]);
    await office.there.serve([passOn("b", "a")]);
    const attempt = office.attempt();
    await assert.rejects(attempt.channel.ask("a", 1), (thrown) => {
      assert.ok(thrown instanceof MycroftError);
      assert.equal(thrown.code, "ASK_TOO_DEEP");
      assert.match(thrown.message, /a, which asks b, which asks a, which asks b, which asks a\.$/);
      return true;
    });
    assert.deepEqual(depths, [1, 2, 3, 4]);
    assert.deepEqual(
      attempt.reported().map((one) => [one.type === "asked" && one.agent, one.by]),
      [
        ["a", undefined],
        ["b", "a"],
        ["a", "b"],
        ["b", "a"],
      ],
    );
  });

  test("many questions are answered at once, each asker by its own answer", async () => {
    const { office } = current();
    const gate = Promise.withResolvers<void>();
    const asked = new Received<ReceivedQuestion>();
    await office.there.serve([
      answering("echo", async (question) => {
        asked.push(question);
        await gate.promise;
        return question.body;
      }),
    ]);
    const { channel } = office.attempt();
    const answers = [1, 2, 3, 4, 5, 6].map((number) => channel.ask("echo", number));
    await asked.atLeast(6);
    gate.resolve();
    assert.deepEqual(await Promise.all(answers), [1, 2, 3, 4, 5, 6]);
  });
}

function testTrouble(current: () => Current): void {
  test("an agent that fails fails the asker with its code, and whether to try again", async () => {
    const { office } = current();
    await office.there.serve([
      answering("broken", async () => {
        throw new MycroftError("SYMBOL_UNKNOWN", "no such symbol", { retryable: true });
      }),
    ]);
    const attempt = office.attempt();
    await assert.rejects(attempt.channel.ask("broken", null), { code: "SYMBOL_UNKNOWN", retryable: true });
    const expected = { type: "asked", agent: "broken", hash: hashOf(null) };
    assert.deepEqual(onlyRecord(attempt), { ...expected, answer: { errorCode: "SYMBOL_UNKNOWN" } });
  });

  test("P4 no answer in time is an error that may be tried again; the late answer is dropped", async () => {
    const { office } = current();
    const asked = new Received<ReceivedQuestion>();
    const gate = Promise.withResolvers<JsonValue>();
    await office.there.serve([
      answering("slow", (question) => {
        asked.push(question);
        return gate.promise;
      }),
      answering("quick", async () => "done"),
    ]);
    const attempt = office.attempt();
    const answer = assert.rejects(attempt.channel.ask("slow", null, 50), {
      code: "ANSWER_TIMED_OUT",
      retryable: true,
    });
    const [question] = await asked.atLeast(1);
    assert.deepEqual(attempt.reported().map(withoutIds), [
      { type: "asked", agent: "slow", hash: hashOf(null), answer: null },
    ]);
    office.clock.endDelays();
    await answer;
    assert.equal(question?.signal.aborted, true);
    gate.resolve("too late");
    assert.equal(await attempt.channel.ask("quick", null), "done");
    assert.deepEqual(office.errors, []);
  });

  test("an answer is waited for no longer than the attempt may take", async () => {
    const { office, buses } = current();
    const questions = new Received<BusMessage>();
    await buses[1].subscribe(questionsTopic("late"), { from: "new" }, async (one) => questions.push(one));
    const { channel } = office.attempt({ timeoutMs: 10_000 });
    office.clock.advance(9_000);
    const answer = assert.rejects(channel.ask("late", null, 5_000), { code: "ANSWER_TIMED_OUT" });
    const [question] = await questions.atLeast(1);
    assert.equal(Reflect.get(question?.body as object, "timeoutMs"), 1_000);
    office.clock.endDelays();
    await answer;
  });

  test("P4 a question that comes twice is answered twice, under one id, and asked once", async () => {
    const { office, buses } = current();
    const asked = new Received<ReceivedQuestion>();
    await office.there.serve([
      answering("echo", async (question) => {
        asked.push(question);
        return question.body;
      }),
    ]);
    const questions = new Received<BusMessage>();
    const topic = questionsTopic("echo");
    await buses[0].subscribe(topic, { from: "new" }, async (one) => questions.push(one));
    const attempt = office.attempt();
    assert.equal(await attempt.channel.ask("echo", "once"), "once");
    const [first] = await questions.atLeast(1);
    assert.ok(first);
    await buses[0].publish(topic, { key: first.key, body: first.body });
    const [one, other] = await asked.atLeast(2);
    assert.equal(one?.id, other?.id);
    assert.equal(await attempt.channel.ask("echo", "again"), "again");
    assert.deepEqual(
      attempt.reported().map(({ type }) => type),
      ["asked", "asked"],
    );
    assert.deepEqual(office.errors, []);
  });

  test("E11 an attempt that is given up waits for no answer, and sends nothing more", async () => {
    const { office } = current();
    const asked = new Received<ReceivedQuestion>();
    await office.there.serve([
      answering("slow", (question) => {
        asked.push(question);
        return new Promise(() => {});
      }),
    ]);
    const attempt = office.attempt();
    const answer = assertCode(() => attempt.channel.ask("slow", null), "TASK_CANCELLED");
    await asked.atLeast(1);
    attempt.giveUp();
    await answer;
    await assertCode(() => attempt.channel.publish("alarms", 1), "TASK_CANCELLED");
    await assertCode(() => attempt.channel.blackboard.read("a"), "TASK_CANCELLED");
    await assertCode(() => attempt.channel.ask("slow", null), "TASK_CANCELLED");
  });

  test("a process that ends tells those who wait for an answer of it, even of an agent that does not listen", async () => {
    const { office } = current();
    const asked = new Received<ReceivedQuestion>();
    await office.there.serve([
      answering("slow", (question) => {
        asked.push(question);
        return new Promise(() => {});
      }),
    ]);
    const { channel } = office.attempt();
    const answer = assert.rejects(channel.ask("slow", null), { code: "WORKER_CLOSED", retryable: true });
    await asked.atLeast(1);
    await office.there.close();
    await answer;
    const other = assertCode(() => channel.ask("slow", null), "WORKER_CLOSED");
    await office.here.close();
    await other;
  });

  test("a question on a run that the store does not have is refused", async () => {
    const { office } = current();
    await office.there.serve([answering("echo", async ({ body }) => body)]);
    const { channel } = office.attempt({ runId: "run-9" });
    await assertCode(() => channel.ask("echo", null), "RUN_UNKNOWN");
  });
}

function testLimits(current: () => Current): void {
  test("P7 names, sizes and times are held to their limits, and nothing of it is sent", async () => {
    const { office } = current();
    await office.there.serve([answering("echo", async ({ body }) => body)]);
    const attempt = office.attempt();
    const { channel } = attempt;
    const large = "x".repeat(messageLimits.bodyBytes);
    for (const name of ["", "a/b", "a".repeat(101), " a"]) {
      await assertCode(() => channel.publish(name, 1), "INPUT_INVALID");
      await assertCode(() => channel.ask(name, 1), "INPUT_INVALID");
    }
    for (const timeoutMs of [0, -1, Number.NaN]) {
      await assertCode(() => channel.ask("echo", 1, timeoutMs), "INPUT_INVALID");
    }
    await assertCode(() => channel.publish("alarms", large), "LIMIT_EXCEEDED");
    await assertCode(() => channel.ask("echo", large), "LIMIT_EXCEEDED");
    await assertCode(() => channel.publish("alarms", Number.NaN), "OUTPUT_NOT_JSON");
    assert.deepEqual(attempt.reported(), []);
  });

  test("P7 an answer that is too large fails the asker, naming the limit", async () => {
    const { office } = current();
    await office.there.serve([answering("wordy", async () => "x".repeat(messageLimits.bodyBytes))]);
    const { channel } = office.attempt();
    await assert.rejects(channel.ask("wordy", null), { code: "LIMIT_EXCEEDED", message: /bodyBytes/ });
  });

  test("P8 an attempt sends so many messages and no more; each asked agent has its own, smaller share", async () => {
    const { office } = current();
    const shares: number[] = [];
    await office.there.serve([
      answering("wordy", async ({ channel }) => {
        let sent = 0;
        await assertCode(async () => {
          for (;;) {
            await channel.publish("moods", sent);
            sent += 1;
          }
        }, "LIMIT_EXCEEDED");
        shares.push(sent);
        return null;
      }),
    ]);
    const attempt = office.attempt();
    await attempt.channel.ask("wordy", null);
    assert.deepEqual(shares, [messageLimits.perAnswer]);
    const left = messageLimits.perAttempt - 1 - messageLimits.perAnswer;
    for (let count = 0; count < left; count += 1) await attempt.channel.publish("moods", count);
    await assertCode(() => attempt.channel.publish("moods", "one more"), "LIMIT_EXCEEDED");
    await assertCode(() => attempt.channel.ask("wordy", null), "LIMIT_EXCEEDED");
    assert.equal(attempt.reported().length, messageLimits.perAttempt);
  });

  test("what is reserved for those who are asked, and not used, is given back", async () => {
    const { office } = current();
    await office.there.serve([answering("echo", async ({ body }) => body)]);
    const { channel } = office.attempt();
    const questions = messageLimits.perAttempt;
    for (let count = 0; count < questions; count += 1) assert.equal(await channel.ask("echo", count), count);
    await assertCode(() => channel.ask("echo", null), "LIMIT_EXCEEDED");
  });

  test("an agent that takes no questions is told from one that nobody has", async () => {
    const { office, buses } = current();
    await office.here.serve([subscribing("deaf", "alarms", async () => {})]);
    const { channel } = office.attempt();
    await assertCode(() => channel.ask("deaf", null), "INPUT_INVALID");
    if (buses[0].isHeard === undefined) return;
    // In doubt, a bus takes every agent for one that somebody has.
    await untilTrue(
      "nobody is known to be asked",
      () => buses[0].isHeard?.(questionsTopic("nobody")) === false,
    );
    await assertCode(() => channel.ask("nobody", null), "AGENT_UNKNOWN");
  });
}

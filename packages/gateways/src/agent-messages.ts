/**
 * Messages between agents, from JSON to what authors write and back: every body is read by its schema when it is sent and
 * again when it arrives (P7), and whoever takes one sees the market as of the sender's day (P5).
 */
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { parseWith } from "@mycroft/protocol";
import type {
  MessageChannel,
  Messenger,
  ReachableAgent,
  ReceivedMessage,
  ReceivedQuestion,
} from "@mycroft/runtime";
import type {
  AgentDefinition,
  Answering,
  AskOptions,
  Blackboard,
  MarketData,
  Messages,
  Topic,
  TopicSubscription,
} from "@mycroft/sdk";
import type { z } from "zod";
import { toJson } from "./to-json.ts";

export interface ServedAgents {
  readonly agents: readonly AgentDefinition[];
  /**
   * The market data of that content hash, which a run began with (null: with none); undefined when this process does not
   * have it. Null for a project without market data.
   */
  readonly marketOf: (dataHash: string | null) => MarketData | null | undefined;
}

/**
 * Makes agents of this process reachable: those that subscribe or answer.
 * @throws {MycroftError} the bus's codes.
 */
export function serveAgents(messenger: Messenger, { agents, marketOf }: ServedAgents): Promise<void> {
  return messenger.serve(agents.map((agent) => reachable(agent, marketOf)));
}

function reachable(agent: AgentDefinition, marketOf: ServedAgents["marketOf"]): ReachableAgent {
  const { name, version, subscriptions = [], answers } = agent;
  const viewOf = ({ dataHash, asOf }: Pick<ReceivedMessage, "dataHash" | "asOf">) => {
    const market = marketOf(dataHash);
    if (market !== undefined) return market?.asOf(asOf) ?? null;
    const message = `Agent ${name} got a message of a run on other market data than its process has.`;
    throw new MycroftError("RUN_WITHHELD", message, { details: { agent: name, dataHash } });
  };
  return {
    name,
    version,
    subscriptions: subscriptions.map((subscription) => ({
      topic: subscription.topic.name,
      take: (message) => hear(name, subscription, message, viewOf),
    })),
    answer: answers === undefined ? null : (question) => respond(agent, answers, question, viewOf),
  };
}

type ViewOf = (of: Pick<ReceivedMessage, "dataHash" | "asOf">) => ReturnType<MarketData["asOf"]> | null;

async function hear(
  name: string,
  { topic, handle }: { readonly topic: Topic } & Pick<TopicSubscription, "handle">,
  received: ReceivedMessage,
  viewOf: ViewOf,
): Promise<void> {
  const { from, at, asOf, signal, id: idempotencyKey } = received;
  const body = parseWith(
    topic.body,
    received.body,
    `A message of ${from.name} to topic ${topic.name}, for ${name},`,
  );
  const blackboard = blackboardOver(() => received.blackboard);
  const context = { market: viewOf(received), signal, idempotencyKey, asOf, blackboard };
  await handle({ topic: topic.name, body, from, at }, context);
}

async function respond(
  { name, version }: AgentDefinition,
  answers: Answering,
  received: ReceivedQuestion,
  viewOf: ViewOf,
): Promise<JsonValue> {
  const { from, asOf, signal, id: idempotencyKey, channel } = received;
  const question = parseWith(
    answers.question,
    received.body,
    `The question of ${from.name} to agent ${name}`,
  );
  const messages = messagesOver(() => channel);
  const context = { market: viewOf(received), signal, idempotencyKey, asOf, from, messages };
  const what = `The answer of agent ${name} ${version} to ${from.name}`;
  const answer: unknown = await answers.respond(question, context);
  return toJson(parseWith(answers.answer, answer, what, "AGENT_ANSWER_INVALID"), what);
}

/** @param channelOf called when the first message is sent: few attempts send any. */
export function messagesOver(channelOf: () => MessageChannel): Messages {
  return {
    async publish<Body, Given>({ name, body: schema }: Topic<Body, Given>, given: NoInfer<Given>) {
      const what = `The message to topic ${name}`;
      parseWith(schema, given, what);
      // As it was written: the one who takes it fills its defaults in.
      await channelOf().publish(name, toJson(given, what));
    },
    async ask<Answer>(
      agent: string,
      question: unknown,
      { timeoutMs, answer: schema }: AskOptions & { readonly answer?: z.ZodType<Answer> } = {},
    ) {
      const answer = await channelOf().ask(
        agent,
        toJson(question, `The question to agent ${agent}`),
        timeoutMs,
      );
      if (schema === undefined) return answer as Answer;
      return parseWith(schema, answer, `The answer of agent ${agent}`, "AGENT_ANSWER_INVALID");
    },
    blackboard: blackboardOver(() => channelOf().blackboard),
  };
}

/** Not made when it is first looked at: an accessor would cost each attempt more than these functions. */
function blackboardOver(of: () => MessageChannel["blackboard"]): Blackboard {
  return {
    async read<Value>(key: string, schema?: z.ZodType<Value>) {
      const entry = await of().read(key);
      if (entry === null) return null;
      if (schema === undefined) return { ...entry, value: entry.value as Value };
      return { ...entry, value: parseWith(schema, entry.value, `What ${entry.by} wrote under ${key}`) };
    },
    async write(key, value, { replaces } = {}) {
      return of().write(key, toJson(value, `The value under ${key}`), replaces);
    },
    entries: async () => of().entries(),
  };
}

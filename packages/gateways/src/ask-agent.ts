/**
 * Asks one agent in this process: checks the request, binds the market to the request's day (P5), and reads the answer
 * without trust (P7). Other gateways differ in how the answer travels, not in how it is read.
 */
import { MycroftError } from "@mycroft/errors";
import {
  type AgentAnswer,
  agentAnswerSchema,
  type OpinionRequest,
  opinionRequestSchema,
  parseWith,
  type View,
} from "@mycroft/protocol";
import type { AttemptControl, AttemptMessages, MessageChannel } from "@mycroft/runtime";
import {
  type AgentDefinition,
  type CallContext,
  type MarketData,
  type Messages,
  noLog,
  noMessages,
} from "@mycroft/sdk";
import { messagesOver } from "./agent-messages.ts";
import { attemptLogger } from "./attempt-logger.ts";

/** What bounds a call: the run's day, the data, and the attempt that it belongs to. */
export interface CallScope {
  readonly asOf: string;
  readonly market: MarketData | null;
  readonly control: AttemptControl;
  readonly idempotencyKey: string;
  /** Whom the attempt calls. */
  readonly target: string;
  /** The attempt's way to other agents, made when it is first used; null where there is none. */
  readonly reach: (() => AttemptMessages) | null;
}

/** What an agent or function of that name is given, its market and messages bound to `asOf`. */
export function callContext(
  { market, control, idempotencyKey, target, reach }: CallScope,
  name: string,
  asOf: string,
): CallContext {
  return {
    market: market?.asOf(asOf) ?? null,
    // Read through: the signal is made when somebody asks for it.
    get signal() {
      return control.signal;
    },
    heartbeat: () => control.heartbeat(),
    idempotencyKey,
    // Neither is made when it is first looked at: an accessor costs several times what these few functions do.
    // A function may ask agents about a thousand days: what they say then would drown its own words.
    log: name === target ? attemptLogger(control) : noLog,
    messages: reach === null ? noMessages : openMessages(reach, name, asOf),
  };
}

function openMessages(reach: () => AttemptMessages, name: string, asOf: string): Messages {
  let channel: MessageChannel | null = null;
  return messagesOver(() => {
    channel ??= reach().channelOf(name, asOf);
    return channel;
  });
}

/**
 * The agent's view, complete with who said it of what.
 * @throws {MycroftError} INPUT_INVALID, LOOK_AHEAD, AGENT_ANSWER_INVALID, or whatever the agent throws.
 */
export async function askAgent(agent: AgentDefinition, given: unknown, scope: CallScope): Promise<View> {
  const request = readRequest(agent.name, given, scope.asOf);
  // A copy: an agent that changes its request must not change what its answer is held against.
  const answer = await agent.opinion(structuredClone(request), callContext(scope, agent.name, request.asOf));
  return readAnswer(agent, request, answer);
}

/** P5: an agent may be asked about the past of a run, never about its future. */
function readRequest(agent: string, given: unknown, asOf: string): OpinionRequest {
  const request = parseWith(opinionRequestSchema, given, `The request to agent ${agent}`);
  if (request.asOf <= asOf) return request;
  throw new MycroftError(
    "LOOK_AHEAD",
    `Agent ${agent} was asked as of ${request.asOf}, which is later than the run's asOf ${asOf}.`,
    { details: { agent, asOf: request.asOf, runAsOf: asOf } },
  );
}

/** @throws {MycroftError} AGENT_ANSWER_INVALID, naming the agent, the field, the value and the limit. */
export function readAnswer(agent: AgentDefinition, request: OpinionRequest, answer: unknown): View {
  const what = `The answer of agent ${agent.name} ${agent.version} on ${request.subject}`;
  const parsed = parseWith(agentAnswerSchema, answer, what, "AGENT_ANSWER_INVALID");
  const { subject, asOf, horizonDays, outcomes } = request;
  const about = { agent: agent.name, version: agent.version, subject, asOf, horizonDays };
  if (parsed.type === "abstention") return { ...parsed, ...about };
  if (parsed.probabilities.length !== outcomes.length) {
    throw new MycroftError(
      "AGENT_ANSWER_INVALID",
      `${what} is wrong: probabilities: there are ${parsed.probabilities.length} for the ${outcomes.length} outcomes ${outcomes.join(", ")}.`,
      { details: { agent: agent.name, field: "probabilities", limit: outcomes.length } },
    );
  }
  const late = [parsed.dataAsOf, ...parsed.evidence.map((fact) => fact.date)].find(
    (date) => date !== undefined && date > asOf,
  );
  if (late !== undefined) {
    throw new MycroftError("LOOK_AHEAD", `${what} rests on data of ${late}, later than its asOf ${asOf}.`, {
      details: { agent: agent.name, date: late, asOf },
    });
  }
  return { ...parsed, ...about, outcomes };
}

/** An answer without what the caller knows already. */
export function answerOf(view: View): AgentAnswer {
  const { agent: _, version: __, subject: ___, asOf: ____, horizonDays: _____, ...rest } = view;
  if (rest.type === "abstention") return rest;
  const { outcomes: ______, ...answer } = rest;
  return answer;
}

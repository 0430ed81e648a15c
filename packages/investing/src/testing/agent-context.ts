/** What a host gives to agents and functions, and the committee's steps one after the other, without a host. */
import { type AgentRecord, findPolicy, policies, resolve } from "@mycroft/ensemble";
import {
  type AgentAnswer,
  type AgentDefinition,
  type FunctionContext,
  type Logger,
  type MarketData,
  noLog,
  noMessages,
  type OpinionRequest,
} from "@mycroft/sdk";
import { builtInAgents } from "../agents/built-in-agents.ts";
import { agentRecord } from "../functions/agent-record.ts";
import { applyRiskLimits, type Decision } from "../functions/apply-risk-limits.ts";
import { constructPortfolio, type Portfolio } from "../functions/construct-portfolio.ts";
import { priceFacts } from "../functions/price-facts.ts";
import { outcomes } from "../outcome.ts";

const { signal } = new AbortController();
const heartbeat = () => {};

export async function askAgent(
  agent: AgentDefinition,
  data: MarketData,
  request: Pick<OpinionRequest, "subject" | "asOf"> & Partial<OpinionRequest>,
  log: Logger = noLog,
): Promise<AgentAnswer> {
  const full = { horizonDays: 28, outcomes: [...outcomes], ...request };
  return await agent.opinion(full, {
    market: data.asOf(full.asOf),
    signal,
    heartbeat,
    idempotencyKey: "test",
    log,
    messages: noMessages,
  });
}

export function functionContext(
  data: MarketData,
  asOf: string,
  agents: readonly AgentDefinition[] = builtInAgents(),
): FunctionContext {
  const byName = new Map(agents.map((agent) => [agent.name, agent]));
  return {
    market: data.asOf(asOf),
    signal,
    heartbeat,
    idempotencyKey: "test",
    log: noLog,
    messages: noMessages,
    agents: [...byName.keys()].toSorted(),
    policies,
    ask: async (name, request) => {
      const agent = byName.get(name);
      if (agent === undefined) throw new Error(`no agent ${name}`);
      return await askAgent(agent, data, request);
    },
  };
}

export interface CommitteeResult {
  readonly record: readonly AgentRecord[];
  readonly decisions: readonly Decision[];
  readonly portfolio: Portfolio;
}

/** What the committee workflow computes, with the policy `past-score` and a quorum of two. */
export async function runCommittee(
  data: MarketData,
  asOf: string,
  universe: readonly string[],
): Promise<CommitteeResult> {
  const agents = builtInAgents();
  const context = functionContext(data, asOf, agents);
  const names = agents.map((agent) => agent.name);
  const recordInput = agentRecord.input.parse({ agents: names, subjects: [...universe], asOf });
  const given = await agentRecord.run(recordInput, context);
  const record = Array.isArray(given) ? given : given.agents;
  const decisions: Decision[] = [];
  for (const subject of universe) {
    const about = { subject, asOf, horizonDays: 28 };
    const views = [];
    for (const agent of agents) {
      const answer = await askAgent(agent, data, about);
      const answeredBy = { ...about, agent: agent.name, version: agent.version };
      views.push(
        answer.type === "opinion"
          ? { ...answer, ...answeredBy, outcomes: [...outcomes] }
          : { ...answer, ...answeredBy },
      );
    }
    const resolution = resolve(findPolicy("past-score"), { ...about, quorum: 2, views, record });
    const facts = await priceFacts.run({ subject, asOf }, context);
    const input = applyRiskLimits.input.parse({ resolution, facts });
    decisions.push(applyRiskLimits.output.parse(await applyRiskLimits.run(input, context)));
  }
  const portfolioInput = constructPortfolio.input.parse({ asOf, decisions });
  return { record, decisions, portfolio: await constructPortfolio.run(portfolioInput, context) };
}

/** Reads what an agent in this process answered, as the ordinary gateway would: without trust, but fast for those that come with Mycroft. */
import { builtInAgents } from "@mycroft/investing";
import { type AgentAnswer, agentAnswerSchema, type OpinionRequest, type View } from "@mycroft/protocol";
import type { AgentDefinition } from "@mycroft/sdk";

/** For an agent, which may do with its request what it likes. */
export function copyOf(request: OpinionRequest): OpinionRequest {
  return { ...request, outcomes: [...request.outcomes] };
}

/** The view as the record carries it; null when the answer breaks the contract in any way. */
export function viewOf(agent: AgentDefinition, asked: OpinionRequest, answer: unknown): View | null {
  if (ownAgents.has(agent)) return ownView(agent, asked, answer as AgentAnswer);
  const parsed = agentAnswerSchema.safeParse(answer);
  if (!parsed.success) return null;
  const { subject, asOf, horizonDays, outcomes } = asked;
  const about = { agent: agent.name, version: agent.version, subject, asOf, horizonDays };
  const { data } = parsed;
  if (data.type === "abstention") return isText(data.reason) ? { ...data, ...about } : null;
  if (data.probabilities.length !== outcomes.length || !isText(data.rationale)) return null;
  if (data.dataAsOf !== undefined && data.dataAsOf > asOf) return null;
  for (const { name, value, date, source } of data.evidence) {
    if (date > asOf || !isText(name) || !isText(source) || (typeof value === "string" && !isText(value)))
      return null;
  }
  return { ...data, ...about, outcomes };
}

const ownAgents: ReadonlySet<AgentDefinition> = new Set(builtInAgents({ facts: true }));

/** What the built-in agents give fits the contract: tests hold that, and that the view is the ordinary gateway's. */
function ownView(agent: AgentDefinition, asked: OpinionRequest, answer: AgentAnswer): View {
  const { subject, asOf, horizonDays, outcomes } = asked;
  const about = { agent: agent.name, version: agent.version, subject, asOf, horizonDays };
  if (answer.type === "abstention") return { ...answer, ...about };
  return { ...answer, evidence: answer.evidence ?? [], ...about, outcomes };
}

/** Half a surrogate pair is no text that the record could carry. */
function isText(text: string): boolean {
  return text.isWellFormed();
}

/** Routes of agents and their records. */
import { AgentHistories } from "../agents/agent-histories.ts";
import { Agents } from "../agents/agents.ts";
import type { ReadingPorts } from "./decisions.ts";
import type { Handlers } from "./handlers.ts";

export interface AgentRoutes {
  readonly handlers: Handlers<"agents">;
  /** Ends a walk through history that is under way. */
  close(): Promise<void>;
}

export function agentRoutes({ backend, readings, families }: ReadingPorts): AgentRoutes {
  const { project } = backend;
  const histories = new AgentHistories(backend);
  const agents = new Agents({ project, readings, families, histories });
  return {
    handlers: {
      listAgents: () => agents.list(),
      getAgent: ({ params: { name } }) => agents.find(name),
      listAgentCases: ({ params: { name }, query }) => agents.cases(name, query),
      compareAgents: ({ query: { a, b } }) => agents.compare(a, b),
    },
    close: () => histories.close(),
  };
}

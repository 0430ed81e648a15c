/** Routes of agents and their records, of market data, and of cases for the Lab. */
import { z } from "zod";
import * as agents from "./agents.ts";
import { get, type RouteSpec } from "./route.ts";
import { nameParams } from "./shared-values.ts";

export const agentRoutes = {
  listAgents: {
    ...get,
    area: "agents",
    path: "/api/agents",
    summary: "The project's agents, how they do, and what their opinions were worth",
    response: z.object({ agents: z.array(agents.agentSummary), walkShare: agents.walkShare }),
  },
  getAgent: {
    ...get,
    area: "agents",
    path: "/api/agents/:name",
    summary: "An agent's record",
    params: nameParams,
    response: agents.agentDetail,
  },
  listAgentCases: {
    ...get,
    area: "agents",
    path: "/api/agents/:name/cases",
    summary: "The cases of history that an agent's figures are made of",
    params: nameParams,
    query: agents.agentCasesQuery,
    response: agents.agentCases,
  },
  compareAgents: {
    ...get,
    area: "agents",
    path: "/api/head-to-head",
    summary: "Two agents on the cases that both judged",
    query: agents.headToHeadQuery,
    response: agents.headToHead,
  },
  getMarket: {
    ...get,
    area: "market",
    path: "/api/market",
    summary: "The market data that runs begin with; null without any",
    response: z.object({ market: agents.marketView.nullable() }),
  },
  getPrices: {
    ...get,
    area: "market",
    path: "/api/market/:name/prices",
    summary: "A company's prices",
    params: nameParams,
    query: agents.pricesQuery,
    response: agents.prices,
  },
  listLabCases: {
    ...get,
    area: "lab",
    path: "/api/lab/cases",
    summary: "Cases of history: what each agent says, and what followed",
    query: agents.labCasesQuery,
    response: agents.labCases,
  },
} as const satisfies Record<string, RouteSpec>;

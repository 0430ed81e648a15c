/** The committee: agents study each company, a policy resolves them, limits bound the result, a portfolio follows. */
import { type AgentDefinition, symbol, tradingDate, workflow } from "@mycroft/sdk";
import { z } from "zod";
import { builtInAgents } from "../agents/built-in-agents.ts";
import { agentRecord } from "../functions/agent-record.ts";
import { applyRiskLimits, riskLimitsSchema } from "../functions/apply-risk-limits.ts";
import { baseRate } from "../functions/base-rate.ts";
import { constructPortfolio, portfolioSettingsSchema } from "../functions/construct-portfolio.ts";
import { mayLearn } from "../functions/learns.ts";
import { priceFacts } from "../functions/price-facts.ts";

const maxCompanies = 5_000;

export const committeeInputSchema = z.strictObject({
  /** The day at whose end the committee decides. */
  asOf: tradingDate,
  universe: z
    .array(symbol)
    .min(1)
    .max(maxCompanies)
    .refine((symbols) => new Set(symbols).size === symbols.length, { error: "a company is named twice" }),
  /** Calendar days over which the agents judge. */
  horizonDays: z.number().int().min(1).max(3_660).default(28),
  limits: riskLimitsSchema.prefault({}),
  portfolio: portfolioSettingsSchema.prefault({}),
});

export interface CommitteeOptions {
  /** `investment-committee` unless given. */
  readonly name?: string;
  /** A policy is part of the plan, not of a run's input. `past-score` unless given. */
  readonly policy?: string;
  /** Opinions needed for a view; 2 unless given. */
  readonly quorum?: number;
  /** Who sits on it: the built-in agents that need nothing but prices, unless given. */
  readonly agents?: readonly AgentDefinition[];
}

/** A committee of agents with a policy of one's choice. */
export function defineCommittee({
  name = "investment-committee",
  policy = "past-score",
  quorum = 2,
  agents = builtInAgents(),
}: CommitteeOptions = {}) {
  return workflow(
    {
      name,
      input: committeeInputSchema,
      description: `${judges(agents.length)} each company; limits and a portfolio follow.`,
    },
    (w) => {
      const { asOf, universe, horizonDays } = w.input;
      const record = w.call("record", agentRecord, {
        agents: agents.map((agent) => agent.name),
        subjects: universe,
        asOf,
        horizonDays,
        ...(mayLearn(policy) ? { policy } : {}),
      });
      const usual = w.call("base-rate", baseRate, { asOf, horizonDays });
      const decisions = w.map(
        "companies",
        universe,
        (m) => {
          const opinions = m.ask("opinions", agents, { subject: m.item, asOf, horizonDays });
          const resolution = m.resolve("resolution", opinions, { policy, quorum, record });
          const facts = m.call("facts", priceFacts, { subject: m.item, asOf });
          return m.call("decision", applyRiskLimits, { resolution, facts, limits: w.input.limits });
        },
        { maxItems: maxCompanies },
      );
      const portfolio = w.call("portfolio", constructPortfolio, {
        asOf,
        decisions,
        settings: w.input.portfolio,
      });
      return { decisions, portfolio, record, baseRate: usual };
    },
  );
}

function judges(count: number): string {
  const words = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
  return `${words[count] ?? count} ${count === 1 ? "agent judges" : "agents judge"}`;
}

/** The committee that `mycroft start` runs: weights by past score, a quorum of two. */
export const committee = defineCommittee();

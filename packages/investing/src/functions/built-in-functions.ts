/** The functions of this package, for whoever needs to know that one is among them. */
import { agentRecord } from "./agent-record.ts";
import { applyRiskLimits } from "./apply-risk-limits.ts";
import { baseRate } from "./base-rate.ts";
import { constructPortfolio } from "./construct-portfolio.ts";
import { priceFacts } from "./price-facts.ts";

export const builtInFunctions: ReadonlySet<unknown> = new Set<unknown>([
  agentRecord,
  applyRiskLimits,
  baseRate,
  constructPortfolio,
  priceFacts,
]);

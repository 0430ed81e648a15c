/** The agents that come with Mycroft. */
import type { AgentDefinition } from "@mycroft/sdk";
import { fundamentals } from "./fundamentals.ts";
import { macro } from "./macro.ts";
import { momentum } from "./momentum.ts";
import { reversal } from "./reversal.ts";
import { sentiment } from "./sentiment.ts";
import { technical } from "./technical.ts";
import { trend } from "./trend.ts";
import { volatility } from "./volatility.ts";

export interface BuiltInChoice {
  /** Also those that read facts beside prices, and abstain where the data has none. False unless given. */
  readonly facts?: boolean;
}

/** The built-in agents, in order of name: six that need nothing but prices, or all eight. */
export function builtInAgents({ facts = false }: BuiltInChoice = {}): readonly AgentDefinition[] {
  if (!facts) return [macro, momentum, reversal, technical, trend, volatility];
  return [fundamentals, macro, momentum, reversal, sentiment, technical, trend, volatility];
}

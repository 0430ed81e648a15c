/** The agents that come with Mycroft. */
import type { AgentDefinition } from "@mycroft/sdk";
import { macro } from "./macro.ts";
import { momentum } from "./momentum.ts";
import { reversal } from "./reversal.ts";
import { technical } from "./technical.ts";
import { trend } from "./trend.ts";
import { volatility } from "./volatility.ts";

/** The built-in agents, in order of name. */
export function builtInAgents(): readonly AgentDefinition[] {
  return [macro, momentum, reversal, technical, trend, volatility];
}

/** Projects and agents for tests of decisions: the real committee on the bundled data, and others that go wrong. */
import { committee, loadBundledData } from "@mycroft/investing";
import { type AgentDefinition, defineAgent, defineConfig, tradingDate, workflow } from "@mycroft/sdk";
import { z } from "zod";

/** The bundled data: five companies from 2000 to the end of February 2010. */
export async function bundledMarket() {
  const { data } = await loadBundledData();
  return data;
}

export const committeeProject = defineConfig({ workflows: [committee], data: "bundled" });

/** An agent that says what its test wants. */
export function agentSaying(name: string, opinion: AgentDefinition["opinion"]): AgentDefinition {
  return defineAgent({ name, version: "1", capabilities: [], opinion });
}

export function said(probabilities: readonly number[], rationale = "It is so.") {
  return { type: "opinion" as const, probabilities: [...probabilities], rationale };
}

/** Asks about one subject and resolves: no map, no limits, no portfolio. */
export function defineBareWorkflow(name: string, agents: readonly AgentDefinition[]) {
  return workflow({ name, input: z.strictObject({ subject: z.string(), asOf: tradingDate }) }, (w) => {
    const { subject, asOf } = w.input;
    const opinions = w.ask("opinions", agents, { subject, asOf, horizonDays: 28 });
    return { resolution: w.resolve("resolution", opinions, { quorum: 1 }) };
  });
}

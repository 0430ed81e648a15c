/** The project where there is no configuration: the committee, its agents and the bundled data. */
import { builtInAgents, committee, defineCommittee } from "@mycroft/investing";
import { defineConfig, type Project } from "@mycroft/sdk";

/** @param hasFacts whether there are facts beside prices: then the agents that read them sit on the committee too. */
export function builtInProject({ hasFacts = false } = {}): Project {
  const agents = builtInAgents({ facts: hasFacts });
  const workflow = hasFacts ? defineCommittee({ agents }) : committee;
  return defineConfig({ workflows: [workflow], agents, data: "bundled" });
}

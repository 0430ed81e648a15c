/** The project where there is no configuration: the committee, its agents and the bundled data. */
import { builtInAgents, committee } from "@mycroft/investing";
import { defineConfig, type Project } from "@mycroft/sdk";

export function builtInProject(): Project {
  return defineConfig({ workflows: [committee], agents: builtInAgents(), data: "bundled" });
}

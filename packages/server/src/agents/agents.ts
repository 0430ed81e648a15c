/** The project's agents as the API tells them: what they are, how they did in the newest runs, and what they were worth. */
import type { AgentHistory } from "@mycroft/backtest";
import { bodyOf, type StepDefinition } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { AgentCases, AgentDetail, AgentHealth, AgentSummary, HeadToHead } from "@mycroft/protocol";
import { counted, existing, suggestion } from "@mycroft/record/text";
import type { AgentDefinition, Project, Workflow } from "@mycroft/sdk";
import type { RunFamilies } from "../decisions/run-families.ts";
import { newBudget, type RunReadings } from "../decisions/run-readings.ts";
import type { AgentAttempts } from "./agent-attempts.ts";
import { type AskedCases, casesOf } from "./agent-cases.ts";
import { healthOf } from "./agent-health.ts";
import type { AgentHistories, HistoryState } from "./agent-histories.ts";
import { trackInBrief } from "./agent-track.ts";
import { compareAgents } from "./head-to-head.ts";

/** Runs that health is told of; fewer when these are large. */
const healthRuns = 100;

export interface AgentsPorts {
  readonly project: Project;
  readonly readings: RunReadings;
  readonly families: RunFamilies;
  readonly histories: AgentHistories;
}

export class Agents {
  readonly #ports: AgentsPorts;

  constructor(ports: AgentsPorts) {
    this.#ports = ports;
  }

  /** Answers at once: scores are null until the walk through history has been made. */
  async list(): Promise<{ readonly agents: AgentSummary[]; readonly walkShare: number | null }> {
    const { project, histories } = this.#ports;
    const { attempts, runs } = await this.#attempts();
    const standing = histories.now();
    const agents = project.agents.map((agent) => {
      const { troubles: _, versions: __, ...health } = healthOf(attempts.get(agent.name) ?? [], runs);
      const track = standing.kind === "ready" ? (standing.tracks.get(agent.name) ?? null) : null;
      const score = standing.kind === "ready" ? trackInBrief(standing.history, agent.name, track) : null;
      return { ...this.#about(agent), health, score };
    });
    return { agents, walkShare: shareOf(standing) };
  }

  /** @throws {MycroftError} AGENT_UNKNOWN. */
  async find(name: string): Promise<AgentDetail> {
    const agent = this.#agent(name);
    const { attempts, runs } = await this.#attempts();
    const health: AgentHealth = healthOf(attempts.get(name) ?? [], runs);
    return { ...this.#about(agent), health, ...this.#track(name) };
  }

  /**
   * Waits for the walk through history, which takes seconds with large data.
   * @throws {MycroftError} AGENT_UNKNOWN; INPUT_INVALID for one agent twice; DATA_EMPTY when there is no history.
   */
  async compare(a: string, b: string): Promise<HeadToHead> {
    this.#agent(a);
    this.#agent(b);
    if (a === b) {
      throw new MycroftError("INPUT_INVALID", "An agent cannot be held against itself; name two.", {
        details: { field: "b", value: b },
      });
    }
    return compareAgents(await this.#history(), a, b);
  }

  /**
   * Waits as `compare` does.
   * @throws {MycroftError} AGENT_UNKNOWN, of either agent; DATA_EMPTY when there is no history.
   */
  async cases(name: string, asked: AskedCases): Promise<AgentCases> {
    this.#agent(name);
    if (asked.against !== undefined) this.#agent(asked.against);
    return casesOf(await this.#history(), name, asked);
  }

  async #history(): Promise<AgentHistory> {
    const standing = await this.#ports.histories.ended();
    if (standing.kind === "ready") return standing.history;
    const reason = standing.kind === "absent" ? standing.reason : "The walk through history was ended.";
    throw new MycroftError("DATA_EMPTY", `The agents have no history. ${reason}`);
  }

  #track(name: string): Pick<AgentDetail, "track" | "trackAbsent" | "walkShare"> {
    const standing = this.#ports.histories.now();
    const walkShare = shareOf(standing);
    switch (standing.kind) {
      case "absent":
        return { track: null, trackAbsent: standing.reason, walkShare };
      case "underWay": {
        const done = Math.round(100 * standing.share);
        const trackAbsent = `The walk through history is under way: ${done}% are done.`;
        return { track: null, trackAbsent, walkShare };
      }
      case "ready": {
        const track = standing.tracks.get(name) ?? null;
        if (track !== null) return { track, trackAbsent: null, walkShare };
        const agent = standing.history.agents.find((one) => one.name === name);
        const cases = standing.history.days.reduce((sum, day) => sum + day.cases.length, 0);
        const none =
          cases === 0
            ? "The market data has no case whose outcome is known."
            : `It had no opinion on any of ${counted(cases, "case")} of history.`;
        return { track: null, trackAbsent: agent?.givenUp ?? none, walkShare };
      }
    }
  }

  #agent(name: string): AgentDefinition {
    const { agents } = this.#ports.project;
    const found = agents.find((agent) => agent.name === name);
    if (found !== undefined) return found;
    const known = agents.map((agent) => agent.name);
    const shown = JSON.stringify(name.slice(0, 100));
    throw new MycroftError(
      "AGENT_UNKNOWN",
      `This project has no agent named ${shown}; ${existing(known)}.${suggestion(name, known)}`,
      { details: { agent: name.slice(0, 100) } },
    );
  }

  #about({ name, version, description, capabilities }: AgentDefinition) {
    const workflows = this.#ports.project.workflows.filter((workflow) => asks(workflow, name));
    return {
      name,
      version,
      description,
      capabilities: [...capabilities],
      workflows: workflows.map((workflow) => workflow.name),
    };
  }

  /** By agent, over the newest runs, forks among them: agents were asked there too. */
  async #attempts(): Promise<{
    readonly attempts: ReadonlyMap<string, readonly AgentAttempts[]>;
    readonly runs: number;
  }> {
    const byAgent = new Map<string, AgentAttempts[]>();
    const budget = newBudget();
    let runs = 0;
    const { readings, families } = this.#ports;
    for await (const { header, children } of families.newest({ withExperiments: true })) {
      const found = runs === healthRuns ? null : await readings.find([header, ...children], budget);
      if (found === null) break;
      runs += 1;
      for (const [agent, attempts] of found.flatMap((reading) => [...reading.attempts])) {
        const known = byAgent.get(agent);
        if (known === undefined) byAgent.set(agent, [attempts]);
        else known.push(attempts);
      }
    }
    return { attempts: byAgent, runs };
  }
}

function asks(workflow: Workflow, agent: string): boolean {
  return workflow.plans.some(({ workflow: { steps } }) => hasAgent(steps, agent));
}

function hasAgent(steps: readonly StepDefinition[], agent: string): boolean {
  return steps.some((step) => {
    if (step.kind === "call" && step.target.kind === "agent" && step.target.name === agent) return true;
    return hasAgent(bodyOf(step)?.steps ?? [], agent);
  });
}

function shareOf(standing: HistoryState): number | null {
  return standing.kind === "underWay" ? standing.share : null;
}

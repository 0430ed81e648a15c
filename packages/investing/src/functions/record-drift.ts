/**
 * Watches, while a record is made, whether an agent's scores have changed: against the other agents' on the same cases, so
 * that a hard time for all is nobody's drift. It is fed in order of time what the record knows, and nothing else (P5).
 */
import { type AgentDrift, type AgentRecord, startDriftMonitor } from "@mycroft/ensemble";
import { tradingDate } from "@mycroft/sdk";
import { z } from "zod";

const meanDifference = z.number().min(-1).max(1);

/** An agent's drift in its record: see `AgentDrift` of the ensemble. */
export const agentDriftSchema = z
  .strictObject({
    direction: z.enum(["worse", "better"]),
    since: tradingDate,
    noticed: tradingDate,
    before: meanDifference,
    after: meanDifference,
    /** Days of the grid since the change. */
    scored: z.number().int().min(1),
  })
  .readonly();

/** An agent's scores have changed, as noticed on a day of the grid. */
export interface NoticedDrift {
  readonly agent: string;
  readonly drift: AgentDrift;
}

/** Agents are told by their places in the list. */
export class RecordDrift {
  readonly #agents: readonly string[];
  readonly #monitor = startDriftMonitor();
  readonly #case: (number | null)[];
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;
  #to = "";

  constructor(agents: readonly string[]) {
    this.#agents = agents;
    this.#case = agents.map(() => null);
    this.#sums = new Float64Array(agents.length);
    this.#counts = new Float64Array(agents.length);
  }

  /** An agent's score on the case at hand; null when it had no opinion. */
  add(agent: number, score: number | null): void {
    this.#case[agent] = score;
  }

  /** All agents have been scored on the case, whose outcome was known on the day `to`. */
  closeCase(to: string): void {
    let sum = 0;
    let count = 0;
    for (const score of this.#case) {
      if (score === null) continue;
      sum += score;
      count += 1;
    }
    if (to > this.#to) this.#to = to;
    for (let agent = 0; agent < this.#case.length; agent += 1) {
      const score = this.#case[agent] ?? null;
      this.#case[agent] = null;
      // Alone on a case, an agent is compared with nobody.
      if (score === null || count < 2) continue;
      this.#sums[agent] = (this.#sums[agent] ?? 0) + score - sum / count;
      this.#counts[agent] = (this.#counts[agent] ?? 0) + 1;
    }
  }

  /** All cases of one day of the grid are closed: each agent's mean is one score. Gives the drifts that it gives away. */
  closeDay(): readonly NoticedDrift[] {
    const noticed: NoticedDrift[] = [];
    this.#agents.forEach((agent, index) => {
      const count = this.#counts[index] ?? 0;
      const drift = count === 0 ? null : this.#monitor.add(agent, (this.#sums[index] ?? 0) / count, this.#to);
      if (drift !== null) noticed.push({ agent, drift });
    });
    this.#sums.fill(0);
    this.#counts.fill(0);
    return noticed;
  }

  /** Those who drift now, by name. */
  drifting(): ReadonlyMap<string, AgentDrift> {
    return this.#monitor.drifting();
  }

  /** The records, with the drift of those who drift; the others are left as they are. */
  mark(records: readonly AgentRecord[]): AgentRecord[] {
    const drifting = this.#monitor.drifting();
    return records.map((record) => {
      const drift = drifting.get(record.agent);
      return drift === undefined ? record : { ...record, drift };
    });
  }
}

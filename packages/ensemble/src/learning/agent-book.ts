/** Who a learner has met, and what each one's forecasts have cost: it turns outcomes into rounds. */
import { MycroftError } from "@mycroft/errors";
import type { AgentRecord } from "../agent-record.ts";
import { ensembleLimits } from "../limits.ts";
import type { CheckedCase } from "./forecast-case.ts";
import type { Round, ScoredCase } from "./learned-weights.ts";
import type { LearnedAgent } from "./learner-state.ts";
import type { Loss } from "./loss.ts";

type Entry = { -readonly [Field in keyof LearnedAgent]: LearnedAgent[Field] };

export class AgentBook {
  readonly #entries: Entry[];
  readonly #places: Map<string, number>;

  constructor(agents: readonly LearnedAgent[]) {
    this.#entries = agents.map((agent) => ({ ...agent }));
    this.#places = new Map(agents.map(({ agent }, index) => [agent, index]));
  }

  get size(): number {
    return this.#entries.length;
  }

  entries(): readonly LearnedAgent[] {
    return this.#entries.map((entry) => ({ ...entry }));
  }

  /**
   * @returns how many agents of these cases have not been met.
   * @throws {MycroftError} LIMIT_EXCEEDED
   */
  checkRoomFor(cases: readonly CheckedCase[]): number {
    const strangers = new Set<string>();
    for (const { agents } of cases) {
      for (const agent of agents) if (!this.#places.has(agent)) strangers.add(agent);
    }
    const limit = ensembleLimits.learnerAgents;
    const total = this.size + strangers.size;
    if (total <= limit) return strangers.size;
    throw new MycroftError(
      "LIMIT_EXCEEDED",
      `The learner would have met ${total} agents; it remembers at most ${limit}.`,
      { details: { field: "agents", value: total, limit } },
    );
  }

  /** The agent's place in the list, at its end when it was never met before. */
  placeOf(agent: string): number {
    const known = this.#places.get(agent);
    if (known !== undefined) return known;
    this.#places.set(agent, this.size);
    this.#entries.push({ agent, scored: 0, totalLoss: 0, rounds: 0, regret: 0, from: null, to: null });
    return this.size - 1;
  }

  /** As policies that weigh by mean scores see it; only for losses from 0 to 1 is that what those policies mean. */
  records(): ReadonlyMap<string, AgentRecord> {
    return recordsOf(this.#entries);
  }

  /** Scores the cases, whose agents have all been met, and says what an online rule learns from them. */
  score(cases: readonly ScoredCase[], loss: Loss, gradient: boolean, on: string): Omit<Round, "overlap"> {
    const regrets = new Float64Array(this.size);
    const awake = new Uint8Array(this.size);
    for (const scored of cases) {
      const slope = new Float64Array(scored.pooled.length);
      if (gradient) loss.gradient(scored.pooled, scored.observed, slope);
      const pooledLoss = gradient ? 0 : loss.of(scored.pooled, scored.observed);
      scored.agents.forEach((agent, index) => {
        const forecast = scored.forecasts[index] ?? scored.pooled;
        const own = loss.of(forecast, scored.observed);
        const regret = gradient ? descent(slope, scored.pooled, forecast) : pooledLoss - own;
        regrets[agent] = (regrets[agent] ?? 0) + regret / cases.length;
        awake[agent] = 1;
        this.#note(agent, own, on);
      });
    }
    this.#entries.forEach((entry, agent) => {
      entry.rounds += awake[agent] ?? 0;
      entry.regret += regrets[agent] ?? 0;
    });
    return { loss, cases, regrets, awake };
  }

  #note(agent: number, loss: number, on: string): void {
    const entry = this.#entries[agent];
    if (entry === undefined) return;
    entry.scored += 1;
    entry.totalLoss += loss;
    entry.from ??= on;
    entry.to = on;
  }
}

/** How much lower the linearized loss is at `forecast` than at the pool. */
function descent(slope: Float64Array, pooled: Float64Array, forecast: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < slope.length; k += 1) sum += (slope[k] ?? 0) * ((pooled[k] ?? 0) - (forecast[k] ?? 0));
  return sum;
}

function recordsOf(agents: readonly LearnedAgent[]): ReadonlyMap<string, AgentRecord> {
  const records = new Map<string, AgentRecord>();
  for (const { agent, scored, totalLoss, from, to } of agents) {
    if (from === null || to === null) continue;
    records.set(agent, { agent, scored, meanScore: totalLoss / scored, from, to });
  }
  return records;
}

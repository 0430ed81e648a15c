/**
 * Where a walk through time stands: one learner for each policy, the cases that wait for their outcome, and the watch for
 * drift. It goes through days as the server's own walk does: first what became known is learned, then the day is forecast (P5).
 */
import {
  type AgentDrift,
  type AgentRecord,
  type AgentsKnown,
  certainOutcome,
  type DriftMonitor,
  type DriftMonitorState,
  findPolicy,
  type KnownOutcome,
  type Learner,
  type LearnerState,
  rankedProbabilityScore,
  resumeDriftMonitor,
  resumeLearner,
  startDriftMonitor,
  startLearner,
  withoutPending,
} from "@mycroft/ensemble";
import type { Taught } from "./resolve-all.ts";
import type { WalkCase } from "./walk-case.ts";

/** All of it, as JSON but for the open cases, which are the source's own. */
export interface FrontState {
  readonly learners: readonly LearnerState[];
  readonly drift: DriftMonitorState;
  readonly lastKnown: string;
  readonly open: readonly WalkCase[];
}

export interface Forecast {
  readonly weights: ReadonlyMap<string, number>;
  readonly pooled: readonly number[];
}

export interface NoticedDrift {
  readonly agent: string;
  readonly drift: AgentDrift;
}

export class LearningFront {
  readonly #size: number;
  readonly #learners: readonly Learner[];
  readonly #names: readonly string[];
  readonly #drift: DriftMonitor;
  #open: readonly WalkCase[];
  #lastKnown: string;

  /** @param size how many outcomes there are. @param state from where to go on; from the beginning unless given. */
  constructor(names: readonly string[], size: number, state: FrontState | null = null) {
    this.#names = names;
    this.#size = size;
    this.#learners =
      state === null
        ? names.map((name) => startLearner(name))
        : state.learners.map((saved) => resumeLearner(saved));
    this.#drift = state === null ? startDriftMonitor() : resumeDriftMonitor(state.drift);
    this.#open = state?.open ?? [];
    this.#lastKnown = state?.lastKnown ?? "";
  }

  /** Learns from what is known by the end of `day`; each day of outcomes is one round. Gives the drifts that were noticed. */
  learnUntil(day: string): readonly NoticedDrift[] {
    const isDue = ({ outcome }: WalkCase): boolean => outcome !== null && outcome.on <= day;
    const due = this.#open.filter(isDue);
    if (due.length === 0) return [];
    this.#open = this.#open.filter((walked) => !isDue(walked));
    const rounds = Map.groupBy(due, ({ outcome }) => outcome?.on ?? day);
    for (const on of [...rounds.keys()].sort()) {
      const known = (rounds.get(on) ?? []).flatMap((walked) => this.#knownOutcome(walked));
      for (const learner of this.#learners) learner.learn(known, on);
    }
    return due.flatMap((walked) => this.#watch(walked));
  }

  #knownOutcome({ id, outcome }: WalkCase): readonly KnownOutcome[] {
    return outcome === null ? [] : [{ id, observed: certainOutcome(outcome.index, this.#size) }];
  }

  /** An agent is compared with the others on the same case, so that a hard time for all is nobody's drift. */
  #watch({ opinions, outcome }: WalkCase): readonly NoticedDrift[] {
    if (outcome === null || opinions.length < 2) return [];
    if (outcome.on > this.#lastKnown) this.#lastKnown = outcome.on;
    const observed = certainOutcome(outcome.index, this.#size);
    const scores = opinions.map(({ probabilities }) => rankedProbabilityScore(probabilities, observed));
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    return opinions.flatMap(({ agent }, index) => {
      const drift = this.#drift.add(agent, (scores[index] ?? 0) - mean, this.#lastKnown);
      return drift === null ? [] : [{ agent, drift }];
    });
  }

  /** In order of the policies. */
  forecast(walked: WalkCase): readonly Forecast[] {
    const { id, on, opinions } = walked;
    const forecasts = new Map(opinions.map(({ agent, probabilities }) => [agent, probabilities]));
    this.#open = [...this.#open, walked];
    return this.#learners.map((learner) => {
      const [pooledCase] = learner.forecast([{ id, forecasts }], on);
      const pooled = pooledCase?.pooled;
      return { weights: pooledCase?.weights ?? new Map(), pooled: typeof pooled === "object" ? pooled : [] };
    });
  }

  /** What each policy knows at this moment, as a resolve step would be given it. */
  taught(): Taught {
    const agents = this.records();
    return new Map(
      this.#learners.map((learner, index): [string, AgentsKnown] => {
        const name = this.#names[index] ?? "";
        const learns = findPolicy(name).configure(undefined).startLearning !== undefined;
        return [name, { agents, learned: learns ? withoutPending(learner.save()) : null }];
      }),
    );
  }

  /** Each agent's score so far, with its drift when it drifts now. */
  records(): readonly AgentRecord[] {
    const drifting = this.#drift.drifting();
    // Every learner keeps the same book of the agents.
    return (this.#learners[0]?.agents ?? []).flatMap(({ agent, scored, totalLoss, from, to }) => {
      if (from === null || to === null) return [];
      const drift = drifting.get(agent);
      const record = { agent, scored, meanScore: totalLoss / scored, from, to };
      return [drift === undefined ? record : { ...record, drift }];
    });
  }

  save(): FrontState {
    return {
      learners: this.#learners.map((learner) => learner.save()),
      drift: this.#drift.save(),
      lastKnown: this.#lastKnown,
      open: this.#open,
    };
  }
}

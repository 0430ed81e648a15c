/**
 * Which agents drift: each agent's scores go through a change detector of its own, and a change is told as worse or better,
 * since when and by how much. Pure and incremental; what is kept does not grow with the number of scores (P8).
 */
import { MycroftError } from "@mycroft/errors";
import {
  inside,
  type Place,
  placeOf,
  readDate,
  readList,
  readName,
  readNumber,
  readObject,
  readStrictObject,
  rejection,
} from "../json-reader.ts";
import { ensembleLimits } from "../limits.ts";
import { compareText } from "../panel.ts";
import { Adwin } from "./adwin.ts";
import { type AgentDrift, readAgentDrift } from "./agent-drift.ts";
import { type ChangeDetector, countRange, type DetectorState, readDay } from "./change-detector.ts";
import { PageHinkley } from "./page-hinkley.ts";

export interface DriftSettings {
  /** `page-hinkley` unless stated: scores of any unit, and tens of them are enough. `adwin` needs a known range, and more. */
  readonly detector?: "page-hinkley" | "adwin" | undefined;
  /** The detector's own. */
  readonly settings?: unknown;
  /**
   * For how many scores after a change was noticed an agent counts as drifting; after that the new level is its usual
   * one. 20 unless stated, 1 to 100,000.
   */
  readonly flagScores?: number | undefined;
}

export type DriftMonitorState = {
  readonly format: 1;
  readonly detector: "page-hinkley" | "adwin";
  readonly settings: unknown;
  readonly flagScores: number;
  /** In the order in which they were first met. */
  readonly agents: readonly MonitoredAgent[];
};

export type MonitoredAgent = {
  readonly agent: string;
  readonly scored: number;
  /** The day of its last score. */
  readonly to: string | null;
  readonly detector: DetectorState;
  readonly drift: AgentDrift | null;
  /** For how many more scores `drift` stands. */
  readonly standsFor: number;
};

/** @throws {MycroftError} INPUT_INVALID, naming the setting, the value and the limit. */
export function startDriftMonitor(settings: DriftSettings = {}): DriftMonitor {
  const place = placeOf("settings");
  const fields = readStrictObject(settings, place, ["detector", "settings", "flagScores"]);
  const detector = readDetectorName(fields.detector ?? "page-hinkley", inside(place, "detector"));
  const flagScores = readFlagScores(fields.flagScores ?? 20, inside(place, "flagScores"));
  const own = startDetector(detector, fields.settings ?? undefined).settings;
  return new DriftMonitor({ format: 1, detector, settings: own, flagScores, agents: [] });
}

/**
 * Goes on from what a monitor has saved, byte for byte as that monitor would have.
 * @param state as it comes: it is checked whole.
 * @throws {MycroftError} INPUT_INVALID or LIMIT_EXCEEDED, naming the field, the value and the limit.
 */
export function resumeDriftMonitor(state: unknown): DriftMonitor {
  const place = placeOf("state");
  const fields = readObject<keyof DriftMonitorState>(state, place);
  if (fields.format !== 1) throw rejection("INPUT_INVALID", inside(place, "format"), fields.format, "1");
  const detector = readDetectorName(fields.detector, inside(place, "detector"));
  const at = inside(place, "agents");
  const agents = readList(fields.agents, at, ensembleLimits.learnerAgents).map((agent, index) =>
    readMonitored(agent, inside(at, index)),
  );
  const flagScores = readFlagScores(fields.flagScores, inside(place, "flagScores"));
  const own = startDetector(detector, fields.settings).settings;
  return new DriftMonitor({ format: 1, detector, settings: own, flagScores, agents });
}

type Entry = { -readonly [Field in keyof Omit<MonitoredAgent, "agent">]: MonitoredAgent[Field] } & {
  readonly live: ChangeDetector;
};

/** Made by `startDriftMonitor` and `resumeDriftMonitor`. */
export class DriftMonitor {
  readonly #told: Omit<DriftMonitorState, "agents">;
  readonly #agents = new Map<string, Entry>();

  constructor({ agents, ...told }: DriftMonitorState) {
    this.#told = told;
    for (const { agent, ...entry } of agents) {
      if (this.#agents.has(agent)) {
        throw rejection("INPUT_INVALID", placeOf("state.agents"), agent, "there once only");
      }
      this.#agents.set(agent, {
        ...entry,
        live: startDetector(told.detector, told.settings, entry.detector),
      });
    }
  }

  /**
   * One more score of an agent.
   * @param score a loss: lower is better. Of many scores of one day, feed their mean: they share the day's luck. What all
   *   agents have in common is best taken off (the agents' mean on the day), or a hard time for all looks like drift.
   * @param on the day on which it became known, `YYYY-MM-DD`, not before the agent's last.
   * @returns the drift when this score gives one away, otherwise null.
   * @throws {MycroftError} INPUT_INVALID, or LIMIT_EXCEEDED for one agent too many; then nothing has changed.
   */
  add(agent: string, score: number, on: string): AgentDrift | null {
    readName(agent, placeOf("agent"));
    const day = readDate(on, placeOf("on"));
    const entry = this.#agents.get(agent) ?? this.#newcomer();
    if (entry.to !== null && day < entry.to) {
      throw rejection("INPUT_INVALID", placeOf("on"), day, `at or after the agent's last score, ${entry.to}`);
    }
    const change = entry.live.add(score, day);
    this.#agents.set(agent, entry);
    entry.scored += 1;
    entry.to = day;
    if (change === null) {
      continueDrift(entry, score);
      return null;
    }
    const { since, before, after } = change;
    const means = { before: before.mean, after: after.mean, scored: after.count };
    entry.drift = {
      direction: change.direction === "rose" ? "worse" : "better",
      since,
      noticed: day,
      ...means,
    };
    entry.standsFor = this.#told.flagScores;
    return entry.drift;
  }

  #newcomer(): Entry {
    const limit = ensembleLimits.learnerAgents;
    if (this.#agents.size >= limit) {
      throw new MycroftError("LIMIT_EXCEEDED", `A drift monitor watches at most ${limit} agents.`, {
        details: { field: "agents", value: limit + 1, limit },
      });
    }
    const { detector, settings } = this.#told;
    return {
      scored: 0,
      to: null,
      detector: {},
      drift: null,
      standsFor: 0,
      live: startDetector(detector, settings),
    };
  }

  /** Those who drift now, by name, with the scores since. */
  drifting(): ReadonlyMap<string, AgentDrift> {
    const found: [string, AgentDrift][] = [];
    for (const [agent, { drift }] of this.#agents) if (drift !== null) found.push([agent, drift]);
    return new Map(found.toSorted(([a], [b]) => compareText(a, b)));
  }

  /** All that is remembered, as JSON. */
  save(): DriftMonitorState {
    const agents = Array.from(this.#agents, ([agent, { live, ...entry }]) => {
      return { agent, ...entry, detector: live.save() };
    });
    return { ...this.#told, agents };
  }
}

/** A later score belongs to the new level, until that level is the usual one. */
function continueDrift(entry: Entry, score: number): void {
  if (entry.drift === null) return;
  entry.standsFor -= 1;
  if (entry.standsFor <= 0) {
    entry.drift = null;
    return;
  }
  const scored = entry.drift.scored + 1;
  entry.drift = { ...entry.drift, scored, after: entry.drift.after + (score - entry.drift.after) / scored };
}

function startDetector(
  name: DriftMonitorState["detector"],
  settings: unknown,
  saved?: unknown,
): PageHinkley | Adwin {
  return name === "adwin" ? new Adwin(settings, saved) : new PageHinkley(settings, saved);
}

function readDetectorName(value: unknown, place: Place): DriftMonitorState["detector"] {
  if (value === "page-hinkley" || value === "adwin") return value;
  throw rejection("INPUT_INVALID", place, value, '"page-hinkley" or "adwin"');
}

function readFlagScores(value: unknown, place: Place): number {
  return readNumber(value, place, { min: 1, max: 100_000, integer: true });
}

/** The detector's state is read by the detector. */
function readMonitored(value: unknown, place: Place): MonitoredAgent {
  const fields = readObject<keyof MonitoredAgent>(value, place);
  const to = readDay(fields.to, inside(place, "to"));
  const { drift, detector } = fields;
  return {
    agent: readName(fields.agent, inside(place, "agent")),
    scored: readNumber(fields.scored, inside(place, "scored"), countRange),
    to,
    detector: { ...readObject<string>(detector, inside(place, "detector")) },
    drift: drift === null ? null : readAgentDrift(drift, inside(place, "drift"), to ?? ""),
    standsFor: readNumber(fields.standsFor, inside(place, "standsFor"), countRange),
  };
}

/**
 * What the Lab shows, as one JSON value: it is kept over a reload, goes into a link, and is put back by a reset. What comes
 * from a link or from storage was written by anybody: it is read without trust, by the same checks that the server makes.
 */
import { checkOpinion, findPolicy, resolve } from "@mycroft/ensemble";
import { type LabCase, labLimits, newCase } from "./lab-case.ts";
import { type AgentKind, agentKinds, type WorldSetup, worldLimits } from "./synthetic-world.ts";
import { type TourName, tourNames } from "./tour-names.ts";

/** The sequence of cases that is walked through. */
export type TimeSetup =
  | { readonly type: "world"; readonly world: WorldSetup }
  | {
      readonly type: "history";
      readonly subject: string;
      readonly horizonDays: number;
      /** Calendar days from one case to the next. */
      readonly everyDays: number;
    };

export interface LabState {
  readonly case: LabCase;
  readonly time: TimeSetup;
  /** Where the walk stands, from 0. Null until somebody goes to a step: halfway, with much learned and much to come. */
  readonly step: number | null;
  /** The step of the walk whose lessons the case is resolved with; null for a case that does not come from the walk. */
  readonly taughtAt: number | null;
  readonly tour: TourName | null;
}

export const usualWorld: WorldSetup = {
  seed: 1,
  rounds: 120,
  agents: [
    { name: "good", kind: "good" },
    { name: "biased", kind: "biased" },
    { name: "overconfident", kind: "overconfident" },
    { name: "drifting", kind: "drifting" },
    { name: "herding", kind: "herding" },
  ],
};

/** What a first visit shows, and a reset brings back. */
export function initialState(): LabState {
  return {
    case: newCase([
      { name: "momentum", probabilities: [0.15, 0.25, 0.6] },
      { name: "reversal", probabilities: [0.5, 0.3, 0.2] },
      { name: "trend", probabilities: [0.2, 0.3, 0.5] },
      { name: "sentiment", probabilities: [0.3, 0.4, 0.3] },
    ]),
    time: { type: "world", world: usualWorld },
    step: null,
    taughtAt: null,
    tour: null,
  };
}

/** Reads a state that was kept or sent; null when it is none that the Lab can show. */
export function readLabState(value: unknown): LabState | null {
  try {
    return readState(value);
  } catch {
    // Whatever is wrong with it, there is nothing in it to be shown.
    return null;
  }
}

function readState(value: unknown): LabState {
  const { case: given, time, step, taughtAt, tour } = fieldsOf(value);
  return {
    case: readLabCase(given),
    time: readTime(time),
    step: step === null ? null : integer(step, 0, 10_000),
    taughtAt: taughtAt === null ? null : integer(taughtAt, 0, 10_000),
    tour: tourNames.find((name) => name === tour) ?? null,
  };
}

/** @throws {Error} of any kind. */
export function readLabCase(value: unknown): LabCase {
  const { request, policy, outcome, aside } = fieldsOf(value);
  const given = { request, policy: policy ?? null, outcome: outcome ?? null, aside: [] } as LabCase;
  // The policy that the request was recorded of reads its settings and what it has learned; without one, any policy will do.
  const reader = findPolicy(given.policy ?? "linear-pool");
  const { outcomes, opinions, abstentions } = resolve(reader, request);
  if (opinions.length + abstentions.length > labLimits.shownAgents) throw new RangeError("too many agents");
  if (outcomes.length > labLimits.shownOutcomes) throw new RangeError("too many outcomes");
  if (given.outcome !== null) integer(given.outcome, 0, outcomes.length - 1);
  const kept = listOf(aside).map(checkOpinion);
  const fits = kept.every((opinion) => opinion.outcomes.join("\n") === outcomes.join("\n"));
  return { ...given, aside: fits ? kept : [] };
}

function readTime(value: unknown): TimeSetup {
  const fields = fieldsOf(value);
  if (fields["type"] === "world") return { type: "world", world: readWorld(fields["world"]) };
  return {
    type: "history",
    subject: text(fields["subject"], 32),
    horizonDays: integer(fields["horizonDays"], 1, 3_660),
    everyDays: integer(fields["everyDays"], 1, 366),
  };
}

function readWorld(value: unknown): WorldSetup {
  const { seed, rounds, agents } = fieldsOf(value);
  const read = listOf(agents).map((agent) => {
    const { name, kind } = fieldsOf(agent);
    if (typeof kind !== "string" || !Object.hasOwn(agentKinds, kind)) throw new TypeError("no such kind");
    return { name: text(name, 100), kind: kind as AgentKind };
  });
  integer(read.length, worldLimits.agents.min, worldLimits.agents.max);
  if (new Set(read.map(({ name }) => name)).size !== read.length)
    throw new RangeError("a name is taken twice");
  return {
    seed: integer(seed, 0, worldLimits.seed),
    rounds: integer(rounds, worldLimits.rounds.min, worldLimits.rounds.max),
    agents: read,
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw new TypeError("no object");
  return value as Readonly<Record<string, unknown>>;
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value) || value.length > 100) throw new TypeError("no list");
  return value;
}

function integer(value: unknown, min: number, max: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError("no whole number in range");
}

function text(value: unknown, maxLength: number): string {
  if (typeof value === "string" && value !== "" && value.length <= maxLength) return value;
  throw new TypeError("no text");
}

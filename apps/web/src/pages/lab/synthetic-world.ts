/**
 * Worlds made up to learn from: what will happen is drawn first, then each agent sees something of it and speaks as its kind
 * does. All is a function of the seed; each agent has its own stream of chance, so that one more does not change the others.
 */
import { exp } from "@mycroft/ensemble";
import { roundDistribution, uniform } from "./probabilities.ts";
import type { WalkCase } from "./walk-case.ts";

export const agentKinds = {
  good: "Sees part of what is coming, and is as sure as it has reason to be.",
  biased: "Sees as much, and always takes it for better than it is.",
  overconfident: "Sees less, and speaks as if it saw nearly all.",
  drifting: "The best of all, until it breaks: then it reads everything the wrong way round.",
  herding: "Looks at nothing and repeats what the others say on average.",
} as const;

export type AgentKind = keyof typeof agentKinds;

export interface WorldSetup {
  /** 0 to 4,294,967,295. */
  readonly seed: number;
  /** 10 to 400. */
  readonly rounds: number;
  readonly agents: readonly { readonly name: string; readonly kind: AgentKind }[];
}

export const worldLimits = {
  rounds: { min: 10, max: 400 },
  agents: { min: 2, max: 8 },
  seed: 4_294_967_295,
} as const;

export const worldOutcomes = ["down", "flat", "up"] as const;

/** Of what nobody can know, in units of what can be known. */
const chance = 1.2;

/** The share of the rounds after which a drifting agent breaks. */
export const breakAt = 0.45;

const firstDay = Date.UTC(2020, 0, 1);
const dayMs = 86_400_000;
const daysPerRound = 7;

/**
 * In each round a signal `s` and a noise `e` are drawn, both normal; the outcome is in which third `s + chance * e` falls. An
 * agent sees `s` through a noise of its own, and states the probabilities that follow, which for the good kind are calibrated.
 */
export function makeWorld({ seed, rounds, agents }: WorldSetup): readonly WalkCase[] {
  const world = new Chance(seed, 0);
  const own = agents.map((_, index) => new Chance(seed, index + 1));
  return Array.from({ length: rounds }, (_, round) => {
    const signal = world.normal();
    const observed = placeOf(signal + chance * world.normal());
    const isBroken = round >= Math.round(rounds * breakAt);
    const opinions = agents.map(({ kind }, index) => speak(kind, signal, isBroken, own[index] ?? world));
    const herd = meanOf(opinions.filter((opinion) => opinion !== null));
    return {
      id: `round-${round + 1}`,
      on: isoDay(round),
      opinions: agents.map(({ name, kind }, index) => ({
        agent: name,
        version: "1",
        probabilities: opinions[index] ?? herd,
        rationale: agentKinds[kind],
      })),
      abstentions: [],
      outcome: { index: observed, on: isoDay(round + 1) },
    };
  });
}

function isoDay(round: number): string {
  return new Date(firstDay + round * daysPerRound * dayMs).toISOString().slice(0, 10);
}

/** The third of all days in which a state falls: 0, 1 or 2. */
function placeOf(state: number): number {
  return state < -third ? 0 : state > third ? 2 : 1;
}

/** Two thirds of a standard normal lie within 0.9674; a third within 0.4307. */
const third = 0.4307 * Math.sqrt(1 + chance * chance);

/** Null: it has none of its own and joins the herd. The same number of draws for every kind. */
function speak(kind: AgentKind, signal: number, isBroken: boolean, own: Chance): readonly number[] | null {
  const noise = own.normal();
  switch (kind) {
    case "good":
      return believe(signal, noise, { blur: 0.6 });
    case "biased":
      return believe(signal, noise, { blur: 0.6, shift: 0.9 });
    case "overconfident":
      return believe(signal, noise, { blur: 1.2, sureness: 0.35 });
    case "drifting":
      return believe(isBroken ? -signal : signal, noise, { blur: 0.3 });
    case "herding":
      return null;
  }
}

/**
 * What follows from a signal of variance 1 that is seen through a noise of standard deviation `blur`: a normal of mean
 * `x / (1 + blur^2)`, moved by `shift`, its standard deviation multiplied by `sureness`.
 */
function believe(
  signal: number,
  noise: number,
  {
    blur,
    shift = 0,
    sureness = 1,
  }: { readonly blur: number; readonly shift?: number; readonly sureness?: number },
): readonly number[] {
  const precision = 1 / (1 + blur * blur);
  const mean = (signal + blur * noise) * precision + shift;
  const spread = sureness * Math.sqrt(blur * blur * precision + chance * chance);
  const below = normalShare((-third - mean) / spread);
  const above = 1 - normalShare((third - mean) / spread);
  return roundDistribution([below, 1 - below - above, above]);
}

function meanOf(opinions: readonly (readonly number[])[]): readonly number[] {
  if (opinions.length === 0) return uniform(worldOutcomes.length);
  return roundDistribution(
    worldOutcomes.map(
      (_, outcome) => opinions.reduce((sum, opinion) => sum + (opinion[outcome] ?? 0), 0) / opinions.length,
    ),
  );
}

/** The standard normal distribution function, within 1e-7: Abramowitz and Stegun 1964, formula 26.2.17. */
function normalShare(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x > 0 ? 1 - tail : tail;
}

/** A stream of chance: the generator mulberry32, started from the seed and the stream's number. */
class Chance {
  #state: number;

  constructor(seed: number, stream: number) {
    this.#state = (Math.imul(seed ^ Math.imul(stream, 0x9e3779b1), 0x85ebca6b) + stream) >>> 0;
  }

  /** The sum of twelve uniform draws less six: normal enough, and the same wherever it is added up. */
  normal(): number {
    let sum = -6;
    for (let draw = 0; draw < 12; draw += 1) sum += this.#uniform();
    return sum;
  }

  #uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}

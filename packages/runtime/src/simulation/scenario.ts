/** Everything that a seed decides before a simulation starts: the world and its faults, as data that can be cut down. */
import { compile, type JsonValue, type Plan } from "@mycroft/engine";
import { randomWorkflow } from "./random-workflow.ts";
import { SeededRandom } from "./seeded-random.ts";

/** Times are milliseconds after the start of the simulation. */
export interface Scenario {
  readonly seed: number;
  readonly runs: readonly ScenarioRun[];
  /** How many workers each process has, and how many attempts each has in hand at once. */
  readonly workers: number;
  readonly concurrency: number;
  /** The processes that die, one after the other; the one after them is left alone. */
  readonly lives: readonly ScenarioLife[];
  readonly cancels: readonly { readonly runId: string; readonly atMs: number }[];
  /** Jumps of the processes' clock. */
  readonly jumps: readonly { readonly atMs: number; readonly byMs: number }[];
  /** When the store has no room. */
  readonly full: readonly { readonly atMs: number; readonly forMs: number }[];
  readonly slowestCommitMs: number;
  readonly queue: QueueFaults;
  /** The probability that the bus refuses a message. */
  readonly busRefusal: number;
  /** The probability that a result under an old token follows a claim or report. */
  readonly lies: number;
}

export interface ScenarioRun {
  readonly runId: string;
  readonly plan: Plan;
  readonly input: JsonValue;
  readonly atMs: number;
}

export interface ScenarioLife {
  /** When it dies: each effect on the world gives two occasions, before it and after it. */
  readonly occasions: number;
  /** How long nobody is there afterwards. */
  readonly downMs: number;
  /** Whether the queue loses all it holds with it. */
  readonly wipesQueue: boolean;
}

export interface QueueFaults {
  /** The probability that a published message is never delivered. */
  readonly loss: number;
  /** The probability that it is delivered twice. */
  readonly repetition: number;
  /** The probability that a publication is refused. */
  readonly refusal: number;
  readonly slowestMs: number;
}

const hourMs = 3_600_000;

export function scenarioOf(seed: number): Scenario {
  const random = new SeededRandom(seed).stream("scenario");
  const some = <T>(most: number, make: () => T): readonly T[] =>
    Array.from({ length: random.below(most + 1) }, make);
  const maybe = (most: number): number => (random.chance(0.5) ? random.next() * most : 0);
  const plans = Array.from({ length: 1 + random.below(3) }, (_, index) =>
    compile(randomWorkflow(random.stream(`workflow ${index}`), `w${index}`)),
  );
  const runs = Array.from({ length: 1 + random.below(4) }, (_, index) => randomRun(random, plans, index));
  return {
    seed,
    runs,
    workers: 1 + random.below(2),
    concurrency: 1 + random.below(4),
    lives: random.chance(0.8) ? some(5, () => randomLife(random)) : [],
    cancels: random.chance(0.3)
      ? runs
          .filter(() => random.chance(0.6))
          .map(({ runId, atMs }) => ({ runId, atMs: atMs + random.below(random.pick([100, 5_000, 60_000])) }))
      : [],
    jumps: random.chance(0.2)
      ? some(2, () => ({ atMs: random.below(60_000), byMs: random.below(2 * hourMs) - hourMs }))
      : [],
    full: random.chance(0.2)
      ? some(2, () => ({ atMs: random.below(60_000), forMs: random.below(60_000) }))
      : [],
    slowestCommitMs: random.pick([0, 0, 5, 3_000]),
    queue: {
      loss: maybe(0.2),
      repetition: maybe(0.4),
      refusal: maybe(0.2),
      slowestMs: random.pick([0, 20, 30_000]),
    },
    busRefusal: maybe(0.3),
    lies: maybe(0.5),
  };
}

function randomRun(random: SeededRandom, plans: readonly Plan[], index: number): ScenarioRun {
  const [first] = plans;
  const plan = plans[index % plans.length] ?? first;
  if (plan === undefined) throw new Error("There is a plan.");
  const list = Array.from({ length: random.below(5) }, (_, at) => at);
  const atMs = random.below(random.pick([1, 1_000, 30_000]));
  return { runId: `run-${index + 1}`, plan, input: { size: random.below(4), list }, atMs };
}

function randomLife(random: SeededRandom): ScenarioLife {
  return {
    occasions: 1 + random.below(random.pick([6, 30, 80])),
    downMs: random.below(random.pick([1, 10_000, 600_000])),
    wipesQueue: random.chance(0.3),
  };
}

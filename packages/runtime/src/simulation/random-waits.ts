/** Random steps that wait: for a person's verdict, for a signal, or for time (E8, E9). */
import type { ApproveStep, Expression, SleepStep, StepDefinition, WaitForStep } from "@mycroft/engine";
import { startAt } from "./scenario.ts";
import type { SeededRandom } from "./seeded-random.ts";

type Base = Pick<StepDefinition, "name" | "after" | "when">;

interface Place {
  /** The steps in whose bodies it lies, outermost first. */
  readonly bodies: readonly string[];
  readonly expression: () => Expression;
}

type Kind = (random: SeededRandom, base: Base, place: Place) => StepDefinition;

/** Longer than a person takes, as a rule, and shorter. */
const patienceMs = [5_000, 60_000, 3_600_000] as const;

export function randomWait(random: SeededRandom, base: Base, place: Place): StepDefinition {
  const kinds: readonly [Kind, ...Kind[]] = [approve, waitFor, waitFor, sleep];
  return random.pick(kinds)(random, base, place);
}

function approve(random: SeededRandom, base: Base, { expression }: Place): ApproveStep {
  return {
    ...base,
    kind: "approve",
    input: expression(),
    onReject: random.pick(["fail", "continue"]),
    ...(random.chance(0.4)
      ? { timeoutMs: random.pick(patienceMs), default: random.pick(["approve", "reject"]) }
      : {}),
  };
}

/** Signals of one name may be waited for by several steps and several tasks of one step. */
function waitFor(random: SeededRandom, base: Base, { bodies, expression }: Place): WaitForStep {
  const body = bodies.at(-1);
  const keys: readonly [Expression | null, ...Expression[]] = [
    null,
    { kind: "const", value: "east" },
    ...(body === undefined ? [] : ([{ kind: "index", of: body }] as const)),
  ];
  const key = random.pick(keys);
  const fallback = random.chance(0.5) ? { default: expression() } : {};
  return {
    ...base,
    kind: "waitFor",
    signal: random.pick(["news", "prices"]),
    ...(key === null ? {} : { key }),
    ...(random.chance(0.4) ? { timeoutMs: random.pick(patienceMs), ...fallback } : {}),
  };
}

function sleep(random: SeededRandom, base: Base, { bodies }: Place): SleepStep {
  const body = bodies.at(-1);
  if (random.chance(0.25)) {
    const until = new Date(startAt + random.below(1_800_000)).toISOString();
    return { ...base, kind: "sleep", until: { kind: "const", value: until } };
  }
  const durations: readonly [Expression, ...Expression[]] = [
    { kind: "const", value: random.pick([0, 2_000, 90_000, 1_800_000]) },
    { kind: "input", path: ["size"] },
    ...(body === undefined ? [] : ([{ kind: "index", of: body }] as const)),
  ];
  return { ...base, kind: "sleep", durationMs: random.pick(durations) };
}

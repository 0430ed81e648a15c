/** The scenario that a seed stands for. Each has a few of the faults and features that there are, so that it stays small. */
import type { JsonValue, StepDefinition, WorkflowDefinition } from "@mycroft/engine";
import { someAgents } from "./agents.ts";
import { type Palette, randomWorkflow } from "./random-workflow.ts";
import {
  intrusions,
  type Scenario,
  type ScenarioBackfill,
  type ScenarioCancel,
  type ScenarioFork,
  type ScenarioFreeze,
  type ScenarioLetter,
  type ScenarioLife,
  type ScenarioRun,
  type ScenarioSchedule,
  type ScenarioWorkflow,
} from "./scenario.ts";
import { SeededRandom } from "./seeded-random.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export function scenarioOf(seed: number): Scenario {
  const random = new SeededRandom(seed).stream("scenario");
  const some = <T>(most: number, make: () => T): readonly T[] =>
    Array.from({ length: random.below(most + 1) }, make);
  const maybe = (most: number): number => (random.chance(0.5) ? random.next() * most : 0);
  const pools = random.chance(0.3) ? ["narrow", "wide"].slice(0, 1 + random.below(2)) : [];
  const workflows = randomWorkflows(random, pools);
  const schedule = random.chance(0.15) ? randomSchedule(random, workflows) : null;
  const backfill = schedule === null && random.chance(0.1) ? randomBackfill(random, workflows) : null;
  const mostRuns = schedule === null && backfill === null ? 3 : 1;
  const runs = Array.from({ length: 1 + random.below(mostRuns) }, (_, index) =>
    randomRun(random, workflows, index),
  );
  return {
    seed,
    workflows,
    runs,
    workers: 1 + random.below(2),
    concurrency: 1 + random.below(4),
    dispatch: randomDispatch(random, pools),
    lives: random.chance(0.8) ? some(5, () => randomLife(random)) : [],
    cancels: random.chance(0.3) ? runs.flatMap((run) => some(2, () => randomCancel(random, run))) : [],
    forks: random.chance(0.2) ? runs.slice(0, 1).flatMap((run) => randomForks(random, run)) : [],
    letters: random.chance(0.3)
      ? runs.slice(0, 1).flatMap((run) => some(2, () => randomLetter(random, run)))
      : [],
    intrusions: random.chance(0.1)
      ? some(2, () => ({ kind: random.pick(intrusions), atMs: random.below(minuteMs) }))
      : [],
    schedule,
    backfill,
    freezes: random.chance(0.25) ? some(2, () => randomFreeze(random)) : [],
    jumps: random.chance(0.2)
      ? some(2, () => ({ atMs: random.below(minuteMs), byMs: random.below(2 * hourMs) - hourMs }))
      : [],
    full: random.chance(0.2)
      ? some(2, () => ({ atMs: random.below(minuteMs), forMs: random.below(minuteMs) }))
      : [],
    slowestCommitMs: random.pick([0, 0, 5, 3_000]),
    slowestReadMs: random.pick([0, 0, 0, 20, 1_000]),
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

/** The last ones may run those before them as child runs. */
function randomWorkflows(random: SeededRandom, pools: readonly string[]): readonly ScenarioWorkflow[] {
  const isDeployed = random.chance(0.3);
  const hasChildren = random.chance(0.35);
  const count = hasChildren ? 2 + random.below(2) : 1 + random.below(2);
  const names = Array.from({ length: count }, (_, index) => `w${index}`);
  return names.map((name, index) => {
    const children = hasChildren ? names.slice(0, index) : [];
    const palette: Palette = {
      children,
      pools,
      waits: random.chance(0.5),
      repeats: random.chance(0.4),
      heartbeats: random.chance(0.3),
      mostSteps: hasChildren ? 4 : 6,
    };
    const first = randomWorkflow(random.stream(`workflow ${index}`), name, palette);
    return { name, versions: isDeployed ? [first, revised(random, first)] : [first] };
  });
}

/** The same workflow after some work on it: other agents in places, and another step at its end. */
function revised(random: SeededRandom, definition: WorkflowDefinition): WorkflowDefinition {
  const added: StepDefinition = {
    name: "added",
    kind: "call",
    target: { kind: "agent", name: random.pick(someAgents) },
    input: { kind: "input", path: [] },
    timeoutMs: 5_000,
  };
  return { ...definition, steps: [...revisedSteps(random, definition.steps), added] };
}

function revisedSteps(random: SeededRandom, steps: readonly StepDefinition[]): readonly StepDefinition[] {
  return steps.map((step) => {
    if (step.kind === "map" || step.kind === "repeat") {
      return { ...step, steps: revisedSteps(random, step.steps) };
    }
    if (step.kind !== "call" || random.chance(0.5)) return step;
    return { ...step, target: { ...step.target, name: random.pick(someAgents) } };
  });
}

function randomRun(random: SeededRandom, workflows: readonly ScenarioWorkflow[], index: number): ScenarioRun {
  return {
    name: `run-${index + 1}`,
    workflow: lastButOne(workflows, index),
    input: randomInput(random),
    atMs: random.below(random.pick([1, 1_000, 30_000])),
    keyed: random.chance(0.3) ? 1 + random.below(3) : 0,
  };
}

/** The last workflow, which may have children; then the one before it. */
function lastButOne(workflows: readonly ScenarioWorkflow[], index: number): string {
  return workflows[workflows.length - 1 - (index % workflows.length)]?.name ?? "w0";
}

function randomInput(random: SeededRandom): JsonValue {
  return { size: random.below(4), list: Array.from({ length: random.below(5) }, (_, at) => at) };
}

function randomDispatch(random: SeededRandom, pools: readonly string[]): Scenario["dispatch"] {
  const slots = pools.map((name) => [name, { slots: 1 + random.below(3) }] as const);
  const isBounded = pools.length > 0 && random.chance(0.3);
  const limit = { calls: 1 + random.below(3), perMs: random.pick([1_000, 20_000]) };
  return {
    pools: Object.fromEntries(isBounded ? [...slots, ["default", { slots: 2 }] as const] : slots),
    rateLimits: random.chance(0.15) ? { [random.pick(someAgents)]: limit } : {},
    leaseMs: random.pick([15_000, 15_000, 3_000]),
  };
}

function randomLife(random: SeededRandom): ScenarioLife {
  const since = random.pick(["start", "start", "request"]);
  return {
    since,
    occasions: 1 + random.below(since === "start" ? random.pick([6, 30, 80]) : 8),
    downMs: random.below(random.pick([1, 10_000, 600_000])),
    wipesQueue: random.chance(0.3),
    deploys: random.chance(0.5),
  };
}

/** At some time, or the very moment that something has become durable. */
function randomCancel(random: SeededRandom, { name, atMs }: ScenarioRun): ScenarioCancel {
  const isTimed = random.chance(0.5);
  return {
    run: name,
    what: random.pick(["run", "task", "child"]),
    pick: random.below(20),
    atMs: atMs + (isTimed ? random.below(random.pick([100, 5_000, minuteMs])) : 0),
    events: isTimed ? 0 : random.below(8),
  };
}

function randomForks(random: SeededRandom, { name }: ScenarioRun): readonly ScenarioFork[] {
  return Array.from({ length: 1 + random.below(2) }, (_, number) => ({
    run: name,
    number: number + 1,
    kind: random.pick(["fork", "fork", "retry"]),
    pick: random.below(20),
    input: random.chance(0.4) ? randomInput(random) : null,
    afterMs: random.below(random.pick([1, 10_000])),
  }));
}

function randomLetter(random: SeededRandom, { name, atMs }: ScenarioRun): ScenarioLetter {
  return {
    run: name,
    signal: random.pick(["news", "prices"]),
    key: random.pick([null, null, "east", "0", "1"]),
    atMs: atMs + random.below(random.pick([100, 10_000])),
  };
}

function randomSchedule(random: SeededRandom, workflows: readonly ScenarioWorkflow[]): ScenarioSchedule {
  const everyMinutes = 1 + random.below(2);
  return {
    workflow: lastButOne(workflows, random.below(2)),
    everyMinutes,
    firings: 1 + random.below(5),
    atMs: (random.below(6) - 2) * everyMinutes * minuteMs,
    catchUp: random.pick(["all", "all", "latest", "none"]),
    overlap: random.pick(["allow", "skip", "queue", "cancelOld"]),
    pauses: random.chance(0.3)
      ? [{ atMs: random.below(4 * minuteMs), forMs: random.below(6 * minuteMs) }]
      : [],
  };
}

function randomBackfill(random: SeededRandom, workflows: readonly ScenarioWorkflow[]): ScenarioBackfill {
  const days = 1 + random.below(5);
  return {
    workflow: lastButOne(workflows, random.below(2)),
    // Its last day is over, wherever the clock is set.
    daysAgo: days + 1 + random.below(3),
    days,
    concurrency: 1 + random.below(3),
    newestFirst: random.chance(0.3),
    atMs: random.below(10_000),
    cancelAtMs: random.chance(0.4) ? random.below(random.pick([15_000, minuteMs])) : null,
  };
}

/** The first worker always wakes up: somebody has to do the work. */
function randomFreeze(random: SeededRandom): ScenarioFreeze {
  const worker = random.below(2);
  const forMs = random.below(random.pick([10_000, 2 * minuteMs]));
  return {
    worker,
    executions: 1 + random.below(3),
    forMs: worker > 0 && random.chance(0.6) ? null : forMs,
  };
}

/** Runs seeds one after the other, and tells of each that breaks a rule what it takes to see why. */
import { setImmediate } from "node:timers/promises";
import type { AnyVariant } from "./any-variant.ts";
import { clusterScenarioOf } from "./cluster/random-cluster.ts";
import { scenarioOf } from "./random-scenario.ts";
import { rules } from "./rules.ts";
import type { Scenario } from "./scenario.ts";
import { type Shrunk, shrink } from "./shrink.ts";
import { type SimulationFigures, simulate } from "./simulate.ts";

/** What a seed is a scenario of: one process after the other, or several that share a store. */
export type SimulatedHost = "embedded" | "shared";

const scenariosOf = { embedded: scenarioOf, shared: clusterScenarioOf } as const;

export interface SeedsOptions {
  /** `embedded` unless given. */
  readonly host?: SimulatedHost;
  readonly from: number;
  readonly count: number;
  readonly variant?: AnyVariant | undefined;
  /** Called after each seed. */
  readonly onSeed?: (seed: number) => void;
}

export interface SeedsReport {
  /** What to tell a person of the first seed that broke a rule; null when none did. */
  readonly failure: { readonly seed: number; readonly rule: string; readonly text: string } | null;
  readonly figures: SimulationFigures;
}

/** Stops at the first seed that breaks a rule. */
export async function runSeeds({
  host = "embedded",
  from,
  count,
  variant,
  onSeed,
}: SeedsOptions): Promise<SeedsReport> {
  let figures: SimulationFigures = noFigures;
  for (let seed = from; seed < from + count; seed += 1) {
    const scenario = scenariosOf[host](seed);
    const report = await simulate(scenario, { variant });
    figures = added(figures, report.figures);
    if (report.violation !== null) {
      const rule = rules[report.violation.rule];
      return { failure: { seed, rule, text: describeFailure(await shrink(scenario, variant)) }, figures };
    }
    onSeed?.(seed);
    // A simulation is one long microtask: others get their turn, such as a signal to stop.
    await setImmediate();
  }
  return { failure: null, figures };
}

const noFigures: SimulationFigures = {
  runs: 0,
  childRuns: 0,
  forks: 0,
  firings: 0,
  events: 0,
  ignored: 0,
  deaths: 0,
  steps: 0,
  cancelled: 0,
  timedOut: 0,
  answers: 0,
};

function added(a: SimulationFigures, b: SimulationFigures): SimulationFigures {
  const names = Object.keys(noFigures) as readonly (keyof SimulationFigures)[];
  return Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as unknown as SimulationFigures;
}

function describeFailure({ scenario, report: { violation, trace } }: Shrunk): string {
  const { seed, workflows, ...rest } = scenario;
  const host = scenario.cluster === undefined ? "" : "--host shared ";
  return [
    `Seed ${seed} breaks the rule "${violation === null ? "" : rules[violation.rule]}": ${violation?.detail ?? ""}`,
    `To run it again: npm run simulate -- ${host}--seeds 1 --from ${seed}`,
    "The smallest scenario found that breaks it too:",
    ...workflows.flatMap(describeWorkflow),
    ...Object.entries(rest).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`),
    "To pin it, add this line to pinned-scenarios.jsonl, and say in it what it found:",
    JSON.stringify({ found: "", scenario }),
    "What happens in it:",
    ...trace.map((line) => `  ${line}`),
  ].join("\n");
}

function describeWorkflow({ name, versions }: Scenario["workflows"][number]): readonly string[] {
  return versions.map(
    (definition, version) => `  ${name}, version ${version + 1}: ${JSON.stringify(definition)}`,
  );
}

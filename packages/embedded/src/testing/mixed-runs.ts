/**
 * The runs that are worked on, 50 in a wave, with what a schedule and a backfill start beside them; all under start keys,
 * which are their ids too, so that every process that is started knows what it has to ask for.
 */
import type { BackfillRequest, ScheduleDefinition, StartRun } from "@mycroft/runtime";
import { retrySuffix } from "./mixed-gateway.ts";
import { plansOf } from "./mixed-workflows.ts";

type MixedWorkflow = keyof typeof plansOf;

/** How many runs of each a wave has. */
const counts: Readonly<Record<Exclude<MixedWorkflow, "daily">, number>> = {
  panel: 7,
  debate: 6,
  family: 8,
  people: 7,
  sleepy: 5,
  stopped: 9,
  dropped: 4,
  failing: 2,
  hasty: 2,
};

export interface MixedRun extends StartRun {
  readonly startKey: string;
  readonly workflow: MixedWorkflow;
}

const common = { asOf: "2010-02-26", provenance: { codeVersion: "test" } };

export function runsOfWave(wave: number): readonly MixedRun[] {
  return Object.entries(counts).flatMap(([name, count]) =>
    Array.from({ length: count }, (_, index) => mixedRun(name as MixedWorkflow, wave, index)),
  );
}

function mixedRun(workflow: MixedWorkflow, wave: number, index: number): MixedRun {
  const [plan, ...childPlans] = plansOf[workflow];
  const startKey = `wave-${wave}/${workflow}-${index}`;
  const size = 3 + ((wave + index) % 3);
  const input =
    workflow === "panel"
      ? Array.from({ length: size }, (_, item) => `${startKey} ${item}`)
      : { rounds: size, of: startKey };
  const tags = [`wave-${wave}`];
  return { workflow, plan, childPlans, input, startKey, tags, ...common };
}

const probePrefix = "probe/";

/** A run that somebody asks for to see whether runs can be started. It is none of those that there are to be. */
export function probe(name: string): StartRun {
  const [plan] = plansOf.daily;
  return { plan, input: name, startKey: `${probePrefix}${name}`, ...common };
}

export function isProbe(runId: string): boolean {
  return runId.startsWith(probePrefix);
}

/** A run that is started from another one that failed; null when nobody does that. */
export function retryOf(runId: string, workflow: string): string | null {
  const isRetried = workflow === "failing" && !runId.endsWith(retrySuffix);
  return isRetried ? `${runId}${retrySuffix}` : null;
}

const [daily] = plansOf.daily;
const minutes = 6;

/** All its firings lie in the past: they are caught up with, one after the other. */
export const schedule: ScheduleDefinition = {
  name: "minutes",
  workflow: { name: daily.workflow.name, plan: daily, plans: plansOf.daily },
  cron: "* * * * *",
  timeZone: "UTC",
  calendar: null,
  startAt: "2010-01-04T09:00:00Z",
  endAt: `2010-01-04T09:0${minutes - 1}:00Z`,
  catchUp: "all",
  overlap: "queue",
  tags: [],
  startFor: ({ scheduledAt, date }) => ({ input: scheduledAt, asOf: date }),
};

export const backfill: BackfillRequest & { readonly id: string } = {
  id: "days",
  target: { kind: "workflow", name: "daily", input: null, calendar: null },
  from: "2010-01-04",
  to: "2010-01-07",
  concurrency: 2,
};

/** What the backfill's target stands for. */
export const backfilled: ScheduleDefinition = { ...schedule, name: "days", cron: "0 0 * * *" };

/** The start keys of what the schedule and the backfill start. */
const firings: readonly string[] = [
  ...Array.from({ length: minutes }, (_, minute) => `schedule/minutes/2010-01-04T09:0${minute}:00.000Z`),
  ...[4, 5, 6, 7].map((day) => `backfill/days/2010-01-0${day}T00:00:00.000Z`),
];

/** Every run that there is to be in the end, without child runs. */
export function expectedRuns(waves: number): ReadonlySet<string> {
  const expected = new Set(firings);
  for (let wave = 1; wave <= waves; wave += 1) {
    for (const { startKey, workflow } of runsOfWave(wave)) {
      expected.add(startKey);
      const retry = retryOf(startKey, workflow);
      if (retry !== null) expected.add(retry);
    }
  }
  return expected;
}

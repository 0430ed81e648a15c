/** A backend over a host of this process, in memory unless a store is given: real runs, schedules and backfills of a project, for tests. */
import { InProcessBus, InProcessQueue } from "@mycroft/embedded";
import type { JsonValue } from "@mycroft/engine";
import { policies } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import { createInProcessGateway } from "@mycroft/gateways";
import {
  Backfills,
  type BackfillTarget,
  type Host,
  MemoryStore,
  type RunUpdate,
  readRun,
  replayRun,
  runUpdatesTopic,
  Scheduler,
  type Store,
  SystemClock,
  startHost,
} from "@mycroft/runtime";
import type { MarketData, Project } from "@mycroft/sdk";
import type { Backend } from "../backend.ts";
import type { Controls, WorkflowStart } from "../operations/index.ts";

export interface TestBackendOptions {
  readonly project: Project;
  readonly market?: MarketData | null;
  /** Closed with the backend; one in memory unless given. */
  readonly store?: Store;
  readonly experiments?: Backend["experiments"];
}

export interface TestBackend {
  readonly backend: Backend;
  readonly host: Host;
  /** What nobody was told of in full: a test that expects nothing of the kind asserts that it is empty. */
  readonly errors: readonly MycroftError[];
  close(): Promise<void>;
}

const usualDay = "2024-01-02";

export async function openTestBackend(options: TestBackendOptions): Promise<TestBackend> {
  const { project, market = null, experiments = noExperiments } = options;
  const clock = new SystemClock();
  const store = options.store ?? new MemoryStore({ now: () => clock.now() });
  const errors: MycroftError[] = [];
  const onError = (error: MycroftError) => void errors.push(error);
  const listeners = new Set<(update: RunUpdate) => void>();
  const bus = new InProcessBus({ clock });
  await bus.subscribe(runUpdatesTopic, { from: "new" }, async ({ body }) => {
    for (const listener of listeners) listener(body as unknown as RunUpdate);
  });
  const { agents, functions, pools, rateLimits } = project;
  const known = [...policies, ...project.policies];
  const gateway = createInProcessGateway({ agents, functions, policies: known, market });
  const host = await startHost(
    { store, queue: new InProcessQueue(), bus, clock, gateway },
    { dispatch: { pools, rateLimits }, onError },
  );
  const controls = await openControls(host, project, market, onError);
  const pure = new Set(functions.filter((one) => one.pure).map(({ name }) => name));
  const backend: Backend = {
    controls,
    project,
    version: "0.0.0-test",
    place: { kind: "folder", text: "memory" },
    market: () => market,
    onUpdate: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    replay: async (runId) =>
      replayRun(
        await readRun(store, runId),
        gateway,
        ({ kind, name }) => kind === "policy" || pure.has(name),
      ),
    experiments,
    onError,
  };
  return {
    ...{ backend, host, errors },
    close: async () => {
      await controls.scheduler.close();
      await controls.backfills.close();
      await host.close();
    },
  };
}

async function openControls(
  { orchestrator, store, clock }: Host,
  project: Project,
  market: MarketData | null,
  onError: (error: MycroftError) => void,
): Promise<Controls> {
  const provenance = { codeVersion: "test", ...(market === null ? {} : { dataHash: market.hash }) };
  const { schedules } = project;
  const common = { store, runs: orchestrator, clock, provenance, onError };
  const resolve = ({ kind, name }: BackfillTarget) => {
    const found = kind === "schedule" ? schedules.find((schedule) => schedule.name === name) : undefined;
    if (found !== undefined) return found;
    throw new MycroftError("SCHEDULE_UNKNOWN", `There is no schedule ${JSON.stringify(name)}.`);
  };
  const startWorkflow = async ({ workflow: name, input, asOf = usualDay, ...naming }: WorkflowStart) => {
    const workflow = project.workflows.find((one) => one.name === name);
    if (workflow === undefined) {
      throw new MycroftError("WORKFLOW_UNKNOWN", `There is no workflow ${JSON.stringify(name)}.`);
    }
    const { plan, plans: childPlans } = workflow;
    const parsed = workflow.parseInput(input) as JsonValue;
    return orchestrator.startRun({ plan, childPlans, input: parsed, asOf, provenance, ...naming });
  };
  return {
    store,
    orchestrator,
    listPools: async () => orchestrator.pools,
    scheduler: await Scheduler.open({ ...common, schedules, onNotice: () => {} }),
    backfills: await Backfills.open({ ...common, resolve }),
    startWorkflow,
    obstacleTo: async () => null,
  };
}

const unwanted = async (): Promise<never> => {
  throw new MycroftError("AGENT_UNKNOWN", "This test has no experiments.");
};
const noExperiments: Backend["experiments"] = {
  backtest: unwanted,
  backtestDay: unwanted,
  evaluation: unwanted,
};

/**
 * Runs one workflow to its end in this process, with its record in memory: for trying things out, for notebooks and for
 * tests. Orchestrator, worker and gateway are those that run everywhere else; only the store forgets.
 */
import type { JsonValue } from "@mycroft/engine";
import { isErrorCode, MycroftError } from "@mycroft/errors";
import {
  type Clock,
  type Gateway,
  type Host,
  MemoryStore,
  Messenger,
  type RunRecord,
  readRun,
  type StartRun,
  type Store,
  SystemClock,
  startHost,
} from "@mycroft/runtime";
import type { MarketData, Project, ProjectConfig, Workflow } from "@mycroft/sdk";
import { InProcessBus } from "./in-process-bus/in-process-bus.ts";
import { InProcessQueue } from "./in-process-queue.ts";

export interface InMemoryOptions
  extends Pick<ProjectConfig, "agents" | "functions" | "policies" | "pools" | "rateLimits"> {
  /** What agents see; nothing unless given. */
  readonly data?: MarketData;
  /**
   * The day beyond which nothing may look, `YYYY-MM-DD`. Unless given: the input's own `asOf`, else the last day of the
   * data, else today (UTC).
   */
  readonly asOf?: string;
}

export interface FinishedRun<Output> {
  readonly output: Output;
  /** All that there is to know of the run: to be explained, replayed, or compared with another. */
  readonly record: RunRecord;
}

/**
 * @param input as a caller may write it; defaults are filled in.
 * @throws {MycroftError} INPUT_INVALID (the input), PLAN_UNKNOWN_TARGET (an agent, function or policy that is not
 *   there), POOL_UNKNOWN, CONFIG_INVALID (two of one name), or the code with which the run failed.
 */
export async function runInMemory<Input, Output, Given>(
  workflow: Workflow<Input, Output, Given>,
  input: NoInfer<Given>,
  { data, asOf, ...brought }: InMemoryOptions = {},
): Promise<FinishedRun<Output>> {
  const parsed = workflow.parseInput(input) as JsonValue;
  const project = await readProject({ workflows: [workflow], ...brought });
  const clock = new SystemClock();
  const store = new MemoryStore({ now: () => clock.now() });
  const bus = new InProcessBus({ clock });
  const messenger = new Messenger({ bus, store, clock });
  const gateway = await openGateway(project, { store, clock, messenger, market: data ?? null });
  const { pools, rateLimits } = project;
  const host = await startHost(
    { store, queue: new InProcessQueue(), bus, clock, gateway },
    { dispatch: { pools, rateLimits } },
  );
  try {
    const record = await runToEnd(host, {
      plan: workflow.plan,
      childPlans: workflow.plans,
      input: parsed,
      asOf: asOf ?? statedDay(parsed) ?? data?.lastDate ?? new Date(clock.now()).toISOString().slice(0, 10),
      provenance: { codeVersion: "in memory", ...(data === undefined ? {} : { dataHash: data.hash }) },
    });
    // A workflow that compiled gives what its type says: every step's output was checked against its schema.
    return { output: outputOf(record) as Output, record };
  } finally {
    await messenger.close();
    await host.close();
  }
}

// What follows loads packages only when it is called, since whoever comes to this package for a store should not wait for them.

async function readProject(config: ProjectConfig): Promise<Project> {
  const { checkProject, defineConfig } = await import("@mycroft/sdk");
  const project = defineConfig(config);
  checkProject(project);
  return project;
}

interface Surroundings {
  readonly store: Store;
  readonly clock: Clock;
  readonly messenger: Messenger;
  readonly market: MarketData | null;
}

/** It uses earlier results where steps allow that, as everywhere else: within one run, since the store ends with it. */
async function openGateway(
  project: Project,
  { store, clock, messenger, market }: Surroundings,
): Promise<Gateway> {
  const [{ cachingGateway, createInProcessGateway, serveAgents }, { policies }] = await Promise.all([
    import("@mycroft/gateways"),
    import("@mycroft/ensemble"),
  ]);
  const { agents, functions } = project;
  const gateway = createInProcessGateway({
    agents,
    functions,
    policies: [...policies, ...project.policies],
    market,
    messenger,
  });
  await serveAgents(messenger, { agents, marketOf: () => market });
  return cachingGateway(gateway, { store, clock, dataHash: market?.hash ?? null });
}

async function runToEnd({ orchestrator, store }: Host, start: StartRun): Promise<RunRecord> {
  const runId = await orchestrator.startRun(start);
  await orchestrator.waitFor(runId);
  return readRun(store, runId);
}

function statedDay(input: JsonValue): string | null {
  const day: unknown = typeof input === "object" && input !== null ? Reflect.get(input, "asOf") : null;
  return typeof day === "string" ? day : null;
}

function outputOf({ header, state }: RunRecord): JsonValue {
  const { result } = state;
  if (result?.status === "succeeded") return result.output;
  if (result?.status !== "failed") {
    throw new MycroftError("RUN_CANCELLED", `Run ${header.runId} of ${header.workflow} was cancelled.`);
  }
  const { code, message, retryable, details } = result.error;
  // An agent may have a code of its own.
  const known = isErrorCode(code) ? code : "TASK_FAILED";
  throw new MycroftError(known, `Run ${header.runId} of ${header.workflow} failed: ${message}`, {
    retryable,
    details: { ...details, code, runId: header.runId },
  });
}

/**
 * The host of a command that runs workflows: the embedded store, an orchestrator, a worker and the agents of this
 * process. It resumes what an interrupted command left behind, shows how everything comes along, and ends in good order
 * whether the work succeeds, fails or is interrupted.
 */
import { InProcessBus, InProcessQueue, openSqliteStore, SystemClock } from "@mycroft/embedded";
import { describeTasks, type JsonValue } from "@mycroft/engine";
import { policies } from "@mycroft/ensemble";
import type { MycroftError } from "@mycroft/errors";
import { createInProcessGateway } from "@mycroft/gateways";
import {
  type Host,
  type Provenance,
  type RunUpdate,
  readRun,
  runUpdatesTopic,
  type Store,
  startHost,
} from "@mycroft/runtime";
import type { MarketData, Project, Workflow } from "@mycroft/sdk";
import { Interrupted } from "../interrupted.ts";
import type { Terminal } from "../text/terminal.ts";
import { readCodeVersion } from "../version.ts";
import { expectedAttempts } from "./expected-attempts.ts";
import { type Interruption, watchForInterruption } from "./interruption.ts";
import { findLeftBehindRuns, type LeftBehindRun } from "./left-behind.ts";
import { RunProgress } from "./run-progress.ts";
import { withholdRuns } from "./withholding-queue.ts";

export interface RunSessionOptions {
  readonly recordFolder: string;
  readonly project: Project;
  /** Null for a project without market data. */
  readonly market: MarketData | null;
  readonly terminal: Terminal;
}

export interface NewSessionRun {
  readonly workflow: Workflow;
  /** As the workflow's `parseInput` gave it. */
  readonly input: JsonValue;
  readonly asOf: string;
}

/**
 * Runs a workflow, and whatever an interrupted command left behind; returns the id of the run when all have settled.
 * @throws {MycroftError} the store's codes; STORE_LOCKED when another process holds it.
 * @throws {Interrupted} when a signal came; the run is then resumed by the next session.
 */
export async function runInSession(options: RunSessionOptions, run: NewSessionRun): Promise<string> {
  const session = await RunSession.open(options);
  const interruption = watchForInterruption({
    onFirst: () => {
      options.terminal.note(
        "Stopping. What is done is kept; the next command that runs something goes on from there.",
      );
      options.terminal.note("Ctrl-C once more stops at once.");
      // Its failure is met again, by whoever waits for the session to close.
      session.close().catch(() => {});
    },
  });
  try {
    return await unlessInterrupted(interruption, session.run(run));
  } finally {
    await session.close();
    interruption.stop();
  }
}

/** What closing did to the work is no failure of its own. */
async function unlessInterrupted<Result>(interruption: Interruption, work: Promise<Result>): Promise<Result> {
  try {
    const result = await work;
    if (interruption.exitCode === null) return result;
  } catch (thrown) {
    if (interruption.exitCode === null) throw thrown;
  }
  throw new Interrupted(interruption.exitCode);
}

class RunSession {
  readonly #host: Host;
  readonly #resumed: readonly string[];
  readonly #terminal: Terminal;
  readonly #progress: RunProgress;
  readonly #provenance: Provenance;
  readonly #storeFailed = Promise.withResolvers<never>();
  #lastWarning = "";
  #closing: Promise<void> | null = null;

  private constructor(
    host: Host,
    resumed: readonly string[],
    { market, terminal }: RunSessionOptions,
    progress: RunProgress,
  ) {
    this.#host = host;
    this.#resumed = resumed;
    this.#terminal = terminal;
    this.#progress = progress;
    this.#provenance = {
      codeVersion: readCodeVersion(),
      ...(market === null ? {} : { dataHash: market.hash }),
    };
    this.#storeFailed.promise.catch(() => {});
  }

  static async open(options: RunSessionOptions): Promise<RunSession> {
    const { recordFolder, project, market, terminal } = options;
    const store = await openSqliteStore({ folder: recordFolder, retentionDays: project.retentionDays });
    try {
      const leftBehind = await findLeftBehindRuns(store, project, market?.hash);
      const progress = new RunProgress(terminal);
      await announce(store, leftBehind, progress, terminal);
      const clock = new SystemClock();
      const bus = new InProcessBus({ clock });
      // The orchestrator publishes run updates and nothing else under this topic.
      await bus.subscribe(runUpdatesTopic, { from: "new" }, async ({ body }) =>
        progress.take(body as unknown as RunUpdate),
      );
      const queue = withholdRuns(new InProcessQueue(), idsOf(leftBehind, true));
      const gateway = createInProcessGateway({
        agents: project.agents,
        functions: project.functions,
        policies: [...policies, ...project.policies],
        market,
      });
      let session: RunSession | null = null;
      const onError = (error: MycroftError) => session?.warn(error);
      const host = await startHost({ store, queue, bus, clock, gateway }, { onError });
      session = new RunSession(host, [...idsOf(leftBehind, false)], options, progress);
      return session;
    } catch (thrown) {
      await store.close();
      throw thrown;
    }
  }

  async run({ workflow, input, asOf }: NewSessionRun): Promise<string> {
    const { orchestrator } = this.#host;
    const { plan } = workflow;
    const runId = await orchestrator.startRun({ plan, input, asOf, provenance: this.#provenance });
    this.#progress.follow(runId, { workflow: workflow.name, expected: expectedAttempts(plan, input) }, []);
    const settled = [...this.#resumed, runId].map(async (one) => {
      const { status } = await orchestrator.waitFor(one);
      if (one !== runId) this.#terminal.note(`Run ${one}, which was resumed, has ended: ${status}.`);
    });
    await Promise.race([Promise.all(settled), this.#storeFailed.promise]);
    return runId;
  }

  /** Closing twice is the same as closing once. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#host.close();
    } finally {
      this.#progress.end();
      await this.#host.store.close();
    }
  }

  /** What a store cannot write for the moment (a full disk) is tried again, and told once; what it never will is the end. */
  warn(error: MycroftError): void {
    if (error === this.#host.orchestrator.failure && !error.retryable) this.#storeFailed.reject(error);
    // While everything is being closed, what finds something closed is no news.
    if (this.#closing !== null && !error.retryable) return;
    const text = `warning: ${error.message}${error.retryable ? " Trying again ..." : ""}`;
    if (text !== this.#lastWarning) this.#terminal.note(text);
    this.#lastWarning = text;
  }
}

function idsOf(runs: readonly LeftBehindRun[], areWithheld: boolean): ReadonlySet<string> {
  const members = runs.filter(({ obstacle }) => (obstacle !== null) === areWithheld);
  return new Set(members.map(({ header }) => header.runId));
}

/** Says what an interrupted command left behind, and what becomes of it. */
async function announce(
  store: Store,
  leftBehind: readonly LeftBehindRun[],
  progress: RunProgress,
  terminal: Terminal,
): Promise<void> {
  for (const { header, obstacle } of leftBehind) {
    const { runId, workflow } = header;
    if (obstacle !== null) {
      terminal.note(
        `Run ${runId} (${workflow}) was interrupted and waits: it ${obstacle}. \`mycroft cancel ${runId}\` gives it up.`,
      );
      continue;
    }
    const { plan, state } = await readRun(store, runId);
    const done = describeTasks(state).filter((task) => task.kind !== "map" && task.status === "succeeded");
    const expected = expectedAttempts(plan, state.input);
    const count = expected === null ? `${done.length} steps` : `${done.length} of ${expected} steps`;
    terminal.note(`Resuming run ${runId} (${workflow}), which was interrupted after ${count}.`);
    progress.follow(
      runId,
      { workflow, expected },
      done.map((task) => task.id),
    );
  }
}

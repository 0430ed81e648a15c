/**
 * The host of a command that works on a run: it holds the store until that run has settled, shows how everything comes
 * along, and ends in good order whether the work succeeds, fails or is interrupted. What an interrupted command left
 * behind goes on meanwhile. A run that only waits, for a person say, is told with the command that answers it; whoever sits
 * at a terminal may wait for it there, and nobody else is kept waiting.
 */

import { describeTasks } from "@mycroft/engine";
import type { MycroftError } from "@mycroft/errors";
import { type RunWait, readStanding } from "@mycroft/record";
import { counted } from "@mycroft/record/text";
import { readRun, type Store } from "@mycroft/runtime";
import type { MarketData } from "@mycroft/sdk";
import type { Invocation } from "../command.ts";
import { Interrupted } from "../interrupted.ts";
import type { FolderProject } from "../project/open-project.ts";
import type { Terminal } from "../text/terminal.ts";
import { expectedAttempts } from "./expected-attempts.ts";
import { type Interruption, watchForInterruption } from "./interruption.ts";
import type { LeftBehindRun } from "./left-behind.ts";
import { MarketFeed } from "./market-feed.ts";
import { rootOf } from "./run-activity.ts";
import { RunProgress } from "./run-progress.ts";
import { StoreHolder } from "./store-holder.ts";
import { waitLines, waitText } from "./wait-lines.ts";

export interface RunSessionOptions {
  readonly open: FolderProject;
  /** Null for a project without market data. */
  readonly market: MarketData | null;
  readonly invocation: Pick<Invocation, "options" | "terminal">;
}

export interface WorkOutcome {
  /** The run that was worked on: when it lies within another, that one. */
  readonly runId: string;
  /** Why this process must not work on it, as the end of a sentence; null when it may. */
  readonly obstacle: string | null;
}

/** How many runs that were left behind are looked at, named and waited for: the newest. */
const shownLeftBehind = 10;
const watchedLeftBehind = 1_000;

/** What a command does while it holds the store. */
export interface Session {
  readonly holder: StoreHolder;
  /** Works on the run until it has settled, or waits and nobody is there to wait with. */
  readonly workOn: (runId: string) => Promise<WorkOutcome>;
}

/**
 * Holds the store while `work` is done, and then until what was left behind has settled or only waits.
 * @throws {MycroftError} what `work` throws; the store's codes; STORE_LOCKED when another process holds it.
 * @throws {Interrupted} when a signal came; what is under way is then resumed by the next session.
 */
export async function inSession<Result>(
  options: RunSessionOptions,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const { terminal } = options.invocation;
  const session = await RunSession.open(options);
  const interruption = watchForInterruption({
    onFirst: () => {
      terminal.note(
        "Stopping. What is done is kept; the next command that runs something goes on from there.",
      );
      terminal.note("Ctrl-C once more stops at once.");
      // Its failure is met again, by whoever waits for the session to close.
      session.close().catch(() => {});
    },
  });
  try {
    return await unlessInterrupted(interruption, session.do(work));
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
  readonly #holder: StoreHolder;
  readonly #invocation: RunSessionOptions["invocation"];
  readonly #terminal: Terminal;
  readonly #progress: RunProgress;
  readonly #storeFailed = Promise.withResolvers<never>();
  #lastWarning = "";
  #closing: Promise<void> | null = null;

  private constructor(
    holder: StoreHolder,
    invocation: RunSessionOptions["invocation"],
    progress: RunProgress,
  ) {
    this.#holder = holder;
    this.#invocation = invocation;
    this.#terminal = invocation.terminal;
    this.#progress = progress;
    this.#storeFailed.promise.catch(() => {});
  }

  static async open({ invocation, market, ...options }: RunSessionOptions): Promise<RunSession> {
    const { terminal } = invocation;
    const progress = new RunProgress(terminal);
    let resumed: ReadonlySet<string> = new Set();
    let session: RunSession | null = null;
    const holder = await StoreHolder.open({
      ...options,
      feed: MarketFeed.fixed(market),
      isStaying: false,
      listener: {
        onLeftBehind: async (leftBehind, store) => {
          resumed = await announce(leftBehind, store, progress, terminal);
        },
        onUpdate: (update) => {
          progress.take(update);
          const { runId, status } = update;
          if (status !== "running" && resumed.has(runId))
            terminal.note(`Run ${runId}, which was resumed, has ended: ${status}.`);
        },
        onWaiting: (runId, waits) => session?.tellWaiting(runId, waits),
        onError: (error) => session?.warn(error),
      },
    });
    for (const runId of resumed) holder.activity.watch(runId);
    session = new RunSession(holder, invocation, progress);
    return session;
  }

  async do<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    const { activity } = this.#holder;
    const done = work({ holder: this.#holder, workOn: (runId) => this.#workOn(runId) });
    const quiet = done.then(() => activity.untilQuiet());
    await Promise.race([quiet, this.#storeFailed.promise]);
    return done;
  }

  /** Says what a run waits for to somebody who is there; a command without anybody says it at its end. */
  tellWaiting(runId: string, waits: readonly RunWait[]): void {
    const { options } = this.#invocation;
    const [first] = waits;
    if (first !== undefined) this.#progress.wait(runId, `waits ${waitText(first)}`);
    if (!this.#terminal.isAttended) return;
    this.#terminal.note(`Run ${runId} waits`);
    for (const line of waitLines(waits, options)) this.#terminal.note(`  ${line}`);
    this.#terminal.note("Ctrl-C ends the waiting here; the run keeps what it has.");
  }

  async #workOn(given: string): Promise<WorkOutcome> {
    const { activity, controls, store } = this.#holder;
    const runId = rootOf(given);
    const obstacle = this.#holder.obstacleOf(runId);
    if (obstacle !== null) return { runId, obstacle };
    await showProgress(runId, store, this.#progress);
    activity.watch(runId);
    const settled = controls.orchestrator.waitFor(runId).then(() => activity.settle(runId));
    // Whoever has nobody to wait with comes back when there is something to do.
    await (this.#terminal.isAttended ? settled : Promise.race([settled, activity.untilWaiting(runId)]));
    return { runId, obstacle: null };
  }

  /** Closing twice is the same as closing once. */
  close(): Promise<void> {
    this.#closing ??= this.#holder.close().finally(() => this.#progress.end());
    return this.#closing;
  }

  /** What a store cannot write for the moment (a full disk) is tried again, and told once; what it never will is the end. */
  warn(error: MycroftError): void {
    if (this.#holder.failure === error) this.#storeFailed.reject(error);
    // While everything is being closed, what finds something closed is no news.
    if (this.#closing !== null && !error.retryable) return;
    const text = `warning: ${error.message}${error.retryable ? " Trying again ..." : ""}`;
    if (text !== this.#lastWarning) this.#terminal.note(text);
    this.#lastWarning = text;
  }
}

/**
 * Says what an interrupted command left behind, and what becomes of it. Runs that only wait are let be.
 * @returns the runs that go on.
 */
async function announce(
  leftBehind: readonly LeftBehindRun[],
  store: Store,
  progress: RunProgress,
  terminal: Terminal,
): Promise<ReadonlySet<string>> {
  const runs = leftBehind.filter(({ header }) => header.parent === null);
  const withheld = runs.filter(({ obstacle }) => obstacle !== null);
  for (const { header, obstacle } of withheld.slice(0, shownLeftBehind)) {
    const { runId, workflow } = header;
    terminal.note(
      `Run ${runId} (${workflow}) was interrupted and waits: it ${obstacle}. \`mycroft cancel ${runId}\` gives it up.`,
    );
  }
  const more = withheld.length - shownLeftBehind;
  if (more > 0) terminal.note(`So do ${more} more; \`mycroft runs --status running\` lists them.`);
  const resumed = new Set<string>();
  const others = runs.filter(({ obstacle }) => obstacle === null);
  for (const { header } of others.slice(0, watchedLeftBehind)) {
    const { runId, workflow } = header;
    if ((await readStanding(store, runId)).kind !== "busy") continue;
    const count = await showProgress(runId, store, progress);
    terminal.note(`Resuming run ${runId} (${workflow}), which was interrupted after ${count}.`);
    resumed.add(runId);
  }
  return resumed;
}

/** Shows how a run comes along from here on; gives how far it is, as `2 of 3 steps`. */
export async function showProgress(runId: string, store: Store, progress: RunProgress): Promise<string> {
  const { header, plan, state } = await readRun(store, runId);
  const done = describeTasks(state).filter((task) => task.kind !== "map" && task.status === "succeeded");
  const expected = expectedAttempts(plan, state.input);
  const ids = done.map((task) => task.id);
  if (state.result === null) progress.follow(runId, { workflow: header.workflow, expected }, ids);
  return expected === null ? counted(done.length, "step") : `${done.length} of ${counted(expected, "step")}`;
}

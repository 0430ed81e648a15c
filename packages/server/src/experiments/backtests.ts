/**
 * Backtests as the API gives them. Their days are on record as the command line's are, so that either goes on where the other
 * one stopped. A report follows from the days: its view is kept, and is made anew when it is not there.
 */
import {
  type BacktestHeading,
  type BacktestPlan,
  type BacktestTargets,
  findBacktest,
  forgetBacktest,
  type GivenSettings,
  listBacktests,
  planBacktest,
} from "@mycroft/backtest";
import type { JsonValue } from "@mycroft/engine";
import { policies } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import type { BacktestBody, BacktestDay, BacktestDetail, BacktestSummary, JobState } from "@mycroft/protocol";
import { wordDecision } from "@mycroft/record";
import type { Store } from "@mycroft/runtime";
import type { MarketData, Project, Workflow } from "@mycroft/sdk";
import { type BacktestView, backtestSummary, backtestView } from "./backtest-view.ts";
import type { ExperimentWork } from "./experiment-work.ts";
import type { JobBoard, JobPorts } from "./job-board.ts";
import { forgetFailure, type KeptFailure, keepFailure, listFailures, readFailure } from "./kept-failures.ts";
import { forgetView, keepView, readView } from "./kept-views.ts";
import type { WorkSlots } from "./work-slots.ts";

const msPerDay = 86_400_000;
/** Policies times agents that are left out: each is a strategy of the report. */
const mostVariants = 100;

export interface BacktestsPorts {
  readonly store: Store;
  readonly project: Project;
  readonly market: () => MarketData | null;
  readonly work: ExperimentWork;
  readonly jobs: JobBoard;
  /** For days that are done again while somebody waits. */
  readonly explanations: WorkSlots;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export class Backtests {
  readonly #ports: BacktestsPorts;
  /** Those that were begun here and are not on record yet, or never came to it. */
  readonly #begun = new Map<string, BacktestHeading>();

  constructor(ports: BacktestsPorts) {
    this.#ports = ports;
  }

  async list(): Promise<readonly BacktestSummary[]> {
    const { store } = this.#ports;
    const headings = await listBacktests(store);
    const failures = await listFailures(store);
    const known = new Set(headings.map(({ id }) => id));
    const begun = this.#begunHeadings().filter(({ id }) => !known.has(id));
    for (const { id } of begun) known.add(id);
    const failed = [...failures.values()].flatMap(({ heading }) => (known.has(heading.id) ? [] : [heading]));
    return [...begun, ...failed, ...headings].map((heading) =>
      backtestSummary(heading, this.#jobOf(heading, failures.get(heading.id) ?? null)),
    );
  }

  /**
   * Starts it, or goes on with it; one that is on record whole only comes back. `isNew` unless it was there already.
   * @throws {MycroftError} WORKFLOW_UNKNOWN, INPUT_INVALID, POLICY_UNKNOWN, DATE_OUT_OF_RANGE, DATA_EMPTY, LIMIT_EXCEEDED.
   */
  async start({
    workflow: name,
    ...given
  }: BacktestBody): Promise<{ readonly summary: BacktestSummary; readonly isNew: boolean }> {
    const { store, jobs } = this.#ports;
    const workflow = this.#workflow(name);
    const stated = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    this.#checkPolicies(given.policies ?? []);
    const plan = planBacktest(workflow, this.#market(), stated as GivenSettings);
    checkVariants(plan);
    const known = (await listBacktests(store)).find(({ id }) => id === plan.id);
    const heading = known ?? headingOf(plan);
    const isNew = known === undefined && jobs.stateOf(plan.id)?.status !== "running";
    if (known === undefined || (await this.#view(known)) === null) this.#begin(heading, () => plan);
    if (known === undefined) this.#begun.set(plan.id, heading);
    return { summary: backtestSummary(heading, jobs.stateOf(plan.id)), isNew };
  }

  /** @throws {MycroftError} NOT_FOUND. */
  async get(given: string): Promise<BacktestDetail> {
    const { jobs } = this.#ports;
    const heading = await this.#find(given);
    const { id } = heading;
    const view = await this.#view(heading);
    if (view === null && heading.reportHash !== null && (jobs.stateOf(id)?.status ?? "done") === "done")
      this.#beginAnew(heading);
    const job = this.#jobOf(heading, await readFailure(this.#ports.store, id));
    return { ...backtestSummary(heading, job), report: view };
  }

  cancel(id: string): Promise<boolean> {
    return this.#ports.jobs.cancel(id);
  }

  async forget(given: string): Promise<void> {
    const { id } = await this.#find(given);
    await this.#ports.jobs.cancel(id);
    await forgetBacktest(this.#ports.store, id);
    await forgetView(this.#ports.store, id);
    await forgetFailure(this.#ports.store, id);
    this.#ports.jobs.forget(id);
    this.#begun.delete(id);
  }

  /**
   * One day again, for each of its variants.
   * @param gone aborts when nobody waits for it any more.
   * @throws {MycroftError} NOT_FOUND; RUN_WITHHELD for other data or workflows; RATE_LIMITED.
   */
  async explainDay(
    { id: given, date, symbol }: { readonly id: string; readonly date: string; readonly symbol: string },
    gone: AbortSignal,
  ): Promise<BacktestDay> {
    const { store, work, explanations } = this.#ports;
    const { id, workflow, settings } = this.#planOf(await findBacktest(store, given));
    const task = { workflow: workflow.name, settings, id, date, symbol };
    const decided = await explanations.run(gone, (signal) => work.backtestDay(task, { store, signal }));
    const variants = decided.map(({ name, agrees, decision }): BacktestDay["variants"][number] => {
      const { headline, sections } = wordDecision(decision);
      return {
        ...{ name, headline, agrees },
        sections: sections.map(({ title, sentences }) => ({ title, sentences: [...sentences] })),
        resolution: decision.resolution as unknown as JsonValue,
      };
    });
    if (variants.length > 0) return { date, symbol, variants };
    throw new MycroftError("NOT_FOUND", `On ${date} nothing was decided on ${symbol}.`, {
      details: { date, symbol },
    });
  }

  /** How it stands here; else why it failed, unless somebody else has brought it to its end since. */
  #jobOf({ id, reportHash }: BacktestHeading, failure: KeptFailure | null): JobState | null {
    return this.#ports.jobs.stateOf(id) ?? (reportHash === null ? (failure?.job ?? null) : null);
  }

  /**
   * Whoever has begun one may ask for it at once: its work, elsewhere, takes a moment to put it on record. One that failed
   * may never have come to it.
   */
  async #find(given: string): Promise<BacktestHeading> {
    try {
      return await findBacktest(this.#ports.store, given);
    } catch (thrown) {
      if (!(thrown instanceof MycroftError) || thrown.code !== "NOT_FOUND") throw thrown;
      const begun = this.#begunHeadings().find(({ id }) => id === given);
      const heading = begun ?? (await readFailure(this.#ports.store, given))?.heading;
      if (heading === undefined) throw thrown;
      return heading;
    }
  }

  /** As long as the board remembers their jobs; one that is done is on record, or was taken from it. */
  #begunHeadings(): readonly BacktestHeading[] {
    for (const id of this.#begun.keys()) {
      const status = this.#ports.jobs.stateOf(id)?.status ?? "done";
      if (status === "done") this.#begun.delete(id);
    }
    return [...this.#begun.values()].reverse();
  }

  /** Null when it is not there (yet). */
  async #view({ id, reportHash }: BacktestHeading): Promise<BacktestView | null> {
    return reportHash === null ? null : readView(this.#ports.store, { id, reportHash });
  }

  /** @param findPlan what it throws, the job fails with. @throws {MycroftError} LIMIT_EXCEEDED. */
  #begin(heading: BacktestHeading, findPlan: () => BacktestPlan): void {
    const { store, jobs, work, project, now } = this.#ports;
    const { id } = heading;
    const keptUntil = () => now() + project.retentionDays * msPerDay;
    const walk = async ({ signal, onProgress }: JobPorts) => {
      await forgetFailure(store, id);
      const { workflow, settings, days } = findPlan();
      onProgress(0, days.length);
      const task = { workflow: workflow.name, settings, id };
      const view = backtestView(await work.backtest(task, { store, signal, onProgress }));
      const { reportHash } = await findBacktest(store, id);
      if (reportHash !== null) await keepView(store, { id, reportHash }, view, keptUntil());
    };
    const onFailed = (job: JobState) => keepFailure(store, { heading, job }, keptUntil());
    jobs.start(id, walk, { onFailed });
  }

  /** It was made by a command, or its view was forgotten: its days are there, and its figures follow from them. */
  #beginAnew(heading: BacktestHeading): void {
    try {
      this.#begin(heading, () => this.#planOf(heading));
    } catch (thrown) {
      // As many jobs as may be: whoever asks again finds it later.
      if (!(thrown instanceof MycroftError) || thrown.code !== "LIMIT_EXCEEDED") throw thrown;
    }
  }

  /** @throws {MycroftError} RUN_WITHHELD for other data or workflows than it was made with. */
  #planOf(heading: BacktestHeading): BacktestPlan {
    const { id, workflow, settings } = heading;
    const plan = planBacktest(this.#workflow(workflow), this.#market(), settings as GivenSettings);
    if (plan.id !== id) throw changed(heading);
    return plan;
  }

  #market(): MarketData {
    const market = this.#ports.market();
    if (market !== null) return market;
    throw new MycroftError(
      "DATA_EMPTY",
      'The project has no market data to walk through. State some in its configuration, such as `data: "bundled"`.',
    );
  }

  #workflow(name: string | undefined): Workflow {
    const { workflows } = this.#ports.project;
    const found = name === undefined ? workflows[0] : workflows.find((workflow) => workflow.name === name);
    if (found !== undefined) return found;
    const known = workflows.map((workflow) => workflow.name);
    throw new MycroftError(
      "WORKFLOW_UNKNOWN",
      `There is no workflow ${JSON.stringify(name ?? "")}; there ${known.length === 1 ? "is" : "are"} ${known.join(", ")}.`,
      { details: { workflow: name ?? null, known } },
    );
  }

  #checkPolicies(chosen: NonNullable<BacktestBody["policies"]>): void {
    const known = targetsOf(this.#ports.project).policies;
    for (const one of chosen) {
      const name = typeof one === "string" ? one : one.policy;
      const found = known.find((policy) => policy.name === name);
      if (found === undefined) {
        const names = known.map((policy) => policy.name);
        throw new MycroftError(
          "POLICY_UNKNOWN",
          `There is no policy ${JSON.stringify(name)}; there are ${names.join(", ")}.`,
          {
            details: { policy: name, known: names },
          },
        );
      }
      // Settings that a policy refuses would fail every day.
      found.configure(typeof one === "string" ? undefined : one.settings);
    }
  }
}

function checkVariants({ variants }: BacktestPlan): void {
  if (variants.length <= mostVariants) return;
  throw new MycroftError(
    "LIMIT_EXCEEDED",
    `These policies, with each of these agents left out in turn, make ${variants.length} variants; no more than ${mostVariants} fit in one backtest. Name fewer.`,
    { details: { limit: "variants", value: variants.length, max: mostVariants } },
  );
}

function targetsOf({ agents, functions, policies: own }: Project): BacktestTargets {
  return { agents, functions, policies: [...policies, ...own] };
}

/** As the record will have it; what is not known before the work has begun is left empty. */
function headingOf({ id, workflow, settings, data, days }: BacktestPlan): BacktestHeading {
  return {
    ...{ format: 1, id, workflow: workflow.name, settings: settings as unknown as JsonValue, plans: [] },
    ...{ dataHash: data.hash, source: data.source, days: days.length, reportHash: null },
  };
}

function changed({ id, source }: BacktestHeading): MycroftError {
  return new MycroftError(
    "RUN_WITHHELD",
    `The data (${source}), the workflow or a policy is not the one that backtest ${id} was made with: it cannot be done again.`,
    { details: { id } },
  );
}

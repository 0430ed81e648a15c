/**
 * Backtests as the API gives them. Their days are on record as the command line's are, so that either goes on where the other
 * one stopped. A report is an artifact under the very hash that the record names, and is made anew when it is not there.
 */
import {
  type BacktestHeading,
  type BacktestReport,
  type BacktestTargets,
  findBacktest,
  forgetBacktest,
  type GivenSettings,
  listBacktests,
  planBacktest,
  readBacktestDays,
  replayDay,
} from "@mycroft/backtest";
import type { JsonValue } from "@mycroft/engine";
import { policies } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import type { BacktestBody, BacktestDay, BacktestDetail, BacktestSummary } from "@mycroft/protocol";
import { readSubjectDecisions, wordDecision } from "@mycroft/record";
import type { Store } from "@mycroft/runtime";
import type { MarketData, Project, Workflow } from "@mycroft/sdk";
import { backtestSummary, reportView } from "./backtest-view.ts";
import type { ExperimentWork } from "./experiment-work.ts";
import type { JobBoard } from "./job-board.ts";

export interface BacktestsPorts {
  readonly store: Store;
  readonly project: Project;
  readonly market: () => MarketData | null;
  readonly work: ExperimentWork;
  readonly jobs: JobBoard;
}

export class Backtests {
  readonly #ports: BacktestsPorts;
  /** Those that were begun here and are not on record yet, or never came to it. */
  readonly #begun = new Map<string, BacktestHeading>();

  constructor(ports: BacktestsPorts) {
    this.#ports = ports;
  }

  async list(): Promise<readonly BacktestSummary[]> {
    const headings = await listBacktests(this.#ports.store);
    const known = new Set(headings.map(({ id }) => id));
    const begun = this.#begunHeadings().filter(({ id }) => !known.has(id));
    return [...begun, ...headings].map((heading) =>
      backtestSummary(heading, this.#ports.jobs.stateOf(heading.id)),
    );
  }

  /**
   * Starts it, or goes on with it; one that is on record whole only comes back.
   * @throws {MycroftError} WORKFLOW_UNKNOWN, INPUT_INVALID, POLICY_UNKNOWN, DATE_OUT_OF_RANGE, DATA_EMPTY, LIMIT_EXCEEDED.
   */
  async start({ workflow: name, ...given }: BacktestBody): Promise<BacktestSummary> {
    const { store, jobs, work } = this.#ports;
    const workflow = this.#workflow(name);
    const stated = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    this.#checkPolicies(given.policies ?? []);
    const plan = planBacktest(workflow, this.#market(), stated as GivenSettings);
    const { id, settings, days } = plan;
    const known = (await listBacktests(store)).find((heading) => heading.id === id);
    if (known === undefined || (await this.#report(known)) === null) {
      const task = { workflow: workflow.name, settings, id };
      jobs.start(id, async ({ signal, onProgress }) => {
        onProgress(0, days.length);
        const report = await work.backtest(task, { store, signal, onProgress });
        await store.putArtifact(report as unknown as JsonValue);
      });
    }
    const heading = known ?? {
      ...{
        format: 1 as const,
        id,
        workflow: workflow.name,
        settings: settings as unknown as JsonValue,
        plans: [],
      },
      ...{ dataHash: plan.data.hash, source: plan.data.source, days: days.length, reportHash: null },
    };
    if (known === undefined) this.#begun.set(id, heading);
    return backtestSummary(heading, jobs.stateOf(id));
  }

  /** @throws {MycroftError} NOT_FOUND. */
  async get(given: string): Promise<BacktestDetail> {
    const { jobs } = this.#ports;
    const heading = await this.#find(given);
    const report = await this.#report(heading);
    if (report === null && heading.reportHash !== null && jobs.stateOf(heading.id)?.status !== "running") {
      // It was made by a command, or its report was forgotten: its days are there, and its figures follow from them.
      await this.#reportAnew(heading);
    }
    const summary = backtestSummary(heading, jobs.stateOf(heading.id));
    return { ...summary, report: report === null ? null : reportView(report) };
  }

  cancel(id: string): Promise<boolean> {
    return this.#ports.jobs.cancel(id);
  }

  async forget(given: string): Promise<void> {
    const { id } = await this.#find(given);
    await this.#ports.jobs.cancel(id);
    await forgetBacktest(this.#ports.store, id);
    this.#ports.jobs.forget(id);
    this.#begun.delete(id);
  }

  /** One day again, for each of its variants. @throws {MycroftError} NOT_FOUND; RUN_WITHHELD for other data or workflows. */
  async explainDay(given: string, date: string, symbol: string): Promise<BacktestDay> {
    const { store, project } = this.#ports;
    const heading = await findBacktest(store, given);
    const plan = planBacktest(
      this.#workflow(heading.workflow),
      this.#market(),
      heading.settings as GivenSettings,
    );
    if (plan.id !== heading.id) throw changed(heading);
    const days = await readBacktestDays(store, heading.id);
    const variants: BacktestDay["variants"] = [];
    for (const { name } of plan.variants) {
      const { record, hash, recordedHash } = await replayDay(
        plan,
        days,
        { date, variant: name },
        targetsOf(project),
      );
      const found = readSubjectDecisions(record).find(({ subject }) => subject === symbol);
      if (found === undefined) continue;
      const { headline, sections } = wordDecision(found);
      variants.push({
        ...{ name, headline, agrees: recordedHash === hash },
        sections: sections.map(({ title, sentences }) => ({ title, sentences: [...sentences] })),
        resolution: found.resolution as unknown as JsonValue,
      });
    }
    if (variants.length > 0) return { date, symbol, variants };
    throw new MycroftError("NOT_FOUND", `On ${date} nothing was decided on ${symbol}.`, {
      details: { date, symbol },
    });
  }

  /** Whoever has begun one may ask for it at once: its work, elsewhere, takes a moment to put it on record. */
  async #find(given: string): Promise<BacktestHeading> {
    try {
      return await findBacktest(this.#ports.store, given);
    } catch (thrown) {
      const begun = this.#begunHeadings().find(({ id }) => id === given);
      if (begun === undefined || !(thrown instanceof MycroftError) || thrown.code !== "NOT_FOUND")
        throw thrown;
      return begun;
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
  async #report({ reportHash }: BacktestHeading): Promise<BacktestReport | null> {
    if (reportHash === null) return null;
    const found = await this.#ports.store.getArtifact(reportHash);
    // Only a report has that hash.
    return found === undefined ? null : (found as unknown as BacktestReport);
  }

  async #reportAnew({ workflow, settings }: BacktestHeading): Promise<void> {
    try {
      await this.start({ ...(settings as object), workflow } as BacktestBody);
    } catch (thrown) {
      // As many jobs as may be: whoever asks again finds it later.
      if (!(thrown instanceof MycroftError) || thrown.code !== "LIMIT_EXCEEDED") throw thrown;
    }
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

function targetsOf({ agents, functions, policies: own }: Project): BacktestTargets {
  return { agents, functions, policies: [...policies, ...own] };
}

function changed({ id, source }: BacktestHeading): MycroftError {
  return new MycroftError(
    "RUN_WITHHELD",
    `The data (${source}), the workflow or a policy is not the one that backtest ${id} was made with: what it decided cannot be done again.`,
    { details: { id } },
  );
}

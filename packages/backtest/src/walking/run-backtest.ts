/** Walks through the days of a backtest, keeps what it finds on record, and goes on where an interrupted one was. */
import { contentHash, type JsonValue } from "@mycroft/engine";
import type { Policy } from "@mycroft/ensemble";
import type { AgentDefinition, FunctionDefinition } from "@mycroft/sdk";
import { BacktestRecord, type BacktestStore, lotDays } from "../record/backtest-record.ts";
import type { DayRecord } from "../record/day-record.ts";
import { type BacktestReport, reportBacktest } from "../report/backtest-report.ts";
import type { BacktestPlan } from "../settings/backtest-settings.ts";
import { decideDay } from "./decide-day.ts";
import { HistoryGateway } from "./history-gateway.ts";

/** Who answers: those of the project, with the policies that come with Mycroft. */
export interface BacktestTargets {
  readonly agents: readonly AgentDefinition[];
  readonly functions: readonly FunctionDefinition[];
  readonly policies: readonly Policy[];
}

/** Decides one day at a time. Which decider takes which day changes no bit of what comes out (E1). */
export type DayDecider = (date: string) => Promise<DayRecord>;

export interface BacktestOptions {
  /** Where it is kept; nowhere unless given. */
  readonly store?: BacktestStore;
  /** Is told how many of the plan's days are done: at first those that were on record, then after each day. */
  readonly onProgress?: (done: number) => void;
  /** Ends it between two days, with the signal's reason; the days on record stay. */
  readonly signal?: AbortSignal;
  /** Others that decide days beside this thread, such as other threads: see `dayDecider`. */
  readonly deciders?: readonly DayDecider[];
}

export interface FinishedBacktest {
  readonly report: BacktestReport;
  readonly days: readonly DayRecord[];
  /** How many days were on record before. */
  readonly resumedAt: number;
}

/** Days that may be decided before the one that is next in turn (P8). */
const mostAhead = 200;

/** A decider in this thread. */
export function dayDecider(plan: BacktestPlan, targets: BacktestTargets): DayDecider {
  const gateway = new HistoryGateway({ ...targets, market: plan.data });
  const end = plan.data.asOf(plan.settings.to);
  return (date) => decideDay(plan, date, gateway, end);
}

/**
 * A backtest that is on record whole is only reported anew.
 * @throws {MycroftError} INPUT_INVALID for an input that the workflow refuses; the store's codes.
 */
export async function runBacktest(
  plan: BacktestPlan,
  targets: BacktestTargets,
  { store, onProgress = () => {}, signal, deciders = [] }: BacktestOptions = {},
): Promise<FinishedBacktest> {
  const record = store === undefined ? null : await BacktestRecord.open(store, plan);
  const days: DayRecord[] = [...(record?.days ?? [])];
  const resumedAt = days.length;
  onProgress(resumedAt);
  if (resumedAt < plan.days.length) {
    const walk = new Walk(plan, days, { record, onProgress, signal });
    await walk.with([dayDecider(plan, targets), ...deciders]);
  }
  const report = reportBacktest(plan, days);
  await record?.finish(contentHash(report as unknown as JsonValue));
  return { report, days, resumedAt };
}

interface Followers {
  readonly record: BacktestRecord | null;
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Hands days out to whoever is free, and takes what comes back in the order of the days. */
class Walk {
  readonly #plan: BacktestPlan;
  /** Those that are done, without a gap. */
  readonly #days: DayRecord[];
  readonly #followers: Followers;
  readonly #early = new Map<number, DayRecord>();
  #next: number;
  #isOver = false;

  constructor(plan: BacktestPlan, days: DayRecord[], followers: Followers) {
    this.#plan = plan;
    this.#days = days;
    this.#followers = followers;
    this.#next = days.length;
  }

  async with(deciders: readonly DayDecider[]): Promise<void> {
    try {
      await Promise.all(deciders.map((decide) => this.#work(decide)));
    } finally {
      this.#isOver = true;
    }
  }

  async #work(decide: DayDecider): Promise<void> {
    for (;;) {
      this.#followers.signal?.throwIfAborted();
      const index = this.#next;
      const date = this.#plan.days[index];
      if (date === undefined || this.#isOver) return;
      if (index - this.#days.length < mostAhead) {
        this.#next += 1;
        this.#early.set(index, await decide(date));
        await this.#takeInOrder();
      }
      // What else this thread has to do (a signal, another decider's day) gets its turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #takeInOrder(): Promise<void> {
    const { record, onProgress } = this.#followers;
    for (let day = this.#early.get(this.#days.length); day !== undefined; ) {
      this.#early.delete(this.#days.length);
      this.#days.push(day);
      const isLast = this.#days.length === this.#plan.days.length;
      const isFull = this.#days.length % lotDays === 0;
      onProgress(this.#days.length);
      if (record !== null && (isLast || isFull)) await this.#keep(record, this.#days.length);
      day = this.#early.get(this.#days.length);
    }
  }

  /** Lots are written one after the other, however many deciders come with days meanwhile. */
  #keep(record: BacktestRecord, until: number): Promise<void> {
    this.#kept = this.#kept.then(() => record.keep(this.#days.slice(record.days.length, until)));
    return this.#kept;
  }

  #kept: Promise<void> = Promise.resolve();
}

/**
 * The work of experiments as the server asks for it: it takes seconds to hours of a processor, so whoever hosts the server
 * does it elsewhere (threads of the project's own), and the server goes on answering meanwhile.
 */
import type { BacktestReport, BacktestSettings, BacktestStore } from "@mycroft/backtest";
import type { Evaluation, ScoreName } from "@mycroft/evaluation";
import type { SubjectDecision } from "@mycroft/record";

export interface BacktestTask {
  readonly workflow: string;
  /** Whole, as `planBacktest` gave them. */
  readonly settings: BacktestSettings;
  /** Of the plan that follows from them: whoever comes to another one must not take part. */
  readonly id: string;
}

/** A day of a backtest that is done again. */
export interface BacktestDayTask extends BacktestTask {
  readonly date: string;
  readonly symbol: string;
}

/** What a variant decides on the company when the day is done again. */
export interface DayAgain {
  /** Of the variant. */
  readonly name: string;
  /** Whether it is the recorded decision; null for a day that is not on record yet. */
  readonly agrees: boolean | null;
  readonly decision: SubjectDecision;
}

export interface EvaluationTask {
  /** The text of a CSV file of forecasts; null for the project's agents on its market data. */
  readonly csv: string | null;
  readonly score: ScoreName | null;
  readonly delayPeriods: number | null;
  readonly seed: number | null;
}

export interface WorkPorts {
  /** Ends the work; what is on record of it stays. */
  readonly signal: AbortSignal;
  /** How much of the whole is done. */
  readonly onProgress: (done: number, total: number) => void;
}

export interface ExperimentWork {
  /**
   * Walks the backtest, or only reports it anew when it is on record whole.
   * @throws {MycroftError} RUN_WITHHELD when the project gives other data or workflows where the work is done.
   */
  backtest(task: BacktestTask, ports: WorkPorts & { readonly store: BacktestStore }): Promise<BacktestReport>;
  /**
   * Only the variants that decided on the company.
   * @throws {MycroftError} NOT_FOUND for a day on which the backtest decides nothing; RUN_WITHHELD as above.
   */
  backtestDay(
    task: BacktestDayTask,
    ports: Pick<WorkPorts, "signal"> & { readonly store: BacktestStore },
  ): Promise<readonly DayAgain[]>;
  /** @throws {MycroftError} the codes of `loadEvaluationData` and `evaluate`. */
  evaluation(task: EvaluationTask, ports: WorkPorts): Promise<Evaluation>;
}

/** What the server's process and a thread that works on an experiment say to each other. Either side is this very code. */
import type { ErrorRecord } from "@mycroft/errors";
import type { BacktestDayTask, BacktestTask, EvaluationTask } from "@mycroft/server";
import type { Invocation } from "../command.ts";

/** What a thread is started with. */
export interface ThreadStart {
  readonly options: Invocation["options"];
  readonly directory: string;
  readonly task:
    | ({ readonly kind: "backtest" } & BacktestTask)
    | ({ readonly kind: "backtestDay" } & BacktestDayTask)
    | ({ readonly kind: "evaluation" } & EvaluationTask);
}

/** The part of the store that a backtest is kept in: the process that holds the store does what the thread asks. */
export const storeCalls = ["getDocument", "putDocument", "listDocuments", "putPlan"] as const;
export type StoreCall = (typeof storeCalls)[number];

export type FromThread =
  | {
      readonly type: "call";
      readonly id: number;
      readonly method: StoreCall;
      readonly values: readonly unknown[];
    }
  | { readonly type: "progress"; readonly done: number; readonly total: number }
  | { readonly type: "finished"; readonly value: unknown }
  | { readonly type: "failed"; readonly error: ErrorRecord };

export type ToThread =
  | { readonly type: "answer"; readonly id: number; readonly value: unknown }
  | { readonly type: "refusal"; readonly id: number; readonly error: ErrorRecord }
  | { readonly type: "stop" };

/** Does one day of a backtest again, with all its events, and holds it against the record (P6). */
import type { RunEvent } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { decisionHash, type RunRecord } from "@mycroft/runtime";
import type { DayRecord } from "../record/day-record.ts";
import type { BacktestPlan } from "../settings/backtest-settings.ts";
import { dayInput, dayRunId, driveVariant } from "./decide-day.ts";
import { HistoryGateway } from "./history-gateway.ts";
import type { BacktestTargets } from "./run-backtest.ts";

export interface ReplayedDay {
  /** As a live run's, to be explained by the same means. */
  readonly record: RunRecord;
  readonly hash: string;
  /** Null when the day is not on record yet. */
  readonly recordedHash: string | null;
}

/**
 * Nothing is remembered from other days: what a walk through all of them learnt on the way is learnt anew.
 * @param days those on record.
 * @throws {MycroftError} NOT_FOUND for a day or a variant that is none of the backtest's.
 */
export async function replayDay(
  plan: BacktestPlan,
  days: readonly DayRecord[],
  { date, variant }: { readonly date: string; readonly variant?: string },
  targets: BacktestTargets,
): Promise<ReplayedDay> {
  if (!plan.days.includes(date)) {
    const near = plan.days.findLast((day) => day < date) ?? plan.days[0];
    throw new MycroftError(
      "NOT_FOUND",
      `The backtest ${plan.id} decides nothing on ${date}; the nearest day before is ${near}.`,
      {
        details: { date, nearest: near },
      },
    );
  }
  const index = variant === undefined ? 0 : plan.variants.findIndex(({ name }) => name === variant);
  const chosen = plan.variants[index];
  if (chosen === undefined) {
    const known = plan.variants.map(({ name }) => name);
    throw new MycroftError(
      "NOT_FOUND",
      `The backtest ${plan.id} has no variant ${JSON.stringify(variant)}; it has ${known.join(", ")}.`,
      {
        details: { variant, known },
      },
    );
  }
  const gateway = new HistoryGateway({ ...targets, market: plan.data });
  gateway.openDay(date);
  const input = dayInput(plan, plan.data.asOf(date));
  const events: RunEvent[] = [];
  const { state, result, endedAt } = await driveVariant(
    plan,
    { index, input, date, onEvent: (event) => events.push(event) },
    gateway,
  );
  const record: RunRecord = {
    header: {
      runId: dayRunId(plan.id, date, index),
      workflow: plan.workflow.name,
      planHash: chosen.plan.hash,
      status: result.status,
      asOf: date,
      provenance: { codeVersion: "backtest", dataHash: plan.data.hash },
      createdAt: state.startedAt ?? endedAt,
      settledAt: endedAt,
      events: events.length,
      tags: [],
      startKey: null,
      parent: null,
      forkedFrom: null,
    },
    plan: chosen.plan,
    events,
    state,
  };
  const recordedHash = days.find((day) => day.date === date)?.variants[index]?.hash ?? null;
  return { record, hash: decisionHash(result), recordedHash };
}

/** Where a backfill stands, as it is kept in the store: what makes each of its runs happen once, whatever crashes. */
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { BackfillTarget } from "./plan-backfill.ts";
import {
  countOf,
  errorOf,
  type Fields,
  type KeptError,
  listOf,
  momentOf,
  objectOf,
  textOf,
} from "./read-fields.ts";
import { momentText } from "./schedule-definition.ts";

export const backfillCollection = "backfills";

export type BackfillStatus = "running" | "cancelling" | "cancelled" | "finished";

export interface BackfillState {
  readonly target: BackfillTarget;
  /** The rule as it was when the backfill began: a later change of the schedule does not shift what is left. */
  readonly cron: string;
  readonly timeZone: string;
  readonly from: string;
  readonly to: string;
  readonly newestFirst: boolean;
  readonly concurrency: number;
  readonly createdAt: number;
  readonly endedAt: number | null;
  readonly status: BackfillStatus;
  readonly planned: number;
  /** The last firing, in the order of the backfill, whose run was started or failed to start; null before the first. */
  readonly place: number | null;
  readonly underWay: readonly BackfillRun[];
  readonly succeeded: number;
  /** Runs that failed, and runs that could not be started. */
  readonly failed: number;
  readonly cancelled: number;
  /** Why runs could not be started: the first ten of them. */
  readonly refusals: readonly Refusal[];
}

export interface BackfillRun {
  readonly at: number;
  readonly runId: string;
}

export interface Refusal {
  readonly at: number;
  readonly error: KeptError;
}

export const keptRefusals = 10;

export function stateJson(state: BackfillState): JsonValue {
  const { createdAt, endedAt, place, underWay, refusals, target, ...rest } = state;
  return {
    ...rest,
    target,
    createdAt: momentText(createdAt),
    endedAt: optional(endedAt),
    place: optional(place),
    underWay: underWay.map(({ at, runId }) => ({ at: momentText(at), runId })),
    refusals: refusals.map(({ at, error }) => ({ at: momentText(at), error })),
  };
}

function optional(at: number | null): string | null {
  return at === null ? null : momentText(at);
}

/** @throws {MycroftError} STORE_DAMAGED when it is not what `stateJson` made. */
export function readState(id: string, value: JsonValue): BackfillState {
  try {
    return stateOf(objectOf(value));
  } catch (cause) {
    throw new MycroftError(
      "STORE_DAMAGED",
      `Where backfill ${id} stands cannot be read: the store holds something else in its place.`,
      { details: { collection: backfillCollection, id }, cause },
    );
  }
}

function stateOf(state: Fields): BackfillState {
  return {
    target: targetOf(objectOf(state["target"])),
    cron: textOf(state["cron"]),
    timeZone: textOf(state["timeZone"]),
    from: textOf(state["from"]),
    to: textOf(state["to"]),
    newestFirst: state["newestFirst"] === true,
    concurrency: countOf(state["concurrency"]),
    createdAt: momentOf(state["createdAt"]),
    endedAt: state["endedAt"] === null ? null : momentOf(state["endedAt"]),
    status: statusOf(state["status"]),
    planned: countOf(state["planned"]),
    place: state["place"] === null ? null : momentOf(state["place"]),
    underWay: listOf(state["underWay"]).map((run) => {
      const { at, runId } = objectOf(run);
      return { at: momentOf(at), runId: textOf(runId) };
    }),
    succeeded: countOf(state["succeeded"]),
    failed: countOf(state["failed"]),
    cancelled: countOf(state["cancelled"]),
    refusals: listOf(state["refusals"]).map((refusal) => {
      const { at, error } = objectOf(refusal);
      return { at: momentOf(at), error: errorOf(error) };
    }),
  };
}

function statusOf(value: JsonValue | undefined): BackfillStatus {
  if (value === "running" || value === "cancelling" || value === "cancelled" || value === "finished")
    return value;
  throw new TypeError("not a status");
}

function targetOf({ kind, name, input, calendar }: Fields): BackfillTarget {
  if (kind === "schedule") return { kind, name: textOf(name) };
  if (kind !== "workflow" || input === undefined) throw new TypeError("not a target");
  return { kind, name: textOf(name), input, calendar: calendar === null ? null : textOf(calendar) };
}

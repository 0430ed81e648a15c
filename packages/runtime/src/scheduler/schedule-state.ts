/** Where a schedule stands, as it is kept in the store: what makes each firing happen once, whatever crashes. */
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
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

export const scheduleCollection = "schedules";

export interface ScheduleState {
  readonly paused: boolean;
  /** The newest firing that was taken in, or when the schedule was first seen. Earlier ones are not looked at again. */
  readonly place: number;
  /** Firings that were taken in and not dealt with yet, oldest first. */
  readonly waiting: readonly number[];
  readonly last: LastFiring | null;
  /** How many firings have not led to a run so far, and why. */
  readonly missed: number;
  readonly overlapping: number;
  readonly failed: number;
}

/** The newest firing that led to a run, or was to. */
export interface LastFiring {
  readonly at: number;
  readonly runId: string | null;
  /** Why there is no run. */
  readonly error: KeptError | null;
}

export function newState(place: number): ScheduleState {
  return { paused: false, place, waiting: [], last: null, missed: 0, overlapping: 0, failed: 0 };
}

export function stateJson({ place, waiting, last, ...rest }: ScheduleState): JsonValue {
  return {
    ...rest,
    place: momentText(place),
    waiting: waiting.map(momentText),
    last: last === null ? null : { ...last, at: momentText(last.at) },
  };
}

/** @throws {MycroftError} STORE_DAMAGED when it is not what `stateJson` made. */
export function readState(name: string, value: JsonValue): ScheduleState {
  try {
    const state = objectOf(value);
    return {
      paused: state["paused"] === true,
      place: momentOf(state["place"]),
      waiting: listOf(state["waiting"]).map(momentOf),
      last: state["last"] === null ? null : readLast(objectOf(state["last"])),
      missed: countOf(state["missed"]),
      overlapping: countOf(state["overlapping"]),
      failed: countOf(state["failed"]),
    };
  } catch (cause) {
    throw new MycroftError(
      "STORE_DAMAGED",
      `Where schedule "${name}" stands cannot be read: the store holds something else in its place.`,
      { details: { collection: scheduleCollection, id: name }, cause },
    );
  }
}

function readLast(last: Fields): LastFiring {
  const { runId, error } = last;
  return {
    at: momentOf(last["at"]),
    runId: runId === null ? null : textOf(runId),
    error: error === null ? null : errorOf(error),
  };
}

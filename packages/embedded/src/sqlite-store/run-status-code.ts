/**
 * How a run's status is kept. The codes begin at 2 because SQLite stores 0 and 1 in no byte at all: a row must not grow
 * when its run settles, or it would have to move out of its full page.
 */
import type { RunStatus } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";

export const runStatusCodes: Readonly<Record<RunStatus, number>> = {
  running: 2,
  succeeded: 3,
  failed: 4,
  cancelled: 5,
};

const statuses = new Map(Object.entries(runStatusCodes).map(([status, code]) => [code, status as RunStatus]));

export function runStatusOf(code: number): RunStatus {
  const status = statuses.get(code);
  if (status === undefined)
    throw new MycroftError("STORE_DAMAGED", `The store holds an unknown run status ${code}.`);
  return status;
}

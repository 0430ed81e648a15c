/** How a run's status is kept: as a number, so that the rows and indices of runs stay short. */
import type { RunStatus } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";

/** Those above that of `running` have settled; an index is made of them. */
export const runStatusCodes: Readonly<Record<RunStatus, number>> = {
  running: 1,
  succeeded: 2,
  failed: 3,
  cancelled: 4,
};

const statuses = new Map(Object.entries(runStatusCodes).map(([status, code]) => [code, status as RunStatus]));

export function runStatusOf(code: number): RunStatus {
  const status = statuses.get(code);
  if (status === undefined)
    throw new MycroftError("STORE_DAMAGED", `The store holds an unknown run status ${code}.`);
  return status;
}

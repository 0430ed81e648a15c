/** The filters of the list of runs as they stand in the page's address. */
import type { RunSummary } from "@mycroft/protocol";

export interface RunFilters {
  readonly workflow?: string;
  readonly status?: RunSummary["status"];
  readonly tag?: string;
  /** The beginning of run ids. */
  readonly prefix?: string;
  /** Child runs of this run. */
  readonly parent?: string;
}

export const runStatuses = [
  "running",
  "succeeded",
  "failed",
  "cancelled",
] as const satisfies readonly RunSummary["status"][];

/** What is not a filter, or no value of it, is as if it were not there. */
export function readFilters(search: URLSearchParams): RunFilters {
  const text = (key: string, most: number) => search.get(key)?.trim().slice(0, most) ?? "";
  const status = runStatuses.find((each) => each === search.get("status"));
  const workflow = text("workflow", 200);
  const tag = text("tag", 100);
  const prefix = text("prefix", 200);
  const parent = text("parent", 200);
  return {
    ...(workflow !== "" && { workflow }),
    ...(status !== undefined && { status }),
    ...(tag !== "" && { tag }),
    ...(prefix !== "" && { prefix }),
    ...(parent !== "" && { parent }),
  };
}

/** A page of runs. Child runs are passed over unless they are asked for, however many they are. */
import type { RunHeader, RunQuery, Store } from "@mycroft/runtime";
import { ownRuns } from "@mycroft/runtime";

export interface RunsQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly workflow?: string | undefined;
  readonly status?: RunQuery["status"] | undefined;
  readonly tag?: string | undefined;
  readonly prefix?: string | undefined;
  readonly parent?: string | undefined;
}

export interface ListedRuns {
  readonly runs: readonly RunHeader[];
  readonly nextCursor: string | null;
}

export async function listRuns(store: Store, asked: RunsQuery): Promise<ListedRuns> {
  const { limit, cursor, workflow, status, tag, prefix, parent } = asked;
  const filters: Omit<RunQuery, "limit" | "parentRunId"> = {
    ...(workflow === undefined ? {} : { workflow }),
    ...(status === undefined ? {} : { status }),
    ...(tag === undefined ? {} : { tag }),
    ...(prefix === undefined || prefix === "" ? {} : { runIdPrefix: prefix }),
    ...(cursor === undefined ? {} : { cursor }),
  };
  if (parent !== undefined) return store.listRuns({ ...filters, parentRunId: parent, limit });
  const runs: RunHeader[] = [];
  for await (const header of ownRuns(store, filters)) {
    // One more than the page says whether there is another one. A cursor is the id of the last run of a page.
    if (runs.length === limit) return { runs, nextCursor: runs.at(-1)?.runId ?? null };
    runs.push(header);
  }
  return { runs, nextCursor: null };
}

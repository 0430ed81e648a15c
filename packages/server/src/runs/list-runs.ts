/** A page of runs. Child runs are passed over unless they are asked for, however many they are. */
import type { RunHeader, RunPage, RunQuery, Store } from "@mycroft/runtime";

/** Pages of the store that one page may be put together from; where that is not enough, it is shorter, and goes on. */
const mostReads = 25;
const mostRows = 1_000;

export interface RunsQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly workflow?: string | undefined;
  readonly status?: RunQuery["status"] | undefined;
  readonly tag?: string | undefined;
  readonly prefix?: string | undefined;
  readonly parent?: string | undefined;
}

export async function listRuns(store: Pick<Store, "listRuns">, asked: RunsQuery): Promise<RunPage> {
  const { limit, cursor, workflow, status, tag, prefix, parent } = asked;
  const filters: Omit<RunQuery, "limit" | "cursor"> = {
    ...(workflow === undefined ? {} : { workflow }),
    ...(status === undefined ? {} : { status }),
    ...(tag === undefined ? {} : { tag }),
    ...(prefix === undefined || prefix === "" ? {} : { runIdPrefix: prefix }),
  };
  if (parent === undefined) return listOwnRuns(store, filters, limit, cursor);
  return store.listRuns({
    ...{ ...filters, parentRunId: parent, limit },
    ...(cursor === undefined ? {} : { cursor }),
  });
}

/** Rows are read in pages that grow where most of them are child runs: few own runs may lie between a great many of those. */
async function listOwnRuns(
  store: Pick<Store, "listRuns">,
  filters: Omit<RunQuery, "limit" | "cursor">,
  limit: number,
  from: string | undefined,
): Promise<RunPage> {
  const runs: RunHeader[] = [];
  let cursor: string | null | undefined = from;
  let rows = limit;
  for (let reads = 0; reads < mostReads && runs.length < limit && cursor !== null; reads += 1) {
    const page: RunPage = await store.listRuns({
      ...filters,
      limit: rows,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const own = page.runs.filter(({ parent }) => parent === null);
    const more = own.slice(0, limit - runs.length);
    runs.push(...more);
    const isCut = more.length < own.length;
    cursor = isCut ? (more.at(-1)?.runId ?? null) : page.nextCursor;
    const last = page.runs.at(-1);
    // Above the parent's own id, and below those of its children, which go on with a full stop: they are passed over at once.
    if (!isCut && cursor !== null && last?.parent !== undefined && last.parent !== null) {
      cursor = `${last.parent.runId}!`;
    }
    rows = Math.min(mostRows, 2 * rows);
  }
  return { runs, nextCursor: cursor ?? null };
}

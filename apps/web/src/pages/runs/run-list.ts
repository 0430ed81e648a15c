/** The list of runs, the newest first, as pages from the server and newer news of its head make it: no run twice, none lost. */
import type { RunSummary } from "@mycroft/protocol";

export interface RunList {
  readonly runs: readonly RunSummary[];
  /** Null when the last page is there; undefined before the first. */
  readonly nextCursor: string | null | undefined;
  /** Places by id, to find and replace runs without searching. */
  readonly places: ReadonlyMap<string, number>;
  /** How many runs have come on top since the list was made. */
  readonly added: number;
}

export const emptyRunList: RunList = { runs: [], nextCursor: undefined, places: new Map(), added: 0 };

/** A page that follows on what there is. */
export function appendPage(
  list: RunList,
  page: { readonly runs: readonly RunSummary[]; readonly nextCursor: string | null },
): RunList {
  const fresh = page.runs.filter(({ runId }) => !list.places.has(runId));
  const places = new Map(list.places);
  for (const [at, run] of fresh.entries()) places.set(run.runId, list.runs.length + at);
  return { ...list, runs: [...list.runs, ...fresh], nextCursor: page.nextCursor, places };
}

/**
 * The newest runs, asked anew: those that are known are renewed where they stand, those that are not go on top. When the
 * head has nothing of the list, runs between the two were missed: then null, and the list is to be made anew.
 */
export function renewHead(list: RunList, head: readonly RunSummary[]): RunList | null {
  if (list.runs.length === 0) return head.length === 0 ? list : null;
  const fresh = head.filter(({ runId }) => !list.places.has(runId));
  if (fresh.length === head.length && head.length > 0) return null;
  const runs = [...list.runs];
  let isChanged = fresh.length > 0;
  for (const run of head) {
    const at = list.places.get(run.runId);
    if (at === undefined || isSame(runs[at], run)) continue;
    runs[at] = run;
    isChanged = true;
  }
  if (!isChanged) return list;
  if (fresh.length === 0) return { ...list, runs };
  const all = [...fresh, ...runs];
  return {
    ...list,
    runs: all,
    places: new Map(all.map(({ runId }, at) => [runId, at])),
    added: list.added + fresh.length,
  };
}

function isSame(left: RunSummary | undefined, right: RunSummary): boolean {
  return (
    left !== undefined &&
    left.status === right.status &&
    left.events === right.events &&
    left.settledAt === right.settledAt
  );
}

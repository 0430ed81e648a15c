import type { RunHeader, Store } from "@mycroft/runtime";

/** Every run of a store, newest first. */
export async function allRuns(store: Store): Promise<readonly RunHeader[]> {
  const runs: RunHeader[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await store.listRuns(cursor === undefined ? { limit: 1_000 } : { limit: 1_000, cursor });
    runs.push(...page.runs);
    cursor = page.nextCursor;
  }
  return runs;
}

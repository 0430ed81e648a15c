/** The runs that a store holds unfinished, and which of them may go on with the data at hand. */
import type { RunHeader, Store } from "@mycroft/runtime";

const pageSize = 1_000;

/** The newest first. */
export async function listUnsettledRuns(store: Store): Promise<readonly RunHeader[]> {
  const found: RunHeader[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const query = { status: "running", limit: pageSize } as const;
    const page = await store.listRuns(cursor === undefined ? query : { ...query, cursor });
    found.push(...page.runs);
    cursor = page.nextCursor;
  }
  return found;
}

/**
 * A run is on record with the data that its agents were shown. With other data it must not go on: its record would say
 * what is not so.
 */
export function partitionByData(
  headers: readonly RunHeader[],
  dataHash: string | undefined,
): { readonly resumable: readonly RunHeader[]; readonly withheld: readonly RunHeader[] } {
  const fits = (header: RunHeader) => header.provenance.dataHash === dataHash;
  return { resumable: headers.filter(fits), withheld: headers.filter((header) => !fits(header)) };
}

/** Puts a record that `recordRun` made into a store; a longer one of the same run replaces a shorter one. */
import { MemoryStore, type RunRecord } from "@mycroft/runtime";

export async function storeOf(...records: readonly RunRecord[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const record of records) await keepRecord(store, record);
  return store;
}

export async function keepRecord(
  store: MemoryStore,
  { header, plan, events, state }: RunRecord,
): Promise<void> {
  const { status: _, settledAt: __, events: ___, ...create } = header;
  const { runId } = header;
  const known = (await store.readEvents(runId)).length;
  const settle =
    state.result === null ? {} : { settle: { status: state.result.status, at: state.settledAt ?? 0 } };
  await store.putPlan(plan);
  const news = events.slice(known);
  await store.append([
    { runId, ...(known === 0 ? { create } : {}), fromSeq: known, events: news, ...settle },
  ]);
}

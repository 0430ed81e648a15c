/**
 * Views of backtests' reports, kept for whoever asks next: what a view is made from may have the tenfold size, and takes
 * seconds to make again. A view that is of another report than the one on record, or of an earlier form, is none.
 */
import type { JsonValue } from "@mycroft/engine";
import type { Store } from "@mycroft/runtime";
import { z } from "zod";
import type { BacktestView } from "./backtest-view.ts";

const collection = "backtest-views";
/** Counted on when a view gets another form. */
const format = 1;

const pointerSchema = z.object({ format: z.literal(format), reportHash: z.string(), viewHash: z.string() });

export interface ViewKey {
  /** Of the backtest. */
  readonly id: string;
  readonly reportHash: string;
}

/** @param expiresAt milliseconds since the epoch. @throws {MycroftError} the store's codes. */
export async function keepView(
  store: Store,
  { id, reportHash }: ViewKey,
  view: BacktestView,
  expiresAt: number,
): Promise<void> {
  const viewHash = await store.putArtifact(view as unknown as JsonValue);
  const value = { format, reportHash, viewHash };
  await store.putDocument({ collection, id, replaces: null, value, expiresAt });
}

/** Null where there is none of this report. */
export async function readView(store: Store, { id, reportHash }: ViewKey): Promise<BacktestView | null> {
  const pointer = pointerSchema.safeParse((await store.getDocument(collection, id))?.value);
  if (!pointer.success || pointer.data.reportHash !== reportHash) return null;
  const view = await store.getArtifact(pointer.data.viewHash);
  // Only a view has that hash.
  return view === undefined ? null : (view as unknown as BacktestView);
}

export async function forgetView(store: Store, id: string): Promise<void> {
  await store.putDocument({ collection, id, replaces: null, value: null });
}

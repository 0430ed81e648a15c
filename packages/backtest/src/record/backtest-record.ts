/**
 * A backtest on record: its settings, and its days in lots. A lot is there whole or not at all, and lots are cut at fixed days,
 * so that a backtest that was killed goes on where it was and ends with the very bytes of one that was not (P3).
 */
import { contentHash, type JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { Store, StoredDocument } from "@mycroft/runtime";
import { z } from "zod";
import type { BacktestPlan } from "../settings/backtest-settings.ts";
import { type DayRecord, dayRecordSchema } from "./day-record.ts";

export type BacktestStore = Pick<Store, "getDocument" | "putDocument" | "listDocuments" | "putPlan">;

/** Collections of the store. */
export const headings = "backtests";
export const lots = "backtest-days";
/** Names the backtest that was run last, whole or not: its only document has the name of the collection. */
export const latest = "backtest-latest";

/** Days of a lot. */
export const lotDays = 10;
/** A document holds 1 MiB of JSON; quotes within a text take two bytes each, other scripts up to three. */
const pieceCharacters = 300_000;

export const headingSchema = z.strictObject({
  format: z.literal(1),
  id: z.string(),
  workflow: z.string(),
  settings: z.custom<JsonValue>((value) => value !== undefined),
  plans: z.array(z.strictObject({ name: z.string(), hash: z.string() })),
  dataHash: z.string(),
  source: z.string(),
  /** Days on which decisions are taken. */
  days: z.number().int(),
  /** The content hash of the report; null until the last day is done. */
  reportHash: z.string().nullable(),
});
export type BacktestHeading = z.infer<typeof headingSchema>;

const pieceSchema = z.strictObject({ pieces: z.number().int().min(1), text: z.string() });
const lotSchema = z.array(dayRecordSchema);

export class BacktestRecord {
  readonly #store: BacktestStore;
  readonly #heading: BacktestHeading;
  readonly #days: DayRecord[] = [];

  private constructor(store: BacktestStore, heading: BacktestHeading) {
    this.#store = store;
    this.#heading = heading;
  }

  /** Opens the record of a backtest, or begins it. @throws {MycroftError} the store's codes; STORE_DAMAGED. */
  static async open(store: BacktestStore, plan: BacktestPlan): Promise<BacktestRecord> {
    const record = new BacktestRecord(store, headingOf(plan));
    if ((await store.getDocument(headings, plan.id)) === undefined) {
      for (const { plan: made, childPlans } of plan.variants) {
        for (const one of new Set([made, ...childPlans])) await store.putPlan(one);
      }
      await store.putDocument({ collection: headings, id: plan.id, replaces: 0, value: record.#heading });
    }
    await store.putDocument({ collection: latest, id: latest, replaces: null, value: { id: plan.id } });
    for (let lot = await readLot(store, plan.id, 0); lot !== null; ) {
      record.#days.push(...lot);
      lot = await readLot(store, plan.id, record.#days.length / lotDays);
    }
    return record;
  }

  /** The days that are on record, from the first on. */
  get days(): readonly DayRecord[] {
    return this.#days;
  }

  /** Durable when it resolves. @param days the next `lotDays` days, or the last ones of the backtest. */
  async keep(days: readonly DayRecord[]): Promise<void> {
    const { id } = this.#heading;
    const text = JSON.stringify(days);
    const pieces = Math.ceil(text.length / pieceCharacters);
    const lot = this.#days.length / lotDays;
    // The first piece says that the lot is there, so it comes last.
    for (let piece = pieces - 1; piece >= 0; piece -= 1) {
      const part = text.slice(piece * pieceCharacters, (piece + 1) * pieceCharacters);
      await this.#store.putDocument({
        collection: lots,
        id: pieceId(id, lot, piece),
        replaces: null,
        value: { pieces, text: part },
      });
    }
    this.#days.push(...days);
  }

  async finish(reportHash: string): Promise<void> {
    const value = { ...this.#heading, reportHash };
    const known = await this.#store.getDocument(headings, value.id);
    if (known !== undefined && contentHash(known.value) === contentHash(value)) return;
    await this.#store.putDocument({ collection: headings, id: value.id, replaces: null, value });
  }
}

function headingOf(plan: BacktestPlan): BacktestHeading {
  const { id, workflow, settings, variants, data, days } = plan;
  return {
    format: 1,
    id,
    workflow: workflow.name,
    settings: settings as unknown as JsonValue,
    plans: variants.map(({ name, plan: { hash } }) => ({ name, hash })),
    dataHash: data.hash,
    source: data.source,
    days: days.length,
    reportHash: null,
  };
}

/** Sorts as the days do; see `forgetBacktest`, which finds them by how they begin. */
function pieceId(backtest: string, lot: number, piece: number): string {
  return `${backtest}.${String(lot).padStart(6, "0")}.${piece}`;
}

async function readLot(
  store: Pick<Store, "getDocument">,
  backtest: string,
  lot: number,
): Promise<readonly DayRecord[] | null> {
  if (!Number.isInteger(lot)) return null;
  const first = await store.getDocument(lots, pieceId(backtest, lot, 0));
  if (first === undefined) return null;
  const { pieces, text } = readPiece(first);
  const parts = [text];
  for (let piece = 1; piece < pieces; piece += 1) {
    const found = await store.getDocument(lots, pieceId(backtest, lot, piece));
    if (found === undefined) throw damaged(pieceId(backtest, lot, piece), "is missing");
    parts.push(readPiece(found).text);
  }
  try {
    return lotSchema.parse(JSON.parse(parts.join("")));
  } catch (cause) {
    throw damaged(pieceId(backtest, lot, 0), "is not what a backtest writes", cause);
  }
}

function readPiece({ id, value }: StoredDocument): z.infer<typeof pieceSchema> {
  const parsed = pieceSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw damaged(id, "is not what a backtest writes", parsed.error);
}

function damaged(id: string, what: string, cause?: unknown): MycroftError {
  return new MycroftError("STORE_DAMAGED", `The document ${id} of ${lots} ${what}.`, {
    details: { id },
    cause,
  });
}

/** The days that are on record of a backtest. */
export async function readBacktestDays(
  store: Pick<Store, "getDocument">,
  id: string,
): Promise<readonly DayRecord[]> {
  const days: DayRecord[] = [];
  for (let lot = 0; ; lot += 1) {
    const found = await readLot(store, id, lot);
    if (found === null) return days;
    days.push(...found);
  }
}

/** One day on record. @param place in the backtest's days, from 0 on. @returns null when the backtest has not come to it, or it is none of its days. */
export async function readBacktestDay(
  store: Pick<Store, "getDocument">,
  id: string,
  place: number,
): Promise<DayRecord | null> {
  if (place < 0) return null;
  const lot = await readLot(store, id, Math.floor(place / lotDays));
  return lot?.[place % lotDays] ?? null;
}

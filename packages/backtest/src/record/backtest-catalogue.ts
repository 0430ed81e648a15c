/** Which backtests are on record: to list them, to find one by what a person types, and to forget one (P8). */
import { MycroftError } from "@mycroft/errors";
import { parseWith } from "@mycroft/protocol";
import type { Store } from "@mycroft/runtime";
import { type BacktestHeading, headingSchema, headings, latest, lots } from "./backtest-record.ts";

/**
 * The heading of a backtest on record.
 * @param given an id, the beginning of one, or `latest` for the one that was run last.
 * @throws {MycroftError} NOT_FOUND when none, or more than one, begins so.
 */
export async function findBacktest(
  store: Pick<Store, "listDocuments" | "getDocument">,
  given: string,
): Promise<BacktestHeading> {
  const all = await listBacktests(store);
  const idOrPrefix = given === "latest" ? ((await latestId(store)) ?? given) : given;
  const fitting = all.filter(({ id }) => id.startsWith(idOrPrefix));
  const [found, other] = fitting;
  const exact = all.find(({ id }) => id === idOrPrefix) ?? (other === undefined ? found : undefined);
  if (exact !== undefined) return exact;
  const message =
    found === undefined
      ? `There is no backtest ${idOrPrefix}. \`mycroft backtest list\` lists those there are.`
      : `More than one backtest begins with ${idOrPrefix}: ${found.id}, ${other?.id} ... Give more of the id.`;
  throw new MycroftError("NOT_FOUND", message, { details: { id: idOrPrefix } });
}

/** In the order of their ids. */
export async function listBacktests(
  store: Pick<Store, "listDocuments">,
): Promise<readonly BacktestHeading[]> {
  const found: BacktestHeading[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await store.listDocuments(
      headings,
      cursor === undefined ? { limit: 1_000 } : { limit: 1_000, cursor },
    );
    for (const { value } of page.documents) {
      found.push(parseWith(headingSchema, value, "A backtest on record", "STORE_DAMAGED"));
    }
    cursor = page.nextCursor;
  }
  return found;
}

async function latestId(store: Pick<Store, "getDocument">): Promise<string | null> {
  const value = (await store.getDocument(latest, latest))?.value;
  const id = typeof value === "object" && value !== null ? Reflect.get(value, "id") : null;
  return typeof id === "string" ? id : null;
}

/** A page of documents: each may have a million bytes. */
const pageSize = 20;

/**
 * Takes a backtest from the record. The days go first, so that one that is interrupted here can be forgotten again, or
 * run again.
 * @param id the whole id, as `findBacktest` gives it.
 */
export async function forgetBacktest(
  store: Pick<Store, "getDocument" | "putDocument" | "listDocuments">,
  id: string,
): Promise<void> {
  const known = await store.getDocument(headings, id);
  if (known !== undefined) {
    const heading = parseWith(headingSchema, known.value, "A backtest on record", "STORE_DAMAGED");
    // It is not whole any more.
    await store.putDocument({
      collection: headings,
      id,
      replaces: null,
      value: { ...heading, reportHash: null },
    });
  }
  const beginning = `${id}.`;
  for (;;) {
    const { documents } = await store.listDocuments(lots, { limit: pageSize, cursor: beginning });
    const own = documents.filter((document) => document.id.startsWith(beginning));
    for (const document of own) await remove(store, lots, document.id);
    if (own.length < pageSize) break;
  }
  if ((await latestId(store)) === id) await remove(store, latest, latest);
  await remove(store, headings, id);
}

async function remove(store: Pick<Store, "putDocument">, collection: string, id: string): Promise<void> {
  await store.putDocument({ collection, id, replaces: null, value: null });
}

/** What was changed, by whom: a document for each change, kept for a year. It never holds a secret or a body. */
import { randomBytes } from "node:crypto";
import { type AuditEntry, parseWith } from "@mycroft/protocol";
import type { Store } from "@mycroft/runtime";
import { z } from "zod";

const collection = "audit";
const keptMs = 365 * 86_400_000;
const textLength = 300;

const entrySchema = z.strictObject({
  at: z.string(),
  by: z.string(),
  role: z.string(),
  route: z.string(),
  target: z.string(),
  status: z.number().int(),
  requestId: z.string(),
});

export class AuditLog {
  readonly #store: Pick<Store, "putDocument" | "listDocuments">;
  /** The moment of the newest entry, and how many there are of that moment. */
  #newest = 0;
  #ofNewest = 0;

  constructor(store: Pick<Store, "putDocument" | "listDocuments">) {
    this.#store = store;
  }

  async add(entry: Omit<AuditEntry, "at">, now: number): Promise<void> {
    const cut = (text: string) => text.slice(0, textLength);
    const value = { ...entry, target: cut(entry.target), by: cut(entry.by), at: new Date(now).toISOString() };
    const expiresAt = now + keptMs;
    await this.#store.putDocument({ collection, id: this.#newId(now), replaces: 0, value, expiresAt });
  }

  #newId(now: number): string {
    this.#ofNewest = now === this.#newest ? this.#ofNewest + 1 : 0;
    this.#newest = now;
    // Another server over the same store may write at the same moment.
    return `${countdown(now, 15)}-${countdown(this.#ofNewest, 6)}-${randomBytes(6).toString("hex")}`;
  }

  /** The newest first. @param cursor `nextCursor` of the page before. */
  async page(
    limit: number,
    cursor?: string,
  ): Promise<{ readonly entries: AuditEntry[]; readonly nextCursor: string | null }> {
    const { documents, nextCursor } = await this.#store.listDocuments(collection, {
      limit,
      ...(cursor === undefined ? {} : { cursor }),
    });
    return {
      entries: documents.map(({ value }) => parseWith(entrySchema, value, "An audit entry", "STORE_DAMAGED")),
      nextCursor,
    };
  }
}

/** Digits that sort the other way round, so that the newest comes first. */
function countdown(value: number, digits: number): string {
  const most = 10 ** digits - 1;
  return String(most - Math.min(Math.max(0, Math.round(value)), most)).padStart(digits, "0");
}

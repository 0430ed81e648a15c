/** The documents of a store that lives in memory, as JSON text. */
import type { JsonValue } from "@mycroft/engine";
import { checkCollection, checkDocumentId, checkDocumentWrite } from "../ports/check-document.ts";
import { checkPageLimit } from "../ports/check-query.ts";
import type { DocumentPage, DocumentPageQuery, DocumentWrite, StoredDocument } from "../ports/store.ts";

interface KeptDocument {
  readonly revision: number;
  readonly text: string;
  readonly expiresAt: number;
}

export class MemoryDocuments {
  readonly #now: () => number;
  readonly #collections = new Map<string, Map<string, KeptDocument>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  get(collection: string, id: string): StoredDocument | undefined {
    checkCollection(collection);
    checkDocumentId(id);
    const kept = this.#find(collection, id);
    return kept === undefined ? undefined : documentOf(id, kept);
  }

  put(write: DocumentWrite): "stored" | "conflict" {
    const { collection, id, replaces, value, expiresAt = Number.POSITIVE_INFINITY } = write;
    const text = checkDocumentWrite(write);
    const revision = this.#find(collection, id)?.revision ?? 0;
    if (replaces !== null && replaces !== revision) return "conflict";
    const documents = this.#collections.get(collection) ?? new Map<string, KeptDocument>();
    if (value === null) documents.delete(id);
    else documents.set(id, { revision: revision + 1, text, expiresAt });
    this.#collections.set(collection, documents);
    return "stored";
  }

  list(collection: string, { limit, cursor }: DocumentPageQuery): DocumentPage {
    checkCollection(collection);
    checkPageLimit(limit);
    if (cursor !== undefined) checkDocumentId(cursor);
    const documents = [...(this.#collections.get(collection) ?? [])]
      .filter(([id, { expiresAt }]) => expiresAt > this.#now() && isBelow(cursor, id))
      .sort(([left], [right]) => compareCodePoints(left, right))
      .map(([id, kept]) => documentOf(id, kept));
    const page = documents.slice(0, limit);
    return { documents: page, nextCursor: documents.length > limit ? (page.at(-1)?.id ?? null) : null };
  }

  forgetExpired(): void {
    for (const [collection, documents] of this.#collections) {
      for (const [id, { expiresAt }] of documents) if (expiresAt <= this.#now()) documents.delete(id);
      if (documents.size === 0) this.#collections.delete(collection);
    }
  }

  #find(collection: string, id: string): KeptDocument | undefined {
    const kept = this.#collections.get(collection)?.get(id);
    return kept !== undefined && kept.expiresAt > this.#now() ? kept : undefined;
  }
}

function documentOf(id: string, { revision, text }: KeptDocument): StoredDocument {
  return { id, revision, value: JSON.parse(text) as JsonValue };
}

function isBelow(cursor: string | undefined, id: string): boolean {
  return cursor === undefined || compareCodePoints(cursor, id) < 0;
}

/** JavaScript's own order, by UTF-16 code units, puts U+FFFD after U+10000. */
function compareCodePoints(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

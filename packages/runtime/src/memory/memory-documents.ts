/** The documents of a store that lives in memory. */
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { checkDocument, checkPageLimit } from "../ports/check-append.ts";
import type { DocumentPage, DocumentWrite, StoredDocument } from "../ports/store.ts";

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
    const kept = this.#find(collection, id);
    return kept === undefined ? undefined : documentOf(id, kept);
  }

  put(write: DocumentWrite): "stored" | "conflict" {
    const text = checkDocument(write);
    const { collection, id, replaces, expiresAt = Number.POSITIVE_INFINITY } = write;
    const revision = this.#find(collection, id)?.revision ?? 0;
    if (replaces !== null && replaces !== revision) return "conflict";
    const documents = this.#collections.get(collection) ?? new Map<string, KeptDocument>();
    this.#collections.set(collection, documents);
    if (write.value === null) documents.delete(id);
    else documents.set(id, { revision: revision + 1, text, expiresAt });
    return "stored";
  }

  list(collection: string, { limit, cursor = "" }: { limit: number; cursor?: string }): DocumentPage {
    checkPageLimit(limit);
    const ids = [...(this.#collections.get(collection)?.keys() ?? [])].filter((id) => id > cursor).sort();
    const documents: StoredDocument[] = [];
    for (const id of ids) {
      const kept = this.#find(collection, id);
      if (kept === undefined) continue;
      if (documents.length === limit) return { documents, nextCursor: documents.at(-1)?.id ?? null };
      documents.push(documentOf(id, kept));
    }
    return { documents, nextCursor: null };
  }

  forgetExpired(): void {
    for (const documents of this.#collections.values()) {
      for (const [id, { expiresAt }] of documents) if (expiresAt <= this.#now()) documents.delete(id);
    }
  }

  #find(collection: string, id: string): KeptDocument | undefined {
    const kept = this.#collections.get(collection)?.get(id);
    return kept !== undefined && kept.expiresAt > this.#now() ? kept : undefined;
  }
}

function documentOf(id: string, { revision, text }: KeptDocument): StoredDocument {
  const value: unknown = JSON.parse(text);
  if (value === null) throw new MycroftError("INTERNAL", `Document ${id} holds nothing.`);
  return { id, revision, value: value as JsonValue };
}

/** What a document must look like (P7): every store checks what it is given with these. */
import { canonicalJson } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { DocumentWrite } from "./store.ts";
import { wrongField } from "./wrong-field.ts";

export const documentLimits = {
  collectionLength: 50,
  idLength: 500,
  /** Of a value's JSON. */
  bytes: 1024 * 1024,
} as const;

const collectionForm = /^[A-Za-z][A-Za-z0-9-]{0,49}$/;

/** The canonical JSON of the write's value. @throws {MycroftError} INPUT_INVALID, OUTPUT_NOT_JSON, LIMIT_EXCEEDED. */
export function checkDocumentWrite({ collection, id, replaces, value, expiresAt }: DocumentWrite): string {
  checkCollection(collection);
  checkDocumentId(id);
  if (replaces !== null && !(Number.isSafeInteger(replaces) && replaces >= 0)) {
    throw wrongField("replaces", replaces, "The revision to replace is a whole number from 0 on, or null");
  }
  if (expiresAt !== undefined && !Number.isFinite(expiresAt)) {
    throw wrongField(
      "expiresAt",
      expiresAt,
      "The time at which a document expires is a number of milliseconds",
    );
  }
  const text = canonicalJson(value);
  const bytes = Buffer.byteLength(text);
  if (bytes <= documentLimits.bytes) return text;
  throw new MycroftError(
    "LIMIT_EXCEEDED",
    `The document ${id} of ${collection} takes ${bytes} bytes of JSON; the limit is ${documentLimits.bytes}.`,
    { details: { field: "value", collection, id, bytes, limit: documentLimits.bytes } },
  );
}

/** @throws {MycroftError} INPUT_INVALID. */
export function checkCollection(collection: string): void {
  if (typeof collection === "string" && collectionForm.test(collection)) return;
  throw wrongField(
    "collection",
    collection,
    "A collection's name is a letter, then letters, digits and -, at most 50 characters",
    documentLimits.collectionLength,
  );
}

/** Also of a cursor, which is an id. @throws {MycroftError} INPUT_INVALID. */
export function checkDocumentId(id: string): void {
  if (typeof id === "string" && id !== "" && id.length <= documentLimits.idLength && id.isWellFormed())
    return;
  const rule = "A document's id is 1 to 500 characters of well-formed text";
  throw wrongField("id", id, rule, documentLimits.idLength);
}

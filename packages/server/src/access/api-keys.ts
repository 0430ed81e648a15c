/** API keys: documents of the store, found by their id, which is a part of the key; the rest is known by its hash only. */
import { randomBytes } from "node:crypto";
import { MycroftError } from "@mycroft/errors";
import { type ApiKeyView, parseWith } from "@mycroft/protocol";
import type { Store } from "@mycroft/runtime";
import { z } from "zod";
import type { Caller } from "./caller.ts";
import { hashOf, isSame, newSecret } from "./secrets.ts";

const collection = "api-keys";
const prefix = "myk_";
const idForm = /^[0-9a-f]{12}$/;
const msPerDay = 86_400_000;
const coarseMs = 3_600_000;
export const keyLimits = { keys: 1_000, nameLength: 100 } as const;

const roleSchema = z.enum(["viewer", "operator", "admin"]);
export type KeyRole = z.infer<typeof roleSchema>;

const keySchema = z.strictObject({
  format: z.literal(1),
  name: z.string(),
  role: roleSchema,
  hash: z.string(),
  createdAt: z.number(),
  expiresAt: z.number().nullable(),
  /** To the hour: it is not worth a write for each request. */
  lastUsedAt: z.number().nullable(),
});
type StoredKey = z.infer<typeof keySchema>;

export interface NewKey {
  readonly name: string;
  readonly role: KeyRole;
  readonly expiresInDays?: number | undefined;
}

type KeyStore = Pick<Store, "getDocument" | "putDocument" | "listDocuments">;

/** The key itself is given this once. @throws {MycroftError} INPUT_INVALID; LIMIT_EXCEEDED. */
export async function createKey(
  store: KeyStore,
  { name, role, expiresInDays }: NewKey,
  now: number,
): Promise<ApiKeyView & { readonly key: string }> {
  const checked = parseWith(
    z.strictObject({ name: z.string().trim().min(1).max(keyLimits.nameLength), role: roleSchema }),
    { name, role },
    "An API key",
  );
  if ((await listKeys(store)).length >= keyLimits.keys) {
    throw new MycroftError(
      "LIMIT_EXCEEDED",
      `There are ${keyLimits.keys} API keys, which is the limit. Revoke some.`,
      {
        details: { limit: keyLimits.keys },
      },
    );
  }
  const id = randomBytes(6).toString("hex");
  const secret = newSecret();
  const expiresAt = expiresInDays === undefined ? null : now + expiresInDays * msPerDay;
  const value: StoredKey = {
    ...{ format: 1, ...checked, hash: hashOf(secret), createdAt: now, expiresAt, lastUsedAt: null },
  };
  await put(store, id, 0, value);
  return { ...viewOf(id, value), key: `${prefix}${id}_${secret}` };
}

/** In the order in which they were made. */
export async function listKeys(store: KeyStore): Promise<readonly ApiKeyView[]> {
  const { documents } = await store.listDocuments(collection, { limit: keyLimits.keys });
  return documents
    .map(({ id, value }) => viewOf(id, read(value)))
    .sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

/** @throws {MycroftError} NOT_FOUND. */
export async function revokeKey(store: KeyStore, id: string): Promise<ApiKeyView> {
  const found = await store.getDocument(collection, id);
  if (found === undefined) {
    throw new MycroftError(
      "NOT_FOUND",
      `There is no API key ${JSON.stringify(id.slice(0, 200))}; \`mycroft keys list\` lists them.`,
      { details: { id } },
    );
  }
  await store.putDocument({ collection, id, replaces: null, value: null });
  return viewOf(id, read(found.value));
}

/** Who holds the key; null for one that is unknown, revoked or expired. */
export async function callerOfKey(store: KeyStore, key: string, now: number): Promise<Caller | null> {
  if (!key.startsWith(prefix)) return null;
  const [id = "", ...rest] = key.slice(prefix.length).split("_");
  if (!idForm.test(id)) return null;
  const found = await store.getDocument(collection, id);
  if (found === undefined) return null;
  const stored = read(found.value);
  if (!isSame(hashOf(rest.join("_")), stored.hash)) return null;
  if (stored.expiresAt !== null && stored.expiresAt <= now) return null;
  if (stored.lastUsedAt === null || now - stored.lastUsedAt > coarseMs) {
    // Of two at once, one is enough.
    await put(store, id, found.revision, { ...stored, lastUsedAt: now });
  }
  return { role: stored.role, name: stored.name, by: "key", id, expiresAt: stored.expiresAt };
}

/** Whether a key that was good is still good. */
export async function isKeyGood(store: KeyStore, id: string, now: number): Promise<boolean> {
  const found = await store.getDocument(collection, id);
  if (found === undefined) return false;
  const { expiresAt } = read(found.value);
  return expiresAt === null || expiresAt > now;
}

async function put(store: KeyStore, id: string, replaces: number, value: StoredKey): Promise<void> {
  const { expiresAt } = value;
  await store.putDocument({ collection, id, replaces, value, ...(expiresAt === null ? {} : { expiresAt }) });
}

function read(value: unknown): StoredKey {
  return parseWith(keySchema, value, "An API key on record", "STORE_DAMAGED");
}

function viewOf(id: string, { name, role, createdAt, expiresAt, lastUsedAt }: StoredKey): ApiKeyView {
  const text = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    ...{ id, name, role, createdAt: new Date(createdAt).toISOString() },
    ...{ expiresAt: text(expiresAt), lastUsedAt: text(lastUsedAt) },
  };
}

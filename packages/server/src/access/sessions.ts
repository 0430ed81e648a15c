/** Sessions of browsers: documents of the store under the hash of their cookie, so that they outlast a restart of the server. */
import { parseWith } from "@mycroft/protocol";
import type { Store } from "@mycroft/runtime";
import { z } from "zod";
import { isKeyGood } from "./api-keys.ts";
import type { Caller } from "./caller.ts";
import { hashOf, newSecret } from "./secrets.ts";

const collection = "web-sessions";
const lifeMs = 30 * 86_400_000;

const sessionSchema = z.strictObject({
  format: z.literal(1),
  name: z.string(),
  role: z.enum(["viewer", "operator", "admin"]),
  /** Of the API key that it began with: it ends with it. */
  keyId: z.string().nullable(),
  createdAt: z.number(),
  expiresAt: z.number(),
});

type SessionStore = Pick<Store, "getDocument" | "putDocument">;
type SignedIn = Pick<z.infer<typeof sessionSchema>, "name" | "role" | "keyId">;

export interface NewSession {
  /** For the browser alone. */
  readonly cookie: string;
  readonly caller: Caller;
}

export async function beginSession(
  store: SessionStore,
  signedIn: SignedIn,
  now: number,
): Promise<NewSession> {
  const cookie = newSecret();
  const id = hashOf(cookie);
  const expiresAt = now + lifeMs;
  const value = { format: 1 as const, ...signedIn, createdAt: now, expiresAt };
  await store.putDocument({ collection, id, replaces: 0, value, expiresAt });
  const { name, role } = signedIn;
  return { cookie, caller: { role, name, by: "session", id, expiresAt } };
}

/** Null for one that is unknown, over, or whose key was revoked. @param id the hash of its cookie. */
export async function callerOfSession(
  store: Pick<Store, "getDocument" | "putDocument" | "listDocuments">,
  id: string,
  now: number,
): Promise<Caller | null> {
  const found = await store.getDocument(collection, id);
  if (found === undefined) return null;
  const { name, role, keyId, expiresAt } = parseWith(
    sessionSchema,
    found.value,
    "A session on record",
    "STORE_DAMAGED",
  );
  if (expiresAt <= now) return null;
  if (keyId !== null && !(await isKeyGood(store, keyId, now))) return null;
  return { role, name, by: "session", id, expiresAt };
}

/** Ending one twice is the same as ending it once. @param id the hash, as a caller has it. */
export async function endSession(store: SessionStore, id: string): Promise<void> {
  await store.putDocument({ collection, id, replaces: null, value: null });
}

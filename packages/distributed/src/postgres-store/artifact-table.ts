/** Artifacts, named by the SHA-256 of their canonical JSON, and never read as something else than what the name says. */
import { hash } from "node:crypto";
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { ClientBase } from "pg";

const hashForm = /^[0-9a-f]{64}$/;
const hashInText = /\b[0-9a-f]{64}\b/g;

export function isHash(text: string): boolean {
  return hashForm.test(text);
}

/** Every text in `text` that may be the name of an artifact. */
export function hashesIn(text: string): readonly string[] {
  return Array.from(text.matchAll(hashInText), ([found]) => found);
}

/** @throws {MycroftError} INPUT_INVALID. */
export function checkHash(hash: string): void {
  if (isHash(hash)) return;
  throw new MycroftError("INPUT_INVALID", "An artifact's hash is 64 lower-case hex digits.", {
    details: { field: "hash", value: String(hash).slice(0, 100) },
  });
}

/** Keeps `text` and returns its hash. One that is there already, and is sound, is not sent again. */
export async function putArtifact(client: ClientBase, text: string): Promise<string> {
  const name = hash("sha256", text);
  const { rowCount } = await client.query({
    name: "touch-artifact",
    text: `UPDATE artifacts SET put_at = now_ms()
      WHERE hash = $1 AND sha256(convert_to(body, 'UTF8')) = decode($1, 'hex')`,
    values: [name],
  });
  if (rowCount === 0) {
    await client.query({
      name: "put-artifact",
      text: `INSERT INTO artifacts (hash, put_at, body) VALUES ($1, now_ms(), $2)
        ON CONFLICT (hash) DO UPDATE SET put_at = excluded.put_at, body = excluded.body`,
      values: [name, text],
    });
  }
  return name;
}

/** @throws {MycroftError} ARTIFACT_DAMAGED. */
export async function getArtifact(client: ClientBase, name: string): Promise<JsonValue | undefined> {
  const { rows } = await client.query<{ readonly body: string }>({
    name: "get-artifact",
    text: "SELECT body FROM artifacts WHERE hash = $1",
    values: [name],
  });
  const [row] = rows;
  if (row === undefined) return undefined;
  const found = hash("sha256", row.body);
  if (found === name) return JSON.parse(row.body) as JsonValue;
  throw new MycroftError(
    "ARTIFACT_DAMAGED",
    `The artifact ${name} does not hold what its name says (its content has hash ${found}). ` +
      "Restore the table artifacts from a backup, or put the same content again.",
    { details: { hash: name, found } },
  );
}

/** @throws {MycroftError} LIMIT_EXCEEDED. `what` begins the message. */
export function checkPayload(text: string, limit: number, what: string): void {
  // A UTF-16 code unit takes at most three bytes in UTF-8.
  if (text.length * 3 <= limit) return;
  const bytes = Buffer.byteLength(text);
  if (bytes <= limit) return;
  throw new MycroftError(
    "LIMIT_EXCEEDED",
    `${what} takes ${bytes} bytes of JSON; maxPayloadBytes is ${limit}.`,
    { details: { bytes, limit } },
  );
}

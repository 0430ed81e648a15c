/** Secrets of 256 random bits. Their plain SHA-256 is kept: what is drawn at random needs no slow hash, since nobody can try so many. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

export function newSecret(prefix = ""): string {
  return `${prefix}${randomBytes(32).toString("base64url")}`;
}

export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** In a time that says nothing of where they differ. */
export function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(a), "hex"), Buffer.from(hashOf(b), "hex"));
}

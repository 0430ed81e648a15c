/** Who is asking, and what they may do. */
import type { Role } from "@mycroft/protocol";

export interface Caller {
  readonly role: Role;
  readonly name: string;
  readonly by: "session" | "key" | "nobody";
  /** The hash of the session, or the id of the key: a secret is never kept. */
  readonly id: string | null;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | null;
}

export const nobody: Caller = { role: "nobody", name: "nobody", by: "nobody", id: null, expiresAt: null };

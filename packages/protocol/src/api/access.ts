/** Who may do what, and what was done, as the HTTP API tells them. */
import { z } from "zod";
import { cursorQuery, moment, nextCursor } from "./shared-values.ts";

const signedInRole = z.enum(["viewer", "operator", "admin"]);
export const session = z.object({
  /** Null for whoever has not signed in. */
  role: signedInRole.nullable(),
  name: z.string().nullable(),
  /** By a session's cookie, by a key, or not at all. */
  by: z.enum(["session", "key", "nobody"]),
  expiresAt: moment.nullable(),
});
export type SessionView = z.infer<typeof session>;
/** The token of the start-up address, or an API key. */
export const signInBody = z.strictObject({ secret: z.string().min(1).max(500) });

export const apiKeyView = z.object({
  id: z.string(),
  name: z.string(),
  role: signedInRole,
  createdAt: moment,
  expiresAt: moment.nullable(),
  lastUsedAt: moment.nullable(),
});
export type ApiKeyView = z.infer<typeof apiKeyView>;
export const newKeyBody = z.strictObject({
  name: z.string().min(1).max(100),
  role: signedInRole,
  expiresInDays: z.number().int().min(1).max(3_660).optional(),
});
/** The key itself is told this once. */
export const newKey = apiKeyView.extend({ key: z.string() });

export const auditEntry = z.object({
  at: moment,
  by: z.string(),
  role: z.string(),
  route: z.string(),
  target: z.string(),
  status: z.number().int(),
  requestId: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntry>;
export const auditQuery = z.object(cursorQuery);
export const auditPage = z.object({ entries: z.array(auditEntry), nextCursor });

export const version = z.object({
  version: z.string(),
  node: z.string(),
  place: z.string(),
  kind: z.enum(["folder", "cluster"]),
  startedAt: moment,
  project: z.string().nullable(),
});
export type VersionView = z.infer<typeof version>;
export const liveness = z.object({ status: z.literal("ok") });
export const readiness = z.object({
  status: z.enum(["ready", "notReady"]),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
});

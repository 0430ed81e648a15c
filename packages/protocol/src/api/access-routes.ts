/** Routes about the server itself, and about who may do what. */
import { z } from "zod";
import * as access from "./access.ts";
import { get, post, type RouteSpec } from "./route.ts";
import { done, idParams } from "./shared-values.ts";

export const accessRoutes = {
  livez: {
    ...get,
    role: "nobody",
    area: "meta",
    path: "/livez",
    summary: "Whether the process answers",
    response: access.liveness,
  },
  readyz: {
    ...get,
    role: "nobody",
    area: "meta",
    path: "/readyz",
    summary: "Whether the store answers and runs can be taken; 503 when not",
    response: access.readiness,
  },
  getVersion: {
    ...get,
    area: "meta",
    path: "/api/version",
    summary: "What runs here, and where its record is",
    response: access.version,
  },
  getSession: {
    ...get,
    role: "nobody",
    area: "access",
    path: "/api/session",
    summary: "Who the caller is",
    response: access.session,
  },
  signIn: {
    ...post,
    role: "nobody",
    area: "access",
    path: "/api/session",
    summary: "Exchange a token or a key for a session's cookie",
    body: access.signInBody,
    response: access.session,
  },
  signOut: {
    method: "DELETE",
    role: "nobody",
    area: "access",
    path: "/api/session",
    summary: "End the session",
    response: done,
  },
  listKeys: {
    ...get,
    role: "admin",
    area: "access",
    path: "/api/keys",
    summary: "API keys, without the keys themselves",
    response: z.object({ keys: z.array(access.apiKeyView) }),
  },
  createKey: {
    ...post,
    role: "admin",
    area: "access",
    path: "/api/keys",
    summary: "Make an API key; it is told this once",
    body: access.newKeyBody,
    response: access.newKey,
    creates: true,
  },
  revokeKey: {
    method: "DELETE",
    role: "admin",
    area: "access",
    path: "/api/keys/:id",
    summary: "Revoke an API key, and end the sessions that it began",
    params: idParams,
    response: done,
  },
  listAudit: {
    ...get,
    role: "admin",
    area: "access",
    path: "/api/audit",
    summary: "Every change, by whom, the newest first",
    query: access.auditQuery,
    response: access.auditPage,
  },
} as const satisfies Record<string, RouteSpec>;

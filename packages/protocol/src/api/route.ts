/** How one route of the HTTP API is described: the table in `routes.ts` is all that the server, its document and its tests go by. */
import type { z } from "zod";

/** What a caller may do: each role may do what those before it may. `nobody` is whoever has not signed in. */
export const roles = ["nobody", "viewer", "operator", "admin"] as const;
export type Role = (typeof roles)[number];

export interface RouteSpec {
  readonly method: "GET" | "POST" | "DELETE";
  /** With parameters as `:name`; each is one segment, percent-encoded where it holds a slash. */
  readonly path: string;
  /** The least role that may use it. */
  readonly role: Role;
  /** Groups routes in the document. */
  readonly area: RouteArea;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Of status 200, or 201 for what was created. A stream's is that of each event's data. */
  readonly response: z.ZodType;
  /** `orFinds`: what was there already is answered with 200. */
  readonly creates?: true | "orFinds";
  /** Server-sent events instead of one answer. */
  readonly streams?: true;
  /** The most bytes of a body, where that is not the usual limit. */
  readonly bodyBytes?: number;
}

export type RouteArea =
  | "meta"
  | "access"
  | "runs"
  | "live"
  | "decisions"
  | "workflows"
  | "schedules"
  | "agents"
  | "market"
  | "experiments"
  | "lab";

/** What most routes begin with. */
export const get = { method: "GET", role: "viewer" } as const;
export const post = { method: "POST", role: "operator" } as const;

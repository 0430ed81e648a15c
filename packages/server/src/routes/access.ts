/** Routes of who may do what: sessions, API keys, the audit log. */
import type { SessionView } from "@mycroft/protocol";
import type { Access } from "../access/access.ts";
import { createKey, listKeys, revokeKey } from "../access/api-keys.ts";
import type { Caller } from "../access/caller.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Backend } from "../backend.ts";
import type { Handlers } from "./handlers.ts";

interface AccessPorts {
  readonly backend: Backend;
  readonly access: Access;
  readonly audit: AuditLog;
  readonly now: () => number;
}

export function accessHandlers({ backend, access, audit, now }: AccessPorts): Handlers<"access"> {
  const { store } = backend.controls;
  return {
    getSession: async ({ caller }) => sessionOf(caller),
    signIn: async ({ body: { secret }, request, reply }) =>
      sessionOf(await access.signIn(secret, request, reply)),
    signOut: async ({ caller, reply }) => {
      await access.signOut(caller, reply);
      return {};
    },
    listKeys: async () => ({ keys: await listKeys(store) }),
    createKey: ({ body }) => createKey(store, body, now()),
    revokeKey: async ({ params: { id } }) => {
      await revokeKey(store, id);
      return {};
    },
    listAudit: ({ query: { limit, cursor } }) => audit.page(limit, cursor),
  };
}

function sessionOf({ role, name, by, expiresAt }: Caller): SessionView {
  if (role === "nobody") return { role: null, name: null, by: "nobody", expiresAt: null };
  return { role, name, by, expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString() };
}

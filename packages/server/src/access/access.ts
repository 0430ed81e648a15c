/** Finds out who is asking: by an API key, by a session's cookie, or by the token of the server's start, which begins a session. */
import type { Store } from "@mycroft/runtime";
import type { FastifyReply, FastifyRequest } from "fastify";
import { callerOfKey } from "./api-keys.ts";
import { type Caller, nobody } from "./caller.ts";
import { isSame, newSecret } from "./secrets.ts";
import { beginSession, callerOfSession, endSession, isSessionGood } from "./sessions.ts";

const cookieName = "mycroft-session";
/** Those who have the token have the machine: it was printed there, and nowhere else. */
const localAdmin = { name: "local", role: "admin", keyId: null } as const;

export interface AccessOptions {
  readonly store: Pick<Store, "getDocument" | "putDocument" | "listDocuments">;
  /** Null where no token is offered: whoever signs in needs an API key. */
  readonly token: string | null;
  readonly now: () => number;
}

export class Access {
  readonly #options: AccessOptions;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  static newToken(): string {
    return newSecret();
  }

  /** An `Authorization` header that is not good is nobody, whatever else is sent. */
  async callerOf(request: FastifyRequest): Promise<Caller> {
    const { store, now } = this.#options;
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const [scheme = "", key = ""] = authorization.split(" ");
      if (scheme.toLowerCase() !== "bearer") return nobody;
      return (await callerOfKey(store, key, now())) ?? nobody;
    }
    const cookie = request.cookies[cookieName];
    if (cookie === undefined || cookie === "") return nobody;
    return (await callerOfSession(store, cookie, now())) ?? nobody;
  }

  /** Whether whoever asked before may still be answered: streams outlast many a session. */
  async isStillGood({ by, id }: Caller): Promise<boolean> {
    if (by !== "session" || id === null) return by !== "nobody";
    const { store, now } = this.#options;
    return (await isSessionGood(store, id, now())) !== null;
  }

  /** Null for a secret that is neither the token nor a key. */
  async signIn(secret: string, request: FastifyRequest, reply: FastifyReply): Promise<Caller | null> {
    const { store, token, now } = this.#options;
    if (token !== null && isSame(secret, token)) return this.#begin(localAdmin, request, reply);
    const holder = await callerOfKey(store, secret, now());
    if (holder === null || holder.role === "nobody") return null;
    const { name, role, id } = holder;
    return this.#begin({ name, role, keyId: id }, request, reply);
  }

  async signOut({ by, id }: Caller, reply: FastifyReply): Promise<void> {
    if (by === "session" && id !== null) await endSession(this.#options.store, id);
    void reply.clearCookie(cookieName, { path: "/" });
  }

  async #begin(
    signedIn: Parameters<typeof beginSession>[1],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Caller> {
    const { store, now } = this.#options;
    const { cookie, caller } = await beginSession(store, signedIn, now());
    void reply.setCookie(cookieName, cookie, {
      httpOnly: true,
      // Lax, since the first visit comes by a link from a terminal; changes are held to their origin besides.
      sameSite: "lax",
      secure: request.protocol === "https",
      path: "/",
      maxAge: Math.floor(((caller.expiresAt ?? 0) - now()) / 1_000),
    });
    return caller;
  }
}

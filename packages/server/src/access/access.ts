/** Finds out who is asking: by an API key, by a session's cookie, or by the token of the server's start, which begins a session. */
import { MycroftError } from "@mycroft/errors";
import type { Store } from "@mycroft/runtime";
import type { FastifyReply, FastifyRequest } from "fastify";
import { callerOfKey, isKeyGood } from "./api-keys.ts";
import { type Caller, nobody } from "./caller.ts";
import { hashOf, isSame, newSecret } from "./secrets.ts";
import { beginSession, callerOfSession, endSession } from "./sessions.ts";

const cookieStem = "mycroft-session";
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
  readonly #callers = new WeakMap<FastifyRequest, Caller>();

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  static newToken(): string {
    return newSecret();
  }

  /** As `identify` found, or as they have signed in since; nobody before. */
  callerOf(request: FastifyRequest): Caller {
    return this.#callers.get(request) ?? nobody;
  }

  async identify(request: FastifyRequest): Promise<Caller> {
    const caller = (await this.#find(request)) ?? nobody;
    this.#callers.set(request, caller);
    return caller;
  }

  /** An `Authorization` header that is not good is nobody, whatever else is sent. */
  async #find(request: FastifyRequest): Promise<Caller | null> {
    const { store, now } = this.#options;
    const { headers, cookies } = request;
    const { authorization } = headers;
    if (authorization !== undefined) {
      const [scheme = "", key = ""] = authorization.split(" ");
      return scheme.toLowerCase() === "bearer" ? callerOfKey(store, key, now()) : null;
    }
    const cookie = cookies[cookieNameOf(request)];
    if (cookie === undefined || cookie === "") return null;
    return callerOfSession(store, hashOf(cookie), now());
  }

  /** Whether whoever asked before may still be answered: streams outlast many a session. */
  async isStillGood({ by, id }: Caller): Promise<boolean> {
    const { store, now } = this.#options;
    if (id === null) return by !== "nobody";
    if (by === "key") return isKeyGood(store, id, now());
    return (await callerOfSession(store, id, now())) !== null;
  }

  /** @throws {MycroftError} UNAUTHENTICATED for a secret that is neither the token nor a key. */
  async signIn(secret: string, request: FastifyRequest, reply: FastifyReply): Promise<Caller> {
    const { store, token, now } = this.#options;
    if (token !== null && isSame(secret, token)) return this.#begin(localAdmin, request, reply);
    const holder = await callerOfKey(store, secret, now());
    if (holder === null || holder.role === "nobody") {
      throw new MycroftError(
        "UNAUTHENTICATED",
        "That is neither the token of this server's start nor an API key that is good. Tokens change with each start.",
      );
    }
    const { name, role, id } = holder;
    return this.#begin({ name, role, keyId: id }, request, reply);
  }

  async signOut({ by, id }: Caller, reply: FastifyReply): Promise<void> {
    if (by === "session" && id !== null) await endSession(this.#options.store, id);
    void reply.clearCookie(cookieNameOf(reply.request), { path: "/" });
  }

  async #begin(
    signedIn: Parameters<typeof beginSession>[1],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Caller> {
    const { store, now } = this.#options;
    const { cookie, caller } = await beginSession(store, signedIn, now());
    this.#callers.set(request, caller);
    void reply.setCookie(cookieNameOf(request), cookie, {
      httpOnly: true,
      // Lax, since the first visit comes by a link from a terminal; changes are held to their origin besides.
      sameSite: "lax",
      secure: isOverTls(request),
      path: "/",
      maxAge: Math.floor(((caller.expiresAt ?? 0) - now()) / 1_000),
    });
    return caller;
  }
}

/** Browsers keep cookies by host, whatever the port: two servers on one machine must not sign each other's visitors out. */
function cookieNameOf({ socket }: FastifyRequest): string {
  return `${cookieStem}-${socket.localPort ?? 0}`;
}

/** What ends TLS before this server speaks plain HTTP to it; a page knows how it was reached. */
function isOverTls({ protocol, headers }: FastifyRequest): boolean {
  return protocol === "https" || (headers.origin?.startsWith("https://") ?? false);
}

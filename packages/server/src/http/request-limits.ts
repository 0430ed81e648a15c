/**
 * How often somebody may ask (P8): callers are counted by their session or key, strangers by their address. Somebody who has
 * signed in is never held up by what a stranger at the same address does: behind a proxy all have the same one.
 */
import { MycroftError } from "@mycroft/errors";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Access } from "../access/access.ts";

/** Requests a minute. */
const rateLimits = {
  /** Of one session or key: for a page's many parts, not for a loop that runs away. */
  caller: 12_000,
  /** Of an address that has not signed in, with keys that are not good among them. */
  stranger: 300,
  /** Tries to sign in that failed. */
  failedSignIn: 20,
  /** Pages, their files, and addresses where nothing is. */
  visit: 6_000,
} as const;
const windowMs = 60_000;

type Limiter = ReturnType<FastifyInstance["createRateLimit"]>;
type Counted = Awaited<ReturnType<Limiter>>;

export class RequestLimits {
  readonly #caller: Limiter;
  readonly #stranger: Limiter;
  readonly #failedSignIn: Limiter;
  readonly #visit: Limiter;
  readonly #access: Access;

  constructor(app: Pick<FastifyInstance, "createRateLimit">, access: Access) {
    const by = { timeWindow: windowMs };
    const keyGenerator = (request: FastifyRequest) => access.callerOf(request).id ?? request.ip;
    this.#caller = app.createRateLimit({ ...by, max: rateLimits.caller, keyGenerator });
    this.#stranger = app.createRateLimit({ ...by, max: rateLimits.stranger });
    this.#failedSignIn = app.createRateLimit({ ...by, max: rateLimits.failedSignIn });
    this.#visit = app.createRateLimit({ ...by, max: rateLimits.visit });
    this.#access = access;
  }

  /** @throws {MycroftError} RATE_LIMITED, as all of these. */
  async count(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const isStranger = this.#access.callerOf(request).role === "nobody";
    refuseExcess(await (isStranger ? this.#stranger : this.#caller)(request), reply);
  }

  async countVisit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    refuseExcess(await this.#visit(request), reply);
  }

  /** Whoever has failed too often learns nothing by going on: the secret is not looked at. */
  async guardSignIn<Value>(
    request: FastifyRequest,
    reply: FastifyReply,
    signIn: () => Promise<Value>,
  ): Promise<Value> {
    const before = await this.#failedSignIn(request, { increment: false });
    refuseExcess(before.isAllowed ? before : { ...before, isExceeded: before.remaining === 0 }, reply);
    try {
      return await signIn();
    } catch (thrown) {
      await this.#failedSignIn(request);
      throw thrown;
    }
  }
}

function refuseExcess(counted: Counted, reply: FastifyReply): void {
  if (counted.isAllowed || !counted.isExceeded) return;
  const { max, ttlInSeconds } = counted;
  const afterS = Math.max(1, ttlInSeconds);
  void reply.header("retry-after", String(afterS));
  throw new MycroftError(
    "RATE_LIMITED",
    `There were more than ${max} such requests within a minute. Try again in ${afterS} s.`,
    { retryable: true, details: { limit: max, retryAfterS: afterS } },
  );
}

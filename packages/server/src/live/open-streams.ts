/** The streams that are open: how many there may be, whether their callers are still welcome, and their end when the server ends. */
import { MycroftError } from "@mycroft/errors";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import { problemOf, problemType } from "../problems/problem-details.ts";
import { EventStream, streamLimits } from "./event-stream.ts";

/** How long a stream may outlive its caller's session or key. */
const recheckMs = 15_000;
const retryAfterSeconds = 10;

export class OpenStreams {
  readonly #access: Access;
  readonly #streams = new Map<EventStream, Caller>();
  readonly #ofCaller = new Map<string | null, number>();
  readonly #recheck: ReturnType<typeof setInterval>;
  #isClosed = false;

  constructor(access: Access) {
    this.#access = access;
    this.#recheck = setInterval(() => void this.endUnwelcome(), recheckMs);
    this.#recheck.unref();
  }

  get count(): number {
    return this.#streams.size;
  }

  /** Null when there are too many, which the caller has then been told. */
  open(
    caller: Caller,
    request: FastifyRequest,
    reply: FastifyReply,
    onEnded: () => void,
  ): EventStream | null {
    const own = this.#ofCaller.get(caller.id) ?? 0;
    const isFull = this.#streams.size >= streamLimits.streams || own >= streamLimits.streamsOfCaller;
    if (isFull || this.#isClosed) {
      refuse(request, reply, this.#streams.size, own);
      return null;
    }
    const stream = new EventStream(reply, () => {
      this.#streams.delete(stream);
      this.#count(caller, -1);
      onEnded();
    });
    this.#streams.set(stream, caller);
    this.#count(caller, 1);
    return stream;
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#recheck);
    for (const stream of [...this.#streams.keys()]) stream.end();
  }

  /** Ends the streams of those who have signed out, or whose session or key has expired or was revoked. */
  async endUnwelcome(): Promise<void> {
    const good = new Map<string | null, boolean>();
    for (const [stream, caller] of [...this.#streams]) {
      let isGood = good.get(caller.id);
      if (isGood === undefined) {
        // A store that cannot be asked now is no reason to turn people out.
        isGood = await this.#access.isStillGood(caller).catch(() => true);
        good.set(caller.id, isGood);
      }
      if (!isGood) stream.end();
    }
  }

  #count({ id }: Caller, change: number): void {
    const count = (this.#ofCaller.get(id) ?? 0) + change;
    if (count === 0) this.#ofCaller.delete(id);
    else this.#ofCaller.set(id, count);
  }
}

/** The status is not that of the code: nothing is too large here, there is only too much at the moment. */
function refuse(request: FastifyRequest, reply: FastifyReply, open: number, own: number): void {
  const { streams: limit, streamsOfCaller: limitOfCaller } = streamLimits;
  const error = new MycroftError(
    "LIMIT_EXCEEDED",
    `There are ${open} of ${limit} streams open, ${own} of ${limitOfCaller} of them yours. Close some, or try again later.`,
    { retryable: true, details: { limit, limitOfCaller } },
  );
  const status = 503;
  void reply.status(status).header("retry-after", String(retryAfterSeconds)).type(problemType);
  void reply.header("cache-control", "no-store").serializer(JSON.stringify);
  void reply.send({ ...problemOf(error, request).problem, status });
}

/** Where a client that connects again has been; EventSource sends it as a header, whoever cannot as a query. */
export function lastEventId(request: FastifyRequest): string | null {
  const header = request.headers["last-event-id"];
  if (typeof header === "string" && header !== "") return header;
  const { lastEventId: given } = request.query as { readonly lastEventId?: unknown };
  return typeof given === "string" && given !== "" ? given : null;
}

/**
 * One connection of server-sent events. Nothing is sent to a client that has not taken what was sent before: whoever sends
 * waits for `onReady` and then tells the newest, so that a slow client costs one message, never a queue (P8). What is sent is
 * the same bytes for all, gzipped for whoever takes that.
 * Format: the HTML standard, section 9.2, "Server-sent events".
 */
import type { FastifyReply } from "fastify";
import { type EncodedEvents, encodeText } from "./encoded-event.ts";
import { acceptsGzip, SharedGzip } from "./shared-gzip.ts";

export const streamLimits = {
  heartbeatMs: 15_000,
  /** A client that takes nothing for so long is let go; it comes back by itself. */
  stuckMs: 60_000,
  /** How long a browser waits before it connects again. */
  retryMs: 1_000,
  /** Streams that are open at once, in all and of one caller. */
  streams: 3_000,
  streamsOfCaller: 1_500,
} as const;

const opening = encodeText(`retry: ${streamLimits.retryMs}\n\n`);
const heartbeat = encodeText(": alive\n\n");

export class EventStream {
  readonly #raw: FastifyReply["raw"];
  readonly #gzip: SharedGzip | null;
  readonly #heartbeat: ReturnType<typeof setInterval>;
  readonly #onEnded: () => void;
  #onReady: () => void = () => {};
  #busySince: number | null = null;
  #hasEnded = false;

  /** @param onEnded is called once, whoever ends it. */
  constructor(reply: FastifyReply, onEnded: () => void) {
    const { raw } = reply;
    this.#raw = raw;
    this.#onEnded = onEnded;
    this.#gzip = acceptsGzip(raw.req.headers["accept-encoding"]) ? new SharedGzip() : null;
    reply.hijack();
    // What hooks have set, such as the security headers, goes along.
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) raw.setHeader(name, value);
    }
    // It ends with its connection: each event is the same bytes for all, without the frame of a chunk around it.
    raw.removeHeader("transfer-encoding");
    raw.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      ...(this.#gzip !== null && { "content-encoding": "gzip" }),
      vary: "accept-encoding",
      "x-accel-buffering": "no",
      connection: "close",
    });
    raw.on("close", () => this.#ended());
    raw.on("error", () => this.#ended());
    raw.on("drain", () => this.#ready());
    this.#heartbeat = setInterval(() => this.#beat(), streamLimits.heartbeatMs);
    this.#heartbeat.unref();
    if (this.#gzip !== null) raw.write(SharedGzip.head);
    raw.write(this.#encode(opening));
    // Gone before it began: no event will say so.
    if (raw.destroyed) queueMicrotask(() => this.#ended());
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether the client has yet to take what was sent; `onReady` is called when it has. */
  get isBusy(): boolean {
    return this.#busySince !== null;
  }

  onReady(listener: () => void): void {
    this.#onReady = listener;
  }

  /** @returns how many bytes it was. */
  send(events: EncodedEvents): number {
    if (this.#hasEnded) return 0;
    const bytes = this.#encode(events);
    if (!this.#raw.write(bytes)) this.#busySince ??= performance.now();
    return bytes.length;
  }

  end(): void {
    if (this.#hasEnded) return;
    const raw = this.#raw;
    raw.end(this.#gzip?.end());
    // A client that does not take the rest keeps nothing open for that.
    const stuck = setTimeout(() => raw.destroy(), streamLimits.stuckMs);
    stuck.unref();
    raw.once("close", () => clearTimeout(stuck));
    this.#ended();
  }

  #encode(events: EncodedEvents): Buffer {
    return this.#gzip === null ? events.plain : this.#gzip.add(events.deflated);
  }

  #ready(): void {
    this.#busySince = null;
    if (!this.#hasEnded) this.#onReady();
  }

  #beat(): void {
    if (this.#busySince === null) this.#raw.write(this.#encode(heartbeat));
    else if (performance.now() - this.#busySince > streamLimits.stuckMs) {
      this.#raw.destroy();
      this.#ended();
    }
  }

  #ended(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearInterval(this.#heartbeat);
    this.#onEnded();
  }
}

/**
 * One connection of server-sent events. Nothing is sent to a client that has not taken what was sent before: whoever sends
 * waits for `onReady` and then tells the newest, so that a slow client costs one message, never a queue (P8).
 * Format: the HTML standard, section 9.2, "Server-sent events".
 */
import type { FastifyReply } from "fastify";

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

export interface StreamEvent {
  readonly event: string;
  readonly id: string;
  readonly data: unknown;
}

/** An event as it goes over the wire: for many clients, it is made once. */
export function encodeEvent({ event, id, data }: StreamEvent): Buffer {
  // JSON has no line breaks outside its texts, where they are escaped.
  return Buffer.from(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
}

export class EventStream {
  readonly #reply: FastifyReply;
  readonly #heartbeat: ReturnType<typeof setInterval>;
  readonly #onEnded: () => void;
  #onReady: () => void = () => {};
  #busySince: number | null = null;
  #hasEnded = false;

  /** @param onEnded is called once, whoever ends it. */
  constructor(reply: FastifyReply, onEnded: () => void) {
    this.#reply = reply;
    this.#onEnded = onEnded;
    reply.hijack();
    const { raw } = reply;
    // What hooks have set, such as the security headers, goes along.
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) raw.setHeader(name, value);
    }
    raw.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    });
    raw.on("close", () => this.#ended());
    raw.on("error", () => this.#ended());
    raw.on("drain", () => this.#ready());
    this.#heartbeat = setInterval(() => this.#beat(), streamLimits.heartbeatMs);
    this.#heartbeat.unref();
    raw.write(`retry: ${streamLimits.retryMs}\n\n`);
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

  send(encoded: Buffer): void {
    if (this.#hasEnded) return;
    if (!this.#reply.raw.write(encoded)) this.#busySince ??= performance.now();
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#reply.raw.end();
    this.#ended();
  }

  #ready(): void {
    this.#busySince = null;
    if (!this.#hasEnded) this.#onReady();
  }

  #beat(): void {
    if (this.#busySince === null) this.#reply.raw.write(": alive\n\n");
    else if (performance.now() - this.#busySince > streamLimits.stuckMs) {
      this.#reply.raw.destroy();
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

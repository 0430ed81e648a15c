/** A client of server-sent events for tests: reads event by event, and can stop reading, or go, at any byte. */
import assert from "node:assert/strict";
import { get, type IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

export interface ReadEvent {
  readonly event: string;
  readonly id: string;
  readonly data: unknown;
}

export class EventReader {
  readonly #response: IncomingMessage;
  #text = "";
  #hasEnded = false;
  #error: Error | null = null;
  #wake: () => void = () => {};

  private constructor(response: IncomingMessage) {
    this.#response = response;
    const gunzip = response.headers["content-encoding"] === "gzip" ? createGunzip() : null;
    const content: Readable = gunzip === null ? response : response.pipe(gunzip);
    content.setEncoding("utf8");
    content.on("data", (text: string) => {
      this.#text += text;
      this.#wake();
    });
    const end = () => {
      this.#hasEnded = true;
      this.#wake();
    };
    content.on("end", end);
    content.on("error", (error: Error) => {
      this.#error = error;
      end();
    });
    // What is cut off in the middle ends as well, once all that has come is unzipped.
    response.on("close", () => (gunzip === null ? end() : gunzip.end()));
  }

  /** What was wrong with the stream, such as a gzip that broke off; null as long as nothing was. */
  get error(): Error | null {
    return this.#error;
  }

  static async open(
    url: string,
    key: string,
    lastEventId?: string,
    coding: "identity" | "gzip" = "identity",
  ): Promise<EventReader> {
    const response = await connect(url, key, lastEventId, coding);
    assert.equal(response.headers["content-encoding"], coding === "gzip" ? "gzip" : undefined);
    assert.equal(response.statusCode, 200);
    assert.match(String(response.headers["content-type"]), /^text\/event-stream/);
    return new EventReader(response);
  }

  /** Null when the stream has ended. */
  async next(): Promise<ReadEvent | null> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end === -1) {
        if (this.#hasEnded) return null;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      const block = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 2);
      const event = parse(block);
      if (event !== null) return event;
    }
  }

  /** The first event that fits, the one where the stream ended being none. */
  async until(fits: (event: ReadEvent) => boolean): Promise<ReadEvent> {
    for (;;) {
      const event = await this.next();
      assert.ok(event !== null, "the stream has ended before");
      if (fits(event)) return event;
    }
  }

  pause(): void {
    this.#response.pause();
  }

  resume(): void {
    this.#response.resume();
  }

  close(): void {
    this.#response.destroy();
  }
}

export function connect(
  url: string,
  key: string,
  lastEventId?: string,
  coding = "identity",
): Promise<IncomingMessage> {
  const headers = {
    authorization: `Bearer ${key}`,
    "accept-encoding": coding,
    ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
  };
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, resolve).on("error", reject);
  });
}

/** Null for a comment, or for how long to wait before coming again. */
function parse(block: string): ReadEvent | null {
  const fields = new Map(
    block.split("\n").map((line) => {
      const colon = line.indexOf(": ");
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const data = fields.get("data");
  if (data === undefined) return null;
  return { event: fields.get("event") ?? "", id: fields.get("id") ?? "", data: JSON.parse(data) };
}

/** A client of a stream that takes what it is sent when its test says so. */
import assert from "node:assert/strict";
import type { EncodedEvents } from "../encoded-event.ts";
import type { EventStream } from "../event-stream.ts";
import type { ReadEvent } from "./event-reader.ts";

export class HandStream {
  readonly seen: ReadEvent[] = [];
  isBusy = false;
  hasEnded = false;
  readonly #isSlow: boolean;
  #onReady = () => {};

  /** @param isSlow whether it is busy after each event until it is made ready. */
  constructor(isSlow = false) {
    this.#isSlow = isSlow;
  }

  get names(): readonly string[] {
    return this.seen.map(({ event }) => event);
  }

  get lastId(): string | null {
    return this.seen.at(-1)?.id ?? null;
  }

  onReady(listener: () => void): void {
    this.#onReady = listener;
  }

  send({ plain }: EncodedEvents): number {
    assert.equal(this.isBusy, false, "nothing is sent to who has not taken what was sent before");
    const events = [...plain.toString().matchAll(/event: (.*)\nid: (.*)\ndata: (.*)\n\n/gy)];
    assert.equal(events.map(([whole]) => whole).join(""), plain.toString());
    for (const [, event = "", id = "", data = ""] of events)
      this.seen.push({ event, id, data: JSON.parse(data) });
    this.isBusy = this.#isSlow;
    return plain.length;
  }

  end(): void {
    this.hasEnded = true;
  }

  ready(): void {
    this.isBusy = false;
    this.#onReady();
  }

  get asStream(): EventStream {
    return this as unknown as EventStream;
  }
}

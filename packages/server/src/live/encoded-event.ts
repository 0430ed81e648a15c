/** Events as they go over the wire, made once for all clients that are told them: as they are, and deflated when somebody wants that. */
import { type DeflatedPart, deflatePart } from "./shared-gzip.ts";

export interface StreamEvent {
  readonly event: string;
  readonly id: string;
  readonly data: unknown;
}

export class EncodedEvents {
  readonly plain: Buffer;
  #deflated: DeflatedPart | null = null;

  constructor(plain: Buffer) {
    this.plain = plain;
  }

  get deflated(): DeflatedPart {
    this.#deflated ??= deflatePart(this.plain);
    return this.#deflated;
  }
}

export function encodeEvent({ event, id, data }: StreamEvent): EncodedEvents {
  // JSON has no line breaks outside its texts, where they are escaped.
  return encodeText(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** @param text of the format's own: fields and comments that end with an empty line. */
export function encodeText(text: string): EncodedEvents {
  return new EncodedEvents(Buffer.from(text));
}

/** Several, one after the other, in one piece: they are sent as one. */
export function joinEvents(events: readonly EncodedEvents[]): EncodedEvents {
  const [first] = events;
  if (first !== undefined && events.length === 1) return first;
  return new EncodedEvents(Buffer.concat(events.map(({ plain }) => plain)));
}

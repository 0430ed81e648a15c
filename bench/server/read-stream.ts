/** Reads what a raw socket took of a stream of frames: which events each frame had, and when the last byte of it had come. */
import { createGunzip } from "node:zlib";

export interface TakenBytes {
  readonly at: number;
  readonly bytes: Buffer;
}

/** When what was seen, on the clock that the server's process has too. */
export interface SeenFrame {
  readonly at: number;
  /** Its events: the first one, and the one after the last. */
  readonly from: number;
  readonly until: number;
}

interface Frame {
  readonly events: readonly { readonly seq: number }[];
  readonly isSettled: boolean;
}

/** @throws {Error} when events are missing within a frame, or the stream ended before its run. */
export async function readStream(taken: readonly TakenBytes[]): Promise<readonly SeenFrame[]> {
  const seen: SeenFrame[] = [];
  let isSettled = false;
  let text = "";
  for await (const { at, part } of contentOf(taken)) {
    text += part;
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
      const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
      text = text.slice(end + 2);
      if (data === undefined) continue;
      const frame = JSON.parse(data) as Frame;
      const from = frame.events[0]?.seq ?? seen.at(-1)?.until ?? 0;
      if (frame.events.some(({ seq }, index) => seq !== from + index)) throw new Error("Events are missing.");
      seen.push({ at, from, until: from + frame.events.length });
      isSettled = frame.isSettled;
    }
  }
  if (!isSettled) throw new Error("A stream ended before its run.");
  return seen;
}

/** The answer's content, in the parts in which it came. Its texts are ASCII here, and it ends with its connection. */
async function* contentOf(
  taken: readonly TakenBytes[],
): AsyncIterable<{ readonly at: number; readonly part: string }> {
  const [first] = taken;
  if (first === undefined) throw new Error("Nothing has come.");
  const headEnd = first.bytes.indexOf("\r\n\r\n") + 4;
  const head = first.bytes.toString("latin1", 0, headEnd);
  if (!head.startsWith("HTTP/1.1 200 ") || /^transfer-encoding:/im.test(head)) throw new Error(head);
  const parts = [{ at: first.at, bytes: first.bytes.subarray(headEnd) }, ...taken.slice(1)];
  if (!/^content-encoding: gzip\r$/im.test(head)) {
    for (const { at, bytes } of parts) yield { at, part: bytes.toString() };
    return;
  }
  const gunzip = createGunzip();
  let unzipped = "";
  gunzip.on("data", (bytes: Buffer) => {
    unzipped += bytes.toString();
  });
  for (const { at, bytes } of parts) {
    await new Promise<void>((resolve, reject) => {
      gunzip.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    yield { at, part: unzipped };
    unzipped = "";
  }
  gunzip.end();
}

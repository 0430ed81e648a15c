import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createGunzip, gunzipSync } from "node:zlib";
import fc from "fast-check";
import { encodeText, joinEvents } from "./encoded-event.ts";
import { acceptsGzip, deflatePart, SharedGzip } from "./shared-gzip.ts";

const arbitraryPart = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  // Longer than what deflate looks back over, so that a part that leaned on another one would show.
  fc
    .record({ text: fc.string({ minLength: 1, maxLength: 20 }), times: fc.integer({ min: 1, max: 8_000 }) })
    .map(({ text, times }) => Buffer.from(text.repeat(times))),
);

describe("gzip of one content for many", () => {
  it("gives each client the whole of what it was told, whatever parts these are, with the right checksum", () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryPart, { minLength: 1, maxLength: 6 }),
        fc.array(fc.array(fc.nat({ max: 5 }), { maxLength: 12 }), { minLength: 1, maxLength: 4 }),
        (parts, clients) => {
          const deflated = parts.map(deflatePart);
          for (const told of clients) {
            const gzip = new SharedGzip();
            const sent: Buffer[] = [SharedGzip.head];
            const meant: Buffer[] = [];
            for (const index of told.map((number) => number % parts.length)) {
              const [part, plain] = [deflated[index], parts[index]];
              assert.ok(part !== undefined && plain !== undefined);
              sent.push(gzip.add(part));
              meant.push(plain);
            }
            sent.push(gzip.end());
            // Refuses a wrong checksum or length, and what goes on after the end.
            assert.deepEqual(gunzipSync(Buffer.concat(sent)), Buffer.concat(meant));
          }
        },
      ),
    );
  });

  it("can be read up to the end of each part when that has come", async () => {
    const gunzip = createGunzip();
    let text = "";
    gunzip.setEncoding("utf8").on("data", (more: string) => {
      text += more;
    });
    const write = (bytes: Buffer) => new Promise<void>((resolve) => gunzip.write(bytes, () => resolve()));
    const gzip = new SharedGzip();
    await write(SharedGzip.head);
    let meant = "";
    for (const part of ["retry: 1000\n\n", "event: frame\ndata: {}\n\n".repeat(5_000), ": alive\n\n"]) {
      meant += part;
      await write(gzip.add(encodeText(part).deflated));
      assert.equal(text, meant);
    }
    gunzip.end(gzip.end());
  });

  it("is a small part of frames that say nearly the same of each task, and made once", () => {
    const task = (index: number) => ({
      task: `each[${index}]/ask`,
      status: "succeeded",
      attempts: [{ attempt: 1 }],
    });
    const events = encodeText(JSON.stringify(Array.from({ length: 1_000 }, (_, index) => task(index))));
    assert.ok(events.deflated.deflated.length < events.plain.length / 10);
    assert.equal(events.deflated, events.deflated);
    assert.equal(joinEvents([events]), events);
  });
});

describe("whether a client takes gzip", () => {
  for (const [header, isAccepted] of [
    [undefined, false],
    ["", false],
    ["identity", false],
    ["gzip", true],
    ["gzip, deflate, br, zstd", true],
    ["br;q=1.0, GZip;q=0.8, *;q=0.1", true],
    ["x-gzip", true],
    ["*", true],
    ["gzip;q=0, *", false],
    ["gzip; q=0.000", false],
    ["*;q=0", false],
    ["gzip;q=much", false],
    ["gzipped", false],
  ] as const) {
    it(`${isAccepted ? "does" : "does not"} by ${JSON.stringify(header)}`, () => {
      assert.equal(acceptsGzip(header), isAccepted);
    });
  }
});

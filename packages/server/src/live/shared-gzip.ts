/**
 * Gzip of one content for many clients, whose streams begin at different places: each part is deflated once, by itself, up to a
 * byte's end, and a client's stream is those that it is told, one after the other. Frames of a run say nearly the same of each
 * task, and come to a thirtieth of their size; to deflate them for each client would take the processor of all others.
 *
 * Formats: RFC 1951 (blocks that need nothing of what was before them may follow each other), RFC 1952 (the checksum at the
 * end). The checksum of a whole follows from those of its parts, since a CRC is a remainder of polynomials over GF(2).
 */
import { constants, crc32, deflateRawSync } from "node:zlib";

export interface DeflatedPart {
  readonly deflated: Buffer;
  readonly bytes: number;
  readonly crc: number;
  /** What the checksum of all that is before it is multiplied by. */
  readonly shift: number;
}

/** Level 1 takes about a millisecond for a megabyte of frames; higher ones take several times that, and gain nothing on them. */
const level = 1;
/** No name, no time, an unknown system. */
const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
/** An empty block that is the last one. */
const lastBlock = Buffer.from([3, 0]);

export function deflatePart(plain: Buffer): DeflatedPart {
  return {
    deflated: deflateRawSync(plain, { level, finishFlush: constants.Z_SYNC_FLUSH }),
    bytes: plain.length,
    crc: crc32(plain),
    shift: shiftOf(plain.length),
  };
}

/** What one client is sent. Its `head` goes first. */
export class SharedGzip {
  static readonly head = head;
  #crc = 0;
  #bytes = 0;

  /** The bytes of the part, which is next. */
  add({ deflated, bytes, crc, shift }: DeflatedPart): Buffer {
    this.#crc = (product(shift, this.#crc) ^ crc) >>> 0;
    this.#bytes = (this.#bytes + bytes) >>> 0;
    return deflated;
  }

  /** After the last part. */
  end(): Buffer {
    const sums = Buffer.alloc(8);
    sums.writeUInt32LE(this.#crc, 0);
    sums.writeUInt32LE(this.#bytes, 4);
    return Buffer.concat([lastBlock, sums]);
  }
}

/** RFC 9110, section 12.5.3. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const weights = new Map(
    (acceptEncoding ?? "").split(",").map((coding) => {
      const [name = "", ...parameters] = coding.split(";").map((text) => text.trim().toLowerCase());
      const weight = parameters.find((text) => text.startsWith("q="))?.slice(2);
      return [name, Number(weight ?? 1)];
    }),
  );
  return (weights.get("gzip") ?? weights.get("x-gzip") ?? weights.get("*") ?? 0) > 0;
}

/**
 * Polynomials over GF(2) of a degree below 32, as CRC-32 has them: the highest bit is the coefficient of 1, the lowest that of
 * the power 31. Remainders are those of division by CRC-32's own polynomial, without its power 32.
 */
const divisor = 0xedb88320;
const one = 0x80000000;
const x = 0x40000000;

/** The remainder of the product. */
function product(left: number, right: number): number {
  let sum = 0;
  let shifted = right;
  for (let bit = one; bit !== 0; bit >>>= 1) {
    if ((left & bit) !== 0) sum ^= shifted;
    shifted = (shifted & 1) === 0 ? shifted >>> 1 : (shifted >>> 1) ^ divisor;
  }
  return sum >>> 0;
}

/** The remainder of x to the power of so many bytes' bits: by squaring, so that it takes few steps for any length. */
function shiftOf(bytes: number): number {
  let shift = one;
  let square = x;
  for (let bits = 8 * bytes; bits > 0; bits = Math.floor(bits / 2)) {
    if (bits % 2 === 1) shift = product(shift, square);
    square = product(square, square);
  }
  return shift;
}

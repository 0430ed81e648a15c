/**
 * Arrays as parameters in Postgres's binary format (`array_recv` of its source, src/backend/utils/adt/arrayfuncs.c). As text, every
 * quote in every element is escaped here and unescaped there, which with JSON in the elements is most of what a statement costs.
 */
import { MycroftError } from "@mycroft/errors";

export type ArrayValue = string | number | Buffer | null;

/** How elements of a type are written, and its number in Postgres's catalogue. */
interface ElementType {
  readonly oid: number;
  /** Fixed, or as long as the value is. */
  readonly bytes: (value: Exclude<ArrayValue, null>) => number;
  readonly write: (into: Buffer, at: number, value: Exclude<ArrayValue, null>, length: number) => void;
}

const numbers = (
  oid: number,
  length: number,
  write: (into: Buffer, at: number, value: number) => void,
): ElementType => ({
  oid,
  bytes: () => length,
  write: (into, at, value) => write(into, at, Number(value)),
});

const elementTypes: Readonly<Record<string, ElementType>> = {
  smallint: numbers(21, 2, (into, at, value) => into.writeInt16BE(value, at)),
  integer: numbers(23, 4, (into, at, value) => into.writeInt32BE(value, at)),
  "double precision": numbers(701, 8, (into, at, value) => into.writeDoubleBE(value, at)),
  bigint: {
    oid: 20,
    bytes: () => 8,
    write: (into, at, value) => into.writeBigInt64BE(BigInt(String(value)), at),
  },
  text: {
    oid: 25,
    bytes: (value) => Buffer.byteLength(String(value)),
    write: (into, at, value, length) => into.write(String(value), at, length, "utf8"),
  },
  bytea: {
    oid: 17,
    bytes: (value) => (Buffer.isBuffer(value) ? value.length : Buffer.byteLength(String(value))),
    write: (into, at, value) => (Buffer.isBuffer(value) ? value : Buffer.from(String(value))).copy(into, at),
  },
};

const headBytes = 20;
const none = -1;

/** @param type an element type's name, as in `$1::TYPE[]`. */
export function binaryArray(type: string, values: readonly ArrayValue[]): Buffer {
  const element = elementTypes[type];
  if (element === undefined) throw new MycroftError("INTERNAL", `There is no binary form of ${type} here.`);
  const lengths = values.map((value) => (value === null ? none : element.bytes(value)));
  let total = values.length === 0 ? 12 : headBytes;
  for (const length of lengths) total += 4 + Math.max(0, length);
  const into = Buffer.allocUnsafe(total);
  into.writeInt32BE(values.length === 0 ? 0 : 1, 0);
  into.writeInt32BE(lengths.includes(none) ? 1 : 0, 4);
  into.writeInt32BE(element.oid, 8);
  if (values.length === 0) return into;
  into.writeInt32BE(values.length, 12);
  into.writeInt32BE(1, 16);
  let at = headBytes;
  for (const [index, value] of values.entries()) {
    const length = lengths[index] ?? none;
    into.writeInt32BE(length, at);
    at += 4;
    if (value === null) continue;
    element.write(into, at, value, length);
    at += length;
  }
  return into;
}

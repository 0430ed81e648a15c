import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { type PostgresServer, startPostgres, whyNoPostgres } from "../testing/postgres-server.ts";
import { type ArrayValue, binaryArray } from "./binary-array.ts";

const text = fc.string({ unit: "grapheme" }).map((value) => value.replaceAll("\0", ""));

/** What a column of each type may hold, and how Postgres gives it back as JSON. */
const kinds: readonly (readonly [string, fc.Arbitrary<ArrayValue>, (value: ArrayValue) => unknown])[] = [
  ["smallint", fc.integer({ min: -32_768, max: 32_767 }), (value) => value],
  ["integer", fc.integer(), (value) => value],
  ["bigint", fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String), (value) => value],
  ["double precision", fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => value],
  ["text", text, (value) => value],
  ["bytea", text.map((value) => Buffer.from(value)), (value) => (value as Buffer).toString("hex")],
];

const asText: Readonly<Record<string, string>> = { bigint: "::text", bytea: "" };

describe("arrays in binary form", { skip: whyNoPostgres() }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());

  for (const [type, value, shown] of kinds) {
    test(`${type}: Postgres reads what was written`, async () => {
      const read = type === "bytea" ? "encode(value, 'hex')" : `value${asText[type] ?? ""}`;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.option(value), { maxLength: 20 }), async (values) => {
          const rows = await server.query(
            `SELECT ${read} AS value FROM unnest($1::${type}[]) WITH ORDINALITY AS given (value, place) ORDER BY place`,
            [binaryArray(type, values)],
          );
          assert.deepEqual(
            rows.map((row) => row["value"]),
            values.map((one) => (one === null ? null : shown(one))),
          );
        }),
        { numRuns: 50, examples: [[[]]] },
      );
    });
  }
});

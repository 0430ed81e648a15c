import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import type { RunHeader } from "@mycroft/runtime";
import { defineConfig } from "@mycroft/sdk";
import fc from "fast-check";
import { readCursor, writeCursor } from "./page-cursor.ts";
import { newBudget, RunReadings, readingLimits } from "./run-readings.ts";
import { agentSaying, defineBareWorkflow, said } from "./testing/committees.ts";
import { Workplace } from "./testing/workplace.ts";

const asOf = "2009-06-30";
const bare = defineBareWorkflow("bare", [agentSaying("steady", () => said([0.2, 0.3, 0.5]))]);

describe("readings of runs", () => {
  let place: Workplace;
  const headers: RunHeader[] = [];

  before(async () => {
    place = await Workplace.open(defineConfig({ workflows: [bare] }), null);
    for (const subject of ["ONE", "TWO", "SIX"]) await place.run(bare, { subject, asOf }, asOf);
    headers.push(...(await place.store.listRuns({ limit: 10 })).runs);
  });

  after(() => place.close());

  function withEvents(place: number, events: number): RunHeader {
    const header = headers[place];
    assert.ok(header);
    return { ...header, events };
  }

  it("P8 stop when a request has had enough read, but never before the first run", async () => {
    const readings = new RunReadings(place.store, (error) => assert.fail(error.message));
    const own = withEvents(1, headers[1]?.events ?? 0);
    const budget = newBudget();
    const first = await readings.find([withEvents(0, readingLimits.events * 2)], budget);
    assert.equal(first?.length, 1);
    assert.equal(await readings.find([own], budget), null);
    const fresh = newBudget();
    assert.equal((await readings.find([own], fresh))?.length, 1);
    assert.equal(fresh.events, readingLimits.events - own.events);
    assert.equal((await readings.find([own], budget))?.length, 1, "what is at hand costs nothing");
    assert.equal(await readings.find([own, withEvents(2, readingLimits.events)], fresh), null);
  });

  it("are made once for all who ask at the same moment", async (t) => {
    const readings = new RunReadings(place.store, (error) => assert.fail(error.message));
    const reads = t.mock.method(place.store, "readEvents");
    const [a, b] = await Promise.all([
      readings.find(headers, newBudget()),
      readings.find(headers, newBudget()),
    ]);
    assert.deepEqual(a, b);
    assert.equal(reads.mock.callCount(), headers.length);
  });

  it("P7 tell of a record that cannot be read, and go on with the others", async (t) => {
    const told: string[] = [];
    const readings = new RunReadings(place.store, ({ code }) => told.push(code));
    const read = place.store.readEvents.bind(place.store);
    t.mock.method(place.store, "readEvents", (runId: string) => {
      if (runId === headers[1]?.runId) throw new MycroftError("ARTIFACT_DAMAGED", "damaged");
      return read(runId);
    });
    const found = await readings.find(headers, newBudget());
    assert.deepEqual(
      found?.map(({ decisions }) => decisions.length),
      [1, 0, 1],
    );
    assert.deepEqual(told, ["ARTIFACT_DAMAGED"]);
    await readings.find(headers, newBudget());
    assert.equal(told.length, 1, "it is told of once");
  });

  it("say so when the store does not answer, and are made when it does again", async (t) => {
    const readings = new RunReadings(place.store, (error) => assert.fail(error.message));
    const broken = t.mock.method(place.store, "readEvents", () => {
      throw new MycroftError("STORE_UNREACHABLE", "gone");
    });
    await assert.rejects(readings.find(headers, newBudget()), { code: "STORE_UNREACHABLE" });
    broken.mock.restore();
    assert.equal((await readings.find(headers, newBudget()))?.[0]?.decisions.length, 1);
  });
});

describe("cursors of pages", () => {
  it("come back as they went out", () => {
    const runId = fc.string({
      unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(runId, fc.nat(10_000_000), (runId, skip) => {
        assert.deepEqual(readCursor(writeCursor({ runId, skip })), { runId, skip });
      }),
    );
  });

  it("P7 are refused when nobody gave them", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        assert.throws(() => readCursor(text), { code: "INPUT_INVALID" });
      }),
    );
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { type ErrorCode, MycroftError } from "@mycroft/errors";
import * as fc from "fast-check";
import {
  archivedDocument,
  archivedPlan,
  archivedRun,
  SampleArchive,
  sampleHistory,
} from "../contracts/sample-archive.ts";
import { started, succeeded } from "../contracts/sample-runs.ts";
import type { ArchiveRecord } from "../ports/store-archive.ts";
import { type MoveProgress, moveHistory } from "./move-history.ts";
import { recordKey } from "./record-digest.ts";

const source = new SampleArchive("the old one", sampleHistory);

function hasCode(code: ErrorCode, mention: RegExp): (thrown: unknown) => boolean {
  return (thrown) => {
    assert.ok(thrown instanceof MycroftError, String(thrown));
    assert.equal(thrown.code, code, thrown.message);
    assert.match(thrown.message, mention);
    return true;
  };
}

/** An archive that keeps something else than what it is given. */
class LyingArchive extends SampleArchive {
  readonly #kept: (record: ArchiveRecord) => readonly ArchiveRecord[];

  constructor(kept: (record: ArchiveRecord) => readonly ArchiveRecord[]) {
    super("the new one");
    this.#kept = kept;
  }

  override write(batch: readonly ArchiveRecord[]): Promise<void> {
    return super.write(batch.flatMap(this.#kept));
  }
}

/** Each record, with something changed in every place in which one can be. */
function* changesOf(record: ArchiveRecord): Generator<readonly [part: string, changed: ArchiveRecord]> {
  if (record.kind !== "run") {
    yield ["body", { ...record, body: `${record.body} ` }];
    if (record.kind === "artifact") yield ["putAt", { ...record, putAt: record.putAt + 0.001 }];
    if (record.kind === "document") yield ["revision", { ...record, revision: record.revision + 1 }];
    if (record.kind === "document") yield ["expiresAt", { ...record, expiresAt: 9_000_000_000_000 }];
    return;
  }
  const { header, events } = record;
  for (const field of Object.keys(header).filter((one) => one !== "runId")) {
    yield [`header.${field}`, { ...record, header: { ...header, [field]: "another" } }];
  }
  yield [`events from ${events.length} on`, { ...record, events: [...events, "{}"] }];
  for (const seq of events.keys()) {
    yield [`events from ${seq} on`, { ...record, events: events.with(seq, "{}") }];
    yield [`events from ${seq} on`, { ...record, events: events.toSpliced(seq, 1) }];
  }
}

test("P6 everything is moved, counted and hashed, and whoever waits is told how far it is", async () => {
  const to = new SampleArchive("the new one");
  const told: MoveProgress[] = [];
  const { wasThere, sums } = await moveHistory({
    from: source,
    to,
    at: 0,
    onProgress: (one) => told.push(one),
  });
  assert.equal(wasThere, false);
  assert.deepEqual(new Set(to.records), new Set(sampleHistory));
  assert.deepEqual(sums, (await moveHistory({ from: to, to: new SampleArchive("third"), at: 0 })).sums);
  const ends = told.filter(({ done, total }) => done === total).map(({ doing, kind }) => `${doing} ${kind}`);
  assert.deepEqual(ends, [
    "copy plan",
    "copy artifact",
    "copy document",
    "copy run",
    "compare run",
    "compare document",
    "compare artifact",
    "compare plan",
  ]);
});

test("P6 whatever is kept differently from how it was given is found, and named", async () => {
  for (const record of sampleHistory) {
    for (const [part, changed] of changesOf(record)) {
      const to = new LyingArchive((one) => [one === record ? changed : one]);
      await assert.rejects(moveHistory({ from: source, to, at: 0 }), (thrown: unknown) => {
        assert.ok(hasCode("HISTORY_DIFFERS", /Nothing was moved/)(thrown));
        const { details } = thrown as MycroftError;
        assert.deepEqual(details, { kind: record.kind, key: recordKey(record), part });
        return true;
      });
    }
  }
});

test("P6 whatever is lost or added is found", async () => {
  const added: readonly ArchiveRecord[] = [
    archivedPlan("added"),
    archivedDocument("added"),
    archivedRun("added"),
    archivedRun("~last"),
  ];
  const records = fc.constantFrom(...sampleHistory);
  const loss = fc.asyncProperty(records, fc.option(fc.constantFrom(...added)), async (lost, extra) => {
    const to = new LyingArchive((one) => (one === lost ? (extra === null ? [] : [extra]) : [one]));
    await assert.rejects(
      moveHistory({ from: source, to, at: 0 }),
      hasCode("HISTORY_DIFFERS", /missing|only there/),
    );
  });
  await fc.assert(loss);
});

test("two histories have one hash only when they are the same, to the last character", async () => {
  const pairs: readonly (readonly [ArchiveRecord, ArchiveRecord])[] = [
    [
      archivedRun("a", [started(), succeeded("a", "bc")]),
      archivedRun("a", [started(), succeeded("ab", "c")]),
    ],
    [archivedDocument("ab", { body: "1" }), archivedDocument("a", { body: "b1" })],
  ];
  for (const [one, other] of pairs) {
    const sumOf = async (record: ArchiveRecord) =>
      (await moveHistory({ from: new SampleArchive("", [record]), to: new SampleArchive(""), at: 0 })).sums;
    assert.notDeepEqual(await sumOf(one), await sumOf(other));
  }
});

test("the same history that is there already is found out, and nothing is written", async () => {
  const there = new SampleArchive("the new one", sampleHistory.toReversed());
  there.write = async (batch) => assert.fail(`${batch.length} records were written`);
  const { wasThere, sums } = await moveHistory({ from: source, to: there, at: 0 });
  assert.deepEqual([wasThere, sums.run.count], [true, 6]);
});

test("P7 a store that holds anything else is refused with what it holds, and what differs", async () => {
  for (const [records, mention] of [
    [[archivedRun("other")], /holds 1 run already.*the run empty is missing there.*name another schema/],
    [[archivedPlan("sample")], /holds 1 plan already/],
    [[archivedDocument("plain")], /holds 1 document already/],
    [
      [...sampleHistory, archivedDocument("more")],
      /holds 2 plans, 3 artifacts, 6 documents, 6 runs.* notes more is only there/,
    ],
    [sampleHistory.slice(1), /holds 1 plan, .*the plan [0-9a-f]+ is missing there/],
  ] as const) {
    const to = new SampleArchive("the new one", records);
    await assert.rejects(moveHistory({ from: source, to, at: 0 }), hasCode("STORE_NOT_EMPTY", mention));
    assert.equal(to.records, records);
  }
});

test("documents that have expired by then are left behind, and are no difference where one side has pruned them", async () => {
  const alive = archivedDocument("alive", { expiresAt: 101 });
  const expired = [
    archivedDocument("just", { expiresAt: 100 }),
    archivedDocument("long ago", { expiresAt: 1 }),
  ];
  const from = new SampleArchive("the old one", [alive, ...expired]);
  const to = new SampleArchive("the new one");
  const { sums } = await moveHistory({ from, to, at: 100 });
  assert.deepEqual(to.records, [alive]);
  assert.equal(sums.document.count, 1);
  assert.equal((await moveHistory({ from, to, at: 100 })).wasThere, true);
  assert.equal((await moveHistory({ from: to, to: from, at: 100 })).wasThere, true);
});

test("an empty history is moved into an empty store", async () => {
  const { wasThere, sums } = await moveHistory({
    from: new SampleArchive("a"),
    to: new SampleArchive("b"),
    at: 0,
  });
  assert.deepEqual([wasThere, sums.run.count, sums.plan.count], [false, 0, 0]);
});

test("what fails while it is read or written fails the move, as it is", async () => {
  class FailingArchive extends SampleArchive {
    override async *read(): AsyncGenerator<readonly ArchiveRecord[]> {
      yield this.records.slice(0, 1);
      throw new RangeError("unreadable");
    }
    override async write(): Promise<void> {
      throw new TypeError("unwritable");
    }
  }
  const failing = new FailingArchive("failing", sampleHistory);
  await assert.rejects(moveHistory({ from: failing, to: new SampleArchive("b"), at: 0 }), RangeError);
  await assert.rejects(moveHistory({ from: source, to: new FailingArchive("b"), at: 0 }), TypeError);
});

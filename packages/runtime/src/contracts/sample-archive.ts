/** An archive in memory, and a history that has something of everything that a store keeps. */
import { contentHash, type JsonValue, type RunEvent } from "@mycroft/engine";
import { compareKeys, recordKey } from "../archive/record-digest.ts";
import type { RunHeader } from "../ports/store.ts";
import type {
  ArchivedArtifact,
  ArchivedDocument,
  ArchivedPlan,
  ArchivedRun,
  ArchiveKind,
  ArchiveRecord,
  WritableArchive,
} from "../ports/store-archive.ts";
import { samplePlan, sampleRun, started, succeeded } from "./sample-runs.ts";

export class SampleArchive implements WritableArchive {
  readonly address: string;
  records: readonly ArchiveRecord[];

  constructor(address: string, records: readonly ArchiveRecord[] = []) {
    this.address = address;
    this.records = records;
  }

  async count(kind: ArchiveKind): Promise<number> {
    return this.records.filter((record) => record.kind === kind).length;
  }

  /** In batches of three. */
  async *read(kind: ArchiveKind): AsyncGenerator<readonly ArchiveRecord[]> {
    const sorted = this.records
      .filter((record) => record.kind === kind)
      .toSorted((left, right) => compareKeys(recordKey(left), recordKey(right)));
    for (let place = 0; place < sorted.length; place += 3) yield sorted.slice(place, place + 3);
  }

  async write(batch: readonly ArchiveRecord[]): Promise<void> {
    this.records = [...this.records, ...batch];
  }
}

export function archivedRun(
  runId: string,
  events: readonly RunEvent[] = [started()],
  changes: Partial<RunHeader> = {},
): ArchivedRun {
  const header = { ...sampleRun(runId), status: "running", settledAt: null, ...changes } as const;
  return {
    kind: "run",
    header: { ...header, events: events.length },
    events: events.map((event) => JSON.stringify(event)),
  };
}

export function archivedDocument(id: string, changes: Partial<ArchivedDocument> = {}): ArchivedDocument {
  return {
    kind: "document",
    collection: "notes",
    id,
    revision: 1,
    body: '{"a":1}',
    expiresAt: null,
    ...changes,
  };
}

function archivedArtifact(value: JsonValue, putAt: number): ArchivedArtifact {
  return { kind: "artifact", hash: contentHash(value), putAt, body: JSON.stringify(value) };
}

export function archivedPlan(name: string): ArchivedPlan {
  const plan = samplePlan(name);
  return { kind: "plan", hash: plan.hash, body: JSON.stringify(plan) };
}

/** The artifact that the history's data are, and the one that an event of its run `named` names. */
export const sampleData = archivedArtifact({ closes: [1, 2.5, 1e21] }, 1_500.25);
export const namedArtifact = archivedArtifact("named", 1_600);
export const orphanedArtifact = archivedArtifact(["nobody's", "\u0000 \u{1f600}"], 1_700);

export const sampleHistory: readonly ArchiveRecord[] = [
  archivedPlan("sample"),
  archivedPlan("other"),
  sampleData,
  namedArtifact,
  orphanedArtifact,
  archivedDocument("plain", { revision: 7 }),
  // In UTF-16 the second of these two comes first; in UTF-8 it comes last.
  archivedDocument("\uffff"),
  archivedDocument("\u{1f600} \u0000"),
  archivedDocument("plain", { collection: "notes-more", body: "3" }),
  archivedDocument("lasting", { collection: "a", revision: 2, expiresAt: 32_503_680_000_000.5 }),
  archivedRun(
    "run-1",
    [started(), succeeded("a", "\u0000 \ud800 \u{1f600}"), succeeded("b", { z: 1, a: 1e-7 })],
    {
      status: "succeeded",
      settledAt: 5_000.5,
      createdAt: 1_000.25,
      workflow: "every/thing \u2603",
      tags: ["a", "nightly"],
      startKey: "the key",
      provenance: { codeVersion: "0.1.0+abc", dataHash: sampleData.hash },
    },
  ),
  archivedRun("run-1.child.1", [started(), succeeded("a", 1)], {
    status: "failed",
    settledAt: 4_000,
    parent: { runId: "run-1", task: "child", attempt: 2 },
  }),
  archivedRun("run-2", [started()], { tags: ["nightly"], startKey: "another key" }),
  archivedRun("fork", [started()], {
    status: "cancelled",
    settledAt: 6_000,
    forkedFrom: { runId: "gone", tasks: ["a", "b"] },
  }),
  archivedRun("named", [started(), succeeded("a", { data: namedArtifact.hash })], {
    tags: ["nightly"],
  }),
  archivedRun("empty", [], { createdAt: -1 }),
];

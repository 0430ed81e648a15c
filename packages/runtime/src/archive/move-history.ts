/**
 * Moves everything that a store holds into an empty one, and holds the two against each other afterwards (P1, P6): counts and
 * hashes of every record, read back from both. What has expired is left behind, and nothing is added.
 */
import { MycroftError } from "@mycroft/errors";
import type { ArchiveKind, ArchiveRecord, StoreArchive, WritableArchive } from "../ports/store-archive.ts";
import { type ArchiveDifference, type ArchiveSum, compareArchives } from "./compare-archives.ts";

export interface MoveProgress {
  readonly doing: "copy" | "compare";
  readonly kind: ArchiveKind;
  readonly done: number;
  /** Expired documents included. */
  readonly total: number;
}

export interface MoveHistoryOptions {
  readonly from: StoreArchive;
  readonly to: WritableArchive;
  /** What has expired by then, in milliseconds since the epoch, does not count on either side. */
  readonly at: number;
  readonly onProgress?: (progress: MoveProgress) => void;
}

export interface MovedHistory {
  /** Whether all of it was there already, from an earlier move. */
  readonly wasThere: boolean;
  readonly sums: Readonly<Record<ArchiveKind, ArchiveSum>>;
}

/** Artifacts come before the runs that name them. */
const kinds = ["plan", "artifact", "document", "run"] as const satisfies readonly ArchiveKind[];

/**
 * Whoever gives `to` makes what was written visible when this resolves, and undoes it when it rejects.
 * @throws {MycroftError} STORE_NOT_EMPTY when `to` holds something already, unless that is this very history;
 *   HISTORY_DIFFERS when what was written is not what is read back; and what the archives throw.
 */
export async function moveHistory(options: MoveHistoryOptions): Promise<MovedHistory> {
  const found = await countAll(options.to);
  const wasThere = kinds.some((kind) => found[kind] > 0);
  const totals = await countAll(options.from);
  if (!wasThere) for (const kind of kinds) await copy(options, kind, totals[kind]);
  const sums: Partial<Record<ArchiveKind, ArchiveSum>> = {};
  // Runs first: if another history is there, they show it soonest.
  for (const kind of kinds.toReversed()) {
    const sum = await compare(options, kind, totals[kind]);
    if ("part" in sum) throw wasThere ? notEmpty(options, found, sum) : differs(options, sum);
    sums[kind] = sum;
  }
  return { wasThere, sums: sums as Record<ArchiveKind, ArchiveSum> };
}

async function countAll(archive: StoreArchive): Promise<Record<ArchiveKind, number>> {
  const counts = { plan: 0, artifact: 0, document: 0, run: 0 };
  for (const kind of kinds) counts[kind] = await archive.count(kind);
  return counts;
}

/** While one batch is written, the next is read. */
async function copy(
  { from, to, at, onProgress }: MoveHistoryOptions,
  kind: ArchiveKind,
  total: number,
): Promise<void> {
  let writing = Promise.resolve();
  let done = 0;
  try {
    for await (const batch of from.read(kind)) {
      await writing;
      writing = to.write(batch.filter(isAliveAt(at)));
      // It is waited for in a moment; a failure until then is not one that nobody takes.
      writing.catch(() => {});
      done += batch.length;
      onProgress?.({ doing: "copy", kind, done, total });
    }
  } finally {
    await writing;
  }
}

function compare(
  { from, to, at, onProgress }: MoveHistoryOptions,
  kind: ArchiveKind,
  total: number,
): Promise<ArchiveSum | ArchiveDifference> {
  const tell = (done: number) => onProgress?.({ doing: "compare", kind, done, total });
  return compareArchives(from, to, { kind, isMeant: isAliveAt(at), onProgress: tell });
}

function isAliveAt(at: number): (record: ArchiveRecord) => boolean {
  return (record) => record.kind !== "document" || record.expiresAt === null || record.expiresAt > at;
}

function differs({ from, to }: MoveHistoryOptions, difference: ArchiveDifference): MycroftError {
  const message =
    `What was written to ${to.address} is not what ${from.address} holds: ${saidOf(difference)}. ` +
    "Nothing was moved. Check both machines' disks and memory, then try again.";
  return new MycroftError("HISTORY_DIFFERS", message, { details: { ...difference } });
}

function notEmpty(
  { from, to }: MoveHistoryOptions,
  found: Readonly<Record<ArchiveKind, number>>,
  difference: ArchiveDifference,
): MycroftError {
  const held = kinds.flatMap((kind) =>
    found[kind] === 0 ? [] : [`${found[kind]} ${kind}${found[kind] === 1 ? "" : "s"}`],
  );
  const message =
    `The store in ${to.address} holds ${held.join(", ")} already, and that is not the history in ${from.address}: ` +
    `${saidOf(difference)}. Nothing was changed. Move into an empty store: name another schema, or remove this one first.`;
  return new MycroftError("STORE_NOT_EMPTY", message, { details: { ...difference, found } });
}

function saidOf({ kind, key, part }: ArchiveDifference): string {
  const what = `the ${kind} ${key}`;
  if (part === "missing") return `${what} is missing there`;
  return part === "added" ? `${what} is only there` : `${what} differs in ${part}`;
}

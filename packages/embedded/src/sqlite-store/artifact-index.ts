/**
 * Which artifacts there are, since when, and which runs name them: what decides whether one is an orphan (P8). A file
 * is written before its row and removed after it, so a row without its file means loss, and a file without its row
 * is rubbish.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type ArtifactFiles, artifactShelves } from "./artifact-files.ts";
import type { Transaction } from "./transaction.ts";

const hashInText = /\b[0-9a-f]{64}\b/g;

/** At most this many orphans are forgotten in one transaction. */
const sweepSize = 500;

export class ArtifactIndex {
  readonly #files: ArtifactFiles;
  readonly #transaction: Transaction;
  readonly #now: () => number;
  readonly #put: StatementSync;
  readonly #find: StatementSync;
  readonly #name: StatementSync;
  readonly #nameIfKnown: StatementSync;
  readonly #forgetNames: StatementSync;
  readonly #findOrphans: StatementSync;
  readonly #forget: StatementSync;
  readonly #findAny: StatementSync;
  /** Spares the search of each event for hashes while nothing can be named; null when it is to be found out. */
  #hasAny: boolean | null;

  constructor(database: DatabaseSync, files: ArtifactFiles, transaction: Transaction, now: () => number) {
    this.#files = files;
    this.#transaction = transaction;
    this.#now = now;
    this.#put = database.prepare(
      "INSERT INTO artifacts (hash, put_at) VALUES (?, ?) ON CONFLICT DO UPDATE SET put_at = excluded.put_at",
    );
    this.#find = database.prepare("SELECT 1 FROM artifacts WHERE hash = ?");
    this.#name = database.prepare("INSERT OR IGNORE INTO artifact_names (hash, run_no) VALUES (?, ?)");
    this.#nameIfKnown = database.prepare(
      "INSERT OR IGNORE INTO artifact_names (hash, run_no) SELECT hash, ?2 FROM artifacts WHERE hash = ?1",
    );
    this.#forgetNames = database.prepare("DELETE FROM artifact_names WHERE run_no = ?");
    this.#findOrphans = database.prepare(`
      SELECT hash FROM artifacts
      WHERE hash >= ? AND hash < ? AND put_at < ?
        AND NOT EXISTS (SELECT 1 FROM artifact_names WHERE artifact_names.hash = artifacts.hash)
        AND NOT EXISTS (SELECT 1 FROM origins WHERE origins.data_hash = artifacts.hash)
      LIMIT ${sweepSize}
    `);
    this.#forget = database.prepare("DELETE FROM artifacts WHERE hash = ?");
    this.#findAny = database.prepare("SELECT 1 FROM artifacts LIMIT 1");
    this.#hasAny = this.#findAny.get() !== undefined;
    transaction.follow({
      onForget: () => {
        this.#hasAny = null;
      },
    });
  }

  /** Keeps `text` and returns its hash; durable with the transaction that is open, or at once when none is. */
  put(text: string): string {
    const hash = this.#files.write(text);
    this.#put.run(hash, this.#now());
    this.#hasAny = true;
    return hash;
  }

  /** Throws ARTIFACT_MISSING and ARTIFACT_DAMAGED; undefined when there never was one, or it was forgotten. */
  read(hash: string): string | undefined {
    return this.#isKnown(hash) ? this.#files.read(hash) : undefined;
  }

  /** Notes that a run names an artifact. */
  name(hash: string, runNo: number): void {
    this.#name.run(hash, runNo);
  }

  /** Notes which of the artifacts that there are an event's text names. */
  nameAllIn(text: string, runNo: number): void {
    this.#hasAny ??= this.#findAny.get() !== undefined;
    if (!this.#hasAny) return;
    for (const [hash] of text.matchAll(hashInText)) this.#nameIfKnown.run(hash, runNo);
  }

  forgetNamesOf(runNo: number): void {
    this.#forgetNames.run(runNo);
  }

  /**
   * Forgets the orphans that were last put before `putBefore`, and removes the files that no row knows of (any more).
   * Yields between short pieces of work.
   */
  *sweep(putBefore: number): Generator<void> {
    for (const shelf of artifactShelves) {
      while (this.#forgetOrphans(shelf, putBefore) === sweepSize) yield;
      this.#files.sweep(shelf, (hash) => this.#isKnown(hash));
      yield;
    }
  }

  #forgetOrphans(shelf: string, putBefore: number): number {
    // "g" sorts after every hex digit.
    const rows = this.#findOrphans.all(shelf, `${shelf}g`, putBefore);
    const hashes = rows.map((row) => String(row["hash"]));
    if (hashes.length > 0) {
      this.#transaction.run(() => {
        for (const hash of hashes) this.#forget.run(hash);
      });
    }
    return hashes.length;
  }

  #isKnown(hash: string): boolean {
    return this.#find.get(hash) !== undefined;
  }
}

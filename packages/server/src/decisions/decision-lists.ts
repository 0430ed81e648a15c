/**
 * Decisions and opinions over all runs on record: the newest on each subject, and pages of them. Pages may hold fewer than
 * asked for while there are more: how far one request looks is bounded.
 */
import type { DecisionSummary, LatestDecisions, OpinionView } from "@mycroft/protocol";
import { findRun, type RunHeader, type Store } from "@mycroft/runtime";

import { type PagePlace, readCursor, writeCursor } from "./page-cursor.ts";
import type { RunFamilies } from "./run-families.ts";
import type { RunReading } from "./run-reading.ts";
import { newBudget, type RunReadings } from "./run-readings.ts";

/** Runs that one page looks through. */
const mostRuns = 500;
/** Subjects of which the latest decision is told, the most disputed first. */
const mostLatest = 1_000;
/** Decisions of one run that are told, the first. */
const mostOfRun = 5_000;

export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly subject?: string | undefined;
}

export interface Page<Entry> {
  readonly entries: Entry[];
  readonly nextCursor: string | null;
}

export interface DecisionListsPorts {
  readonly store: Store;
  readonly readings: RunReadings;
  readonly families: RunFamilies;
}

export class DecisionLists {
  readonly #store: Store;
  readonly #readings: RunReadings;
  readonly #families: RunFamilies;

  constructor({ store, readings, families }: DecisionListsPorts) {
    this.#store = store;
    this.#readings = readings;
    this.#families = families;
  }

  /**
   * Of each subject the decision as of the latest day, of these the one that was made last; the most disputed first.
   * @param runs how many of the newest runs are looked through, unless too much would have to be read.
   */
  async latest({
    workflow,
    runs,
  }: {
    workflow?: string | undefined;
    runs: number;
  }): Promise<LatestDecisions> {
    const latest = new Map<string, DecisionSummary>();
    let looked = 0;
    let isAll = true;
    for await (const { readings } of this.#newest({ workflow })) {
      if (readings === null || looked === runs) {
        isAll = false;
        break;
      }
      looked += 1;
      for (const decision of readings.flatMap(({ decisions }) => decisions)) {
        const other = latest.get(decision.subject);
        if (other === undefined || isLater(decision, other)) latest.set(decision.subject, decision);
      }
    }
    const decisions = [...latest.values()].sort(byDispute);
    return {
      decisions: decisions.slice(0, mostLatest),
      runs: looked,
      isAll: isAll && decisions.length <= mostLatest,
    };
  }

  /** The newest runs first, in each the order in which it decided. @throws {MycroftError} INPUT_INVALID (the cursor). */
  listDecisions(
    query: PageQuery & { readonly workflow?: string | undefined },
  ): Promise<Page<DecisionSummary>> {
    const { subject } = query;
    return this.#page(query, ({ decisions }) =>
      subject === undefined ? decisions : decisions.filter((one) => one.subject === subject),
    );
  }

  /** As `listDecisions`. */
  listOpinions(query: PageQuery & { readonly agent?: string | undefined }): Promise<Page<OpinionView>> {
    const { subject, agent } = query;
    return this.#page(query, ({ opinions }) =>
      opinions.filter(
        (one) =>
          (subject === undefined || one.subject === subject) && (agent === undefined || one.agent === agent),
      ),
    );
  }

  /** Of any run, forks and child runs among them. @throws {MycroftError} RUN_UNKNOWN. */
  async ofRun(idOrPrefix: string): Promise<DecisionSummary[]> {
    const header = await findRun(this.#store, idOrPrefix);
    const family = [header, ...(await this.#families.childrenOf(header))];
    const readings = await this.#readings.find(family, newBudget());
    return (readings ?? []).flatMap(({ decisions }) => decisions).slice(0, mostOfRun);
  }

  /** The newest runs with their children, each as it was read; null once too much would have to be read. */
  async *#newest(query: { workflow?: string | undefined; from?: string | undefined }): AsyncGenerator<{
    readonly header: RunHeader;
    readonly readings: readonly RunReading[] | null;
  }> {
    const budget = newBudget();
    for await (const { header, children } of this.#families.newest(query)) {
      const readings = await this.#readings.find([header, ...children], budget);
      yield { header, readings };
      if (readings === null) return;
    }
  }

  async #page<Entry>(
    { limit, cursor, workflow }: PageQuery & { readonly workflow?: string | undefined },
    entriesOf: (reading: RunReading) => readonly Entry[],
  ): Promise<Page<Entry>> {
    const begin: PagePlace | null = cursor === undefined ? null : readCursor(cursor);
    const entries: Entry[] = [];
    let looked = 0;
    for await (const { header, readings } of this.#newest({ workflow, from: begin?.runId })) {
      if (readings === null || looked === mostRuns)
        return { entries, nextCursor: writeCursor({ runId: header.runId, skip: 0 }) };
      looked += 1;
      const skip = header.runId === begin?.runId ? begin.skip : 0;
      const own = readings.flatMap(entriesOf).slice(skip);
      const taken = own.slice(0, limit - entries.length);
      entries.push(...taken);
      if (taken.length < own.length)
        return { entries, nextCursor: writeCursor({ runId: header.runId, skip: skip + taken.length }) };
    }
    return { entries, nextCursor: null };
  }
}

function isLater(one: DecisionSummary, other: DecisionSummary): boolean {
  if (one.asOf !== other.asOf) return one.asOf > other.asOf;
  return one.decidedAt > other.decidedAt;
}

function byDispute(a: DecisionSummary, b: DecisionSummary): number {
  if (a.divergence !== b.divergence) return b.divergence - a.divergence;
  return a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0;
}

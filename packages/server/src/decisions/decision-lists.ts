/**
 * Decisions and opinions over all runs on record: the newest on each subject, and pages of them. Pages may hold fewer than
 * asked for while there are more: how far one request looks is bounded.
 */
import type { DecisionSummary, LatestDecisions, OpinionView } from "@mycroft/protocol";
import { findRun, type RunHeader, type Store } from "@mycroft/runtime";
import type { KnownPlans } from "./known-plans.ts";
import { type PagePlace, readCursor, writeCursor } from "./page-cursor.ts";
import type { RunFamilies } from "./run-families.ts";
import type { RunReading } from "./run-reading.ts";
import { newBudget, type ReadingBudget, type RunReadings } from "./run-readings.ts";

export const lookLimits = {
  /** Runs whose events one page has read, or has at hand. */
  read: 500,
  /** Runs that one page passes over because they are known to decide nothing: their headers are all that is looked at. */
  passed: 2_000,
  /**
   * Runs without a decision among the latest, such as those of a schedule that fires each minute: after so many the search
   * goes on workflow by workflow, with as many again.
   */
  undecided: 1_000,
  /** Settled runs that are remembered to have decided nothing. */
  remembered: 50_000,
} as const;
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
  readonly plans: KnownPlans;
  /** The project's workflows whose runs can come to a decision. */
  readonly deciding: readonly string[];
}

/** A run with what was read of it and of its children; null once too much would have to be read. */
interface LookedAt {
  readonly header: RunHeader;
  readonly readings: readonly RunReading[] | null;
  /** Whether it was known to decide nothing, and nothing was read. */
  readonly isPassed: boolean;
}

export class DecisionLists {
  readonly #store: Store;
  readonly #readings: RunReadings;
  readonly #families: RunFamilies;
  readonly #plans: KnownPlans;
  readonly #deciding: readonly string[];
  /** Settled runs that decided nothing, the longest known first. */
  readonly #undecided = new Set<string>();

  constructor({ store, readings, families, plans, deciding }: DecisionListsPorts) {
    this.#store = store;
    this.#readings = readings;
    this.#families = families;
    this.#plans = plans;
    this.#deciding = deciding;
  }

  /**
   * Of each subject the decision as of the latest day, of these the one that was made last; the most disputed first.
   * @param runs how many of the newest runs that decided are looked through, unless too much would have to be read.
   */
  async latest({
    workflow,
    runs,
  }: {
    workflow?: string | undefined;
    runs: number;
  }): Promise<LatestDecisions> {
    const search = new LatestSearch();
    const budget = newBudget();
    const { undecided } = lookLimits;
    const stoppedAt = await search.take(this.#newest({ workflow, budget }), { decided: runs, undecided });
    // What fires often and decides nothing must not hide what others decided before: each has its share of what is left.
    const others = workflow === undefined && stoppedAt !== null ? this.#deciding : [];
    const shareOf = (whole: number) => Math.ceil(whole / Math.max(1, others.length));
    const share = { decided: shareOf(runs - search.decided), undecided: shareOf(undecided) };
    for (const one of others)
      await search.take(this.#newest({ workflow: one, from: stoppedAt?.runId, budget }), share);
    const decisions = [...search.latest.values()].sort(byDispute);
    return {
      decisions: decisions.slice(0, mostLatest),
      runs: search.looked,
      isAll: stoppedAt === null && decisions.length <= mostLatest,
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

  /** The newest runs; ends once too much would have to be read. */
  async *#newest({
    budget,
    ...query
  }: {
    readonly workflow?: string | undefined;
    readonly from?: string | undefined;
    readonly budget: ReadingBudget;
  }): AsyncGenerator<LookedAt> {
    for await (const header of this.#families.newestParents(query)) {
      const { resolves, startsRuns } = await this.#plans.traitsOf(header);
      if ((!resolves && !startsRuns) || this.#undecided.has(header.runId)) {
        yield { header, readings: [], isPassed: true };
        continue;
      }
      const family = [header, ...(await this.#families.childrenOf(header))];
      const readings = await this.#readings.find(await this.#resolving(family), budget);
      if (readings?.every(({ decisions }) => decisions.length === 0)) this.#rememberUndecided(family);
      yield { header, readings, isPassed: false };
      if (readings === null) return;
    }
  }

  async #resolving(family: readonly RunHeader[]): Promise<readonly RunHeader[]> {
    const found: RunHeader[] = [];
    for (const one of family) if ((await this.#plans.traitsOf(one)).resolves) found.push(one);
    return found;
  }

  /** What has settled never changes. */
  #rememberUndecided(family: readonly RunHeader[]): void {
    const [parent] = family;
    if (parent === undefined || family.some(({ settledAt }) => settledAt === null)) return;
    this.#undecided.add(parent.runId);
    for (const oldest of this.#undecided) {
      if (this.#undecided.size <= lookLimits.remembered) break;
      this.#undecided.delete(oldest);
    }
  }

  async #page<Entry>(
    { limit, cursor, workflow }: PageQuery & { readonly workflow?: string | undefined },
    entriesOf: (reading: RunReading) => readonly Entry[],
  ): Promise<Page<Entry>> {
    const begin: PagePlace | null = cursor === undefined ? null : readCursor(cursor);
    const entries: Entry[] = [];
    const looked = { read: 0, passed: 0 };
    const query = { workflow, from: begin?.runId, budget: newBudget() };
    for await (const { header, readings, isPassed } of this.#newest(query)) {
      if (readings === null || looked.read === lookLimits.read || looked.passed === lookLimits.passed)
        return { entries, nextCursor: writeCursor({ runId: header.runId, skip: 0 }) };
      looked[isPassed ? "passed" : "read"] += 1;
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

/** The latest decisions among the runs that were looked through so far. */
class LatestSearch {
  readonly latest = new Map<string, DecisionSummary>();
  /** Runs, and those of them that decided. */
  looked = 0;
  decided = 0;

  /**
   * @param most how many runs with a decision, and without one, are looked through at most.
   * @returns the run before which it stopped; null when it has come to the end.
   */
  async take(
    runs: AsyncIterable<LookedAt>,
    most: { readonly decided: number; readonly undecided: number },
  ): Promise<RunHeader | null> {
    const left = { ...most };
    for await (const { header, readings } of runs) {
      if (readings === null || left.decided === 0 || left.undecided === 0) return header;
      this.looked += 1;
      const own = readings.flatMap(({ decisions }) => decisions);
      if (own.length === 0) {
        left.undecided -= 1;
        continue;
      }
      left.decided -= 1;
      this.decided += 1;
      for (const decision of own) this.#add(decision);
    }
    return null;
  }

  #add(decision: DecisionSummary): void {
    const other = this.latest.get(decision.subject);
    if (other === undefined || isLater(decision, other)) this.latest.set(decision.subject, decision);
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

/** Holds the runs of a backfill against its range: each day has one run, and no more are under way than may be. */
import type { DocumentWrite } from "../ports/store.ts";
import { type BackfillState, backfillCollection, readState } from "../scheduler/backfill-state.ts";
import { type DurableRun, type DurableRuns, isSettled } from "./durable-runs.ts";
import type { Rule } from "./rules.ts";
import { type ScenarioBackfill, startAt } from "./scenario.ts";

export const backfillId = "fill";

const dayMs = 86_400_000;

export interface BackfillWatchOptions {
  readonly backfill: ScenarioBackfill;
  readonly durable: DurableRuns;
  readonly accuse: (rule: Rule, detail: string) => void;
}

export class BackfillWatch {
  readonly #options: BackfillWatchOptions;
  #state: BackfillState | null = null;

  constructor(options: BackfillWatchOptions) {
    this.#options = options;
  }

  /** The disk has taken in a document. */
  stores({ collection, id, value }: DocumentWrite): void {
    if (collection === backfillCollection && id === backfillId) this.#state = readState(id, value);
  }

  /** A run begins. */
  begins(runId: string): void {
    const run = this.#options.durable.get(runId);
    if (run === undefined || !isOfBackfill(run)) return;
    if (this.#state?.status !== "running") this.#accuse(`${runId} begins while it is ${this.#state?.status}`);
    const others = this.#runs().filter((other) => other !== run);
    const twin = others.find((other) => other.header.asOf === run.header.asOf);
    if (twin !== undefined) this.#accuse(`${runId} and ${twin.header.runId} are of one day`);
    const underWay = others.filter((other) => !isSettled(other)).length + 1;
    const { concurrency } = this.#options.backfill;
    if (underWay > concurrency) this.#accuse(`${underWay} of ${concurrency} runs are under way`);
  }

  /** When nothing more is to come. */
  checkEnd(): void {
    const state = this.#state;
    if (state === null) return;
    const days = daysOf(this.#options.backfill);
    const runs = this.#runs().map(({ header }) => header.asOf);
    const counted = state.succeeded + state.failed + state.cancelled;
    const surplus = runs.filter((day) => !days.includes(day));
    const isWhole = state.status === "cancelled" || runs.length === days.length;
    if (state.endedAt === null || !isWhole || surplus.length > 0 || counted !== runs.length) {
      this.#accuse(`it is ${state.status} with ${runs.length} runs of ${days.length}, ${counted} counted`);
    }
  }

  #runs(): readonly DurableRun[] {
    return Array.from(this.#options.durable.all()).filter(isOfBackfill);
  }

  #accuse(detail: string): void {
    this.#options.accuse("firings", `backfill: ${detail}`);
  }
}

/** Its days, oldest first. */
export function daysOf({ days, daysAgo }: ScenarioBackfill): readonly string[] {
  return Array.from({ length: days }, (_, day) =>
    new Date(startAt - (daysAgo - day) * dayMs).toISOString().slice(0, 10),
  );
}

function isOfBackfill({ header }: DurableRun): boolean {
  return header.tags.includes(`backfill:${backfillId}`) && header.forkedFrom === null;
}

/** What a store holds when all its runs have settled: as it compares with another one, and whether each thing counted once. */
import assert from "node:assert/strict";
import { apply, createRun, describeTasks, indexPlan, type RunEvent } from "@mycroft/engine";
import { type RunHeader, type RunRecord, readRun, type Store } from "@mycroft/runtime";

export interface MixedRunsEnds {
  /** By run, without what time alone decides. */
  readonly states: ReadonlyMap<string, unknown>;
  /** Outcomes of attempts that were recorded, and counted for nothing (E10). */
  readonly stale: readonly StaleOutcome[];
  /** Of the attempts that counted, who reported them. */
  readonly counted: ReadonlyMap<string, string>;
  /** The first and the last moment on record, in milliseconds since the epoch. */
  readonly times: { readonly first: number; readonly last: number };
}

export interface StaleOutcome {
  readonly runId: string;
  readonly task: string;
  readonly attempt: number;
  readonly worker: string;
}

const readAtOnce = 16;
const pageSize = 500;

export async function readEnds(store: Store): Promise<MixedRunsEnds> {
  const headers = await allRuns(store);
  const reader = new EndReader();
  const states = new Map<string, unknown>();
  const next = headers.values();
  const readOn = async (): Promise<void> => {
    for (const { runId } of next) states.set(runId, reader.read(await readRun(store, runId)));
  };
  await Promise.all(Array.from({ length: readAtOnce }, readOn));
  return { states, ...reader.found() };
}

/** Names an attempt among all. */
export function attemptName(attempt: {
  readonly runId: string;
  readonly task: string;
  readonly attempt: number;
}): string {
  return `${attempt.runId} ${attempt.task}#${attempt.attempt}`;
}

async function allRuns(store: Store): Promise<readonly RunHeader[]> {
  const found: RunHeader[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await store.listRuns(
      cursor === undefined ? { limit: pageSize } : { limit: pageSize, cursor },
    );
    found.push(...page.runs);
    cursor = page.nextCursor;
  }
  return found;
}

class EndReader {
  readonly #stale: StaleOutcome[] = [];
  readonly #counted = new Map<string, string>();
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  found(): Omit<MixedRunsEnds, "states"> {
    return {
      stale: this.#stale,
      counted: this.#counted,
      times: { first: this.#first, last: this.#last },
    };
  }

  /** P2: what is on record counted, each thing once, but for what was said again. Gives the end. */
  read({ header, plan, events, state: { result, input } }: RunRecord): unknown {
    const { runId, status } = header;
    assert.ok(result !== null, `${runId} has settled`);
    assert.equal(status, result.status, `the header of ${runId} says so`);
    const state = createRun(indexPlan(plan), runId);
    const signals = new Set<string | undefined>();
    for (const event of events) {
      const { ignored } = state;
      apply(state, event);
      this.#noteTime(event.at);
      if (state.ignored === ignored) this.#noteCounted(runId, event);
      else this.#noteIgnored(runId, event, signals);
      if (event.type === "signalReceived") signals.add(event.id);
    }
    const tasks = describeTasks(state).map(({ readyAt: _, settledAt: __, ...task }) => task);
    const { createdAt: _, settledAt: __, events: ___, ...origin } = header;
    return { ...origin, input, result, tasks };
  }

  #noteTime(at: number): void {
    this.#first = Math.min(this.#first, at);
    this.#last = Math.max(this.#last, at);
  }

  #noteCounted(runId: string, event: RunEvent): void {
    if (event.type !== "attemptSucceeded" && event.type !== "attemptFailed") return;
    const { task, attempt, report } = event;
    const name = attemptName({ runId, task, attempt });
    assert.ok(!this.#counted.has(name), `the outcome of ${name} counted twice`);
    this.#counted.set(name, report?.worker ?? "");
  }

  #noteIgnored(runId: string, event: RunEvent, signals: ReadonlySet<string | undefined>): void {
    if (event.type === "attemptSucceeded" || event.type === "attemptFailed") {
      const { task, attempt, report } = event;
      this.#stale.push({ runId, task, attempt, worker: report?.worker ?? "" });
      return;
    }
    const isAgain = event.type === "signalReceived" && signals.has(event.id);
    assert.ok(isAgain, `${runId} ignored ${JSON.stringify(event)}`);
  }
}

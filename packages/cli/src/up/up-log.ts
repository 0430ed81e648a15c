/** The log of `mycroft up`: what happens, in the order in which it happens, each with what the record says of its run. */
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import type { RunWait } from "@mycroft/record";
import { type RunHeader, type RunUpdate, readRun, type SchedulerNotice, type Store } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { rootOf } from "../host/run-activity.ts";
import { eventJson, eventLine, originOf, type UpEvent } from "./up-event.ts";

interface Happening {
  readonly runId: string;
  readonly at: number;
  readonly eventsOf: (run: RunHeader, store: Store) => Promise<readonly UpEvent[]>;
}

export class UpLog {
  readonly #invocation: Pick<Invocation, "options" | "terminal">;
  readonly #now: () => number;
  #store: Store | null = null;
  /** What is told next waits for what is told before. */
  #told: Promise<void> = Promise.resolve();
  #lastWarning = "";
  /** What happened to runs before there was a store to look them up in. */
  #held: Happening[] = [];

  constructor(invocation: Pick<Invocation, "options" | "terminal">, now: () => number = Date.now) {
    this.#invocation = invocation;
    this.#now = now;
  }

  /**
   * From now on runs are looked up there, those to which something happened before first; null for nowhere.
   * @param toldRun what happened before to this run has been told otherwise.
   */
  attach(store: Store | null, toldRun: string | null = null): void {
    const held = this.#held;
    this.#held = [];
    this.#store = store;
    if (store === null) return;
    for (const happening of held) if (happening.runId !== toldRun) this.#look(happening, store);
  }

  tell(event: UpEvent): void {
    const at = this.#now();
    this.#enqueue(async () => this.#print(event, at));
  }

  /** Child runs are a matter of the run that they lie within. */
  takeUpdate({ runId, events }: RunUpdate): void {
    if (rootOf(runId) !== runId || !events.some(({ type }) => type === "runStarted")) return;
    this.#tellOf(runId, async (run) => [{ event: "runStarted", run, origin: originOf(run) }]);
  }

  takeSettled(runId: string): void {
    this.#tellOf(runId, async (run, store) => [
      { event: "runSettled", run, error: await errorOf(run, store) },
    ]);
  }

  takeWaiting(runId: string, waits: readonly RunWait[]): void {
    this.#tellOf(runId, async (run) => [{ event: "runWaits", run, waits }]);
  }

  takeNotice(notice: SchedulerNotice): void {
    const { schedule } = notice;
    switch (notice.kind) {
      case "started":
        // The run itself says so.
        return;
      case "skipped": {
        const { reason, count, until } = notice;
        this.tell({ event: "firingsSkipped", schedule, reason, count, until });
        return;
      }
      case "failed": {
        const { scheduledAt, error } = notice;
        this.tell({ event: "firingFailed", schedule, scheduledAt, error });
        return;
      }
      case "ahead":
        this.tell({ event: "scheduleAhead", schedule, place: notice.place });
        return;
    }
  }

  /** What is tried again and again is told once. */
  warn(error: MycroftError, isRetried = error.retryable): void {
    const text = `${error.code} ${error.message}`;
    if (text !== this.#lastWarning) this.tell({ event: "warning", error, isRetried });
    this.#lastWarning = text;
  }

  /** Resolves when all that has happened so far is told. */
  async flush(): Promise<void> {
    await this.#told;
  }

  #tellOf(runId: string, eventsOf: Happening["eventsOf"]): void {
    const happening = { runId, at: this.#now(), eventsOf };
    if (this.#store === null) this.#held.push(happening);
    else this.#look(happening, this.#store);
  }

  #look({ runId, at, eventsOf }: Happening, store: Store): void {
    this.#enqueue(async () => {
      const run = await store.getRun(runId);
      const events = run === undefined ? [] : await eventsOf(run, store);
      for (const event of events) if (!this.#isRoutine(event)) this.#print(event, at);
    });
  }

  /** A backfill's thousands of runs are told by its progress; a program is told all. */
  #isRoutine(event: UpEvent): boolean {
    if (this.#invocation.terminal.json || !("run" in event)) return false;
    if (event.event === "runWaits" || originOf(event.run).kind !== "backfill") return false;
    return event.event === "runStarted" || event.run.status === "succeeded";
  }

  #print(event: UpEvent, at: number): void {
    const { options, terminal } = this.#invocation;
    if (terminal.json) terminal.printJsonLine(eventJson(event, at, options));
    else terminal.print(eventLine(event, at, options));
  }

  #enqueue(work: () => Promise<void>): void {
    this.#told = this.#told.then(work).catch((thrown: unknown) => {
      this.#invocation.terminal.note(`warning: the log lacks a line: ${asMycroftError(thrown).message}`);
    });
  }
}

async function errorOf({ runId, status }: RunHeader, store: Store) {
  if (status !== "failed") return null;
  const { result } = (await readRun(store, runId)).state;
  return result?.status === "failed" ? result.error : null;
}

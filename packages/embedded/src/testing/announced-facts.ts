/**
 * Holds what processes have announced against the record that they left: whatever anybody was told of, or has acted on, must
 * be in it (P1), and must stay there as it was; and nothing begins in what has settled (E11).
 */
import assert from "node:assert/strict";
import type { RunEvent } from "@mycroft/engine";
import { type RunUpdateEvent, readRun, type Store } from "@mycroft/runtime";
import { allRuns } from "./all-runs.ts";
import type { Announcement } from "./work-messages.ts";
import type { WorkingProcess } from "./working-process.ts";

type Fact = Exclude<Announcement, { type: "ready" | "open" | "failure" | "refusal" | "idle" | "closed" }>;

export class AnnouncedFacts {
  /** By run: those of the newest processes, which nobody has looked for yet. */
  #new = new Map<string, Fact[]>();
  readonly #all = new Map<string, Fact[]>();
  /** How much was heard of each. */
  readonly #heard = new WeakMap<WorkingProcess, number>();
  /** Runs that had settled when somebody looked last. */
  #settled: ReadonlySet<string> = new Set();

  /** How many runs there is something new of. */
  get newRuns(): number {
    return this.#new.size;
  }

  /** Takes in what a process has announced since it was heard last. */
  hear(process: WorkingProcess): void {
    const announcements = process.announcements.slice(this.#heard.get(process) ?? 0);
    this.#heard.set(process, process.announcements.length);
    for (const announcement of announcements) {
      switch (announcement.type) {
        case "ready":
        case "open":
        case "failure":
        case "refusal":
        case "idle":
        case "closed":
          continue;
        case "update":
          keep(this.#new, announcement.update.runId, announcement);
          continue;
        default:
          keep(this.#new, announcement.runId, announcement);
      }
    }
  }

  /** Looks for what was announced since the last time, also by a process that is alive and writes meanwhile. */
  async check(store: Store, living?: WorkingProcess): Promise<void> {
    // Before it is heard: what it announces after that comes after these have settled.
    const runs = await allRuns(store);
    if (living !== undefined) this.hear(living);
    const added = this.#new;
    this.#new = new Map();
    await checkFacts(store, added);
    for (const [runId, facts] of added) {
      const begun = facts.find(({ type }) => type === "attempt");
      const over = ancestryOf(runId).find((id) => this.#settled.has(id));
      if (begun !== undefined)
        assert.equal(over, undefined, `E11 ${runId} goes on: ${JSON.stringify(begun)}`);
      keep(this.#all, runId, ...facts);
    }
    this.#settled = new Set(runs.flatMap(({ runId, status }) => (status === "running" ? [] : [runId])));
  }

  /** Looks for all of it once more. */
  async checkAll(store: Store): Promise<void> {
    await this.check(store);
    await checkFacts(store, this.#all);
  }
}

/** The run and those that it lies in, as child runs do in their parents: their ids begin with those. */
function ancestryOf(runId: string): readonly string[] {
  const parts = runId.split(".");
  return parts.map((_, index) => parts.slice(0, index + 1).join("."));
}

function keep(facts: Map<string, Fact[]>, runId: string, ...added: readonly Fact[]): void {
  const known = facts.get(runId);
  if (known === undefined) facts.set(runId, [...added]);
  else known.push(...added);
}

async function checkFacts(store: Store, facts: ReadonlyMap<string, readonly Fact[]>): Promise<void> {
  for (const [runId, ofRun] of facts) {
    const { header, state, events } = await readRun(store, runId);
    for (const fact of ofRun) {
      const isOnRecord = (): boolean => {
        switch (fact.type) {
          case "start":
            return true;
          case "end":
            return header.status === fact.status;
          case "attempt":
            return (state.tasks.get(fact.task)?.attempt ?? 0) >= fact.attempt;
          case "signal":
            return events.some((event) => event.type === "signalReceived" && event.id === fact.id);
          case "verdict":
            return events.some((event) => event.type === "approvalDecided" && event.task === fact.task);
          case "cancel":
            return events.some(
              (event) => event.type === "cancelRequested" && (event.task ?? null) === fact.task,
            );
          case "update": {
            const { fromSeq, status } = fact.update;
            const isSettled = status === "running" || header.status === status;
            return (
              isSettled && fact.update.events.every((told, index) => isSame(told, events[fromSeq + index]))
            );
          }
        }
      };
      assert.ok(isOnRecord(), `P1 run ${runId} lacks what was announced: ${JSON.stringify(fact)}`);
    }
  }
}

/** An update names no payloads; together with its time, what it names is enough to know an event by. */
function isSame(told: RunUpdateEvent, event: RunEvent | undefined): boolean {
  if (event === undefined) return false;
  const { type, at } = event;
  const task = "task" in event ? event.task : undefined;
  const attempt = "attempt" in event ? event.attempt : undefined;
  return type === told.type && at === told.at && task === told.task && attempt === told.attempt;
}

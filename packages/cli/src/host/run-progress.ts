/** Shows how runs come along while somebody waits: a live line on a terminal, elsewhere a plain line now and then. */

import { counted, durationText } from "@mycroft/record/text";
import type { RunUpdate } from "@mycroft/runtime";
import type { Terminal } from "../text/terminal.ts";

/** Between two redrawings of the live line, and between two plain lines. */
const liveEveryMs = 50;
const plainEveryMs = 5_000;

interface FollowedRun {
  readonly workflow: string;
  /** Null when it cannot be known. */
  readonly expected: number | null;
  readonly done: Set<string>;
  failures: number;
  latest: string;
  /** What it waits for, as `waits for ...`; empty while it has something to do. */
  waiting: string;
}

export class RunProgress {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  readonly #startedAt: number;
  readonly #runs = new Map<string, FollowedRun>();
  #shownAt: number;

  constructor(terminal: Terminal, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#now = now;
    this.#startedAt = now();
    this.#shownAt = this.#startedAt;
  }

  /** @param done the tasks that are settled already, in a run that goes on. */
  follow(
    runId: string,
    run: { readonly workflow: string; readonly expected: number | null },
    done: Iterable<string>,
  ) {
    this.#runs.set(runId, { ...run, done: new Set(done), failures: 0, latest: "", waiting: "" });
    this.#show(liveEveryMs);
  }

  /** How many tasks of a run have succeeded. */
  doneOf(runId: string): number {
    return this.#runs.get(runId)?.done.size ?? 0;
  }

  /** @param text such as `waits for a verdict on sign-off`: shown until something happens. */
  wait(runId: string, text: string): void {
    const run = this.#runs.get(runId);
    if (run === undefined) return;
    run.waiting = text;
    this.#show(0);
  }

  take({ runId, events, status }: RunUpdate): void {
    const run = this.#runs.get(runId);
    if (run === undefined) return;
    run.waiting = "";
    for (const event of events) {
      if (event.task === undefined) continue;
      if (event.type === "attemptSucceeded") run.done.add(event.task);
      if (event.type === "attemptFailed") run.failures += 1;
      run.latest = event.task;
    }
    if (status !== "running") this.#runs.delete(runId);
    this.#show(liveEveryMs);
  }

  end(): void {
    this.#terminal.progress("");
  }

  #show(everyMs: number): void {
    const now = this.#now();
    const since = now - this.#shownAt;
    if (since < (this.#terminal.isLive ? everyMs : plainEveryMs)) return;
    this.#shownAt = now;
    const text = Array.from(this.#runs.values(), progressText).join("; ");
    const elapsed = durationText(now - this.#startedAt);
    if (text === "") return;
    if (this.#terminal.isLive) this.#terminal.progress(`${text}  (${elapsed})`);
    else if (!this.#terminal.json) this.#terminal.note(`${text}  (${elapsed})`);
  }
}

function progressText({ workflow, expected, done, failures, latest, waiting }: FollowedRun): string {
  if (waiting !== "") return `${workflow} ${waiting}`;
  const count =
    expected === null ? counted(done.size, "step") : `${done.size} of ${counted(expected, "step")}`;
  const failed = failures === 0 ? "" : `, ${failures} failed ${failures === 1 ? "attempt" : "attempts"}`;
  return `${workflow}: ${count}${failed}${latest === "" ? "" : `, ${latest}`}`;
}

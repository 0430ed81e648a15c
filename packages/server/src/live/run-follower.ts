/**
 * Follows one run for all who watch it. The store's events are the truth: what is told is durable (P1), and comes from there,
 * each event once and in order; updates on the bus, which may be lost, and a look now and then only wake it. Each event is folded once,
 * however many watch.
 *
 * A watcher is a place: the next event that it has not been told, and the version of the tasks that it knows. Whenever its
 * client is ready, it is told what lies between that place and now, as one frame. So whoever is slow is told less often, and
 * nothing is kept for it.
 */
import { setImmediate } from "node:timers/promises";
import type { RunFrame, TaskSummary } from "@mycroft/protocol";
import { readRun, type Store } from "@mycroft/runtime";
import { eventView } from "../runs/event-views.ts";
import { runSummary } from "../runs/run-summary.ts";
import { ToldRun } from "../runs/told-run.ts";
import { type EncodedEvents, encodeEvent } from "./encoded-event.ts";
import type { EventStream } from "./event-stream.ts";

export const followLimits = {
  /** Frames are at least so far apart, and so many times what it took to fold the last one: large runs must not take the processor. */
  frameMs: 40,
  frameShare: 5,
  /** How often the store is looked at when nothing wakes, and when that has shown what nobody had told of. */
  pollMs: 1_000,
  untoldPollMs: 100,
  /** Looks of the second kind that may find nothing, until it is one of the first kind again. */
  emptyPolls: 30,
  tasks: 5_000,
  /** Events of one frame. Whoever missed more is told them in several. */
  events: 2_000,
  /** Some 10 ms of writing. */
  turnBytes: 16 * 2 ** 20,
  /** Frames that are kept for others at the same place. */
  encoded: 16,
} as const;

interface Watcher {
  readonly stream: EventStream;
  /** The sequence number of the first event that it has not been told. */
  next: number;
  /** The version of the tasks that it has been told; -1 before the first frame. */
  version: number;
}

interface Change {
  readonly version: number;
  readonly task: TaskSummary;
}

export class RunFollower {
  readonly #store: Store;
  readonly #told: ToldRun;
  readonly #onError: (thrown: unknown) => void;
  readonly #events: RunFrame["events"] = [];
  /** Each task that has changed since this began, as it is now; those that changed last are the last. */
  readonly #changes = new Map<string, Change>();
  readonly #watchers = new Set<Watcher>();
  #poll: ReturnType<typeof setTimeout> | null = null;
  /** How many looks without news are still to be quick ones: as long as the bus says nothing, it is away. */
  #quickPolls = 0;
  #hasNews = false;
  #counts: RunFrame["counts"] = {};
  #version = 0;
  /** Of this version: most watchers are at the same place. */
  readonly #encoded = new Map<string, EncodedEvents>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isReading = false;
  #isWoken = false;
  #isClosed = false;
  #mayTellAt = 0;

  private constructor(store: Store, told: ToldRun, onError: (thrown: unknown) => void) {
    this.#store = store;
    this.#told = told;
    this.#onError = onError;
    this.#pollLater();
  }

  /** @throws {MycroftError} RUN_UNKNOWN; what a damaged record is told by. */
  static async open(store: Store, runId: string, onError: (thrown: unknown) => void): Promise<RunFollower> {
    const { header, plan, events } = await readRun(store, runId);
    const follower = new RunFollower(store, new ToldRun(header, plan), onError);
    follower.#take(events);
    return follower;
  }

  /**
   * Tells the stream all that it has not been told, and goes on until the run has settled; then it ends the stream.
   * @param from the sequence number of the first event to tell. One that the run does not have is from elsewhere, and counts
   *   as none.
   */
  watch(stream: EventStream, from: number): () => void {
    const next = from >= 0 && from <= this.#told.events ? from : 0;
    const watcher = { stream, next, version: -1 };
    this.#watchers.add(watcher);
    stream.onReady(() => this.#tell(watcher));
    this.#tell(watcher);
    this.#lookSoon();
    return () => this.#watchers.delete(watcher);
  }

  /** There is something new, as somebody says. */
  wake(): void {
    this.#hasNews = true;
    this.#lookSoon();
  }

  #lookSoon(): void {
    if (this.#isClosed || this.#told.isSettled) return;
    this.#isWoken = true;
    if (this.#isReading || this.#timer !== null) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        void this.#look();
      },
      Math.max(0, this.#mayTellAt - performance.now()),
    );
  }

  close(): void {
    this.#isClosed = true;
    if (this.#poll !== null) clearTimeout(this.#poll);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #pollLater(): void {
    if (this.#poll !== null) clearTimeout(this.#poll);
    if (this.#isClosed || this.#told.isSettled) return;
    const { pollMs, untoldPollMs } = followLimits;
    this.#poll = setTimeout(
      () => {
        this.#lookSoon();
        this.#pollLater();
      },
      this.#quickPolls > 0 ? untoldPollMs : pollMs,
    );
    this.#poll.unref();
  }

  /** Where nobody tells of what is new, it is looked for more often. */
  #learn(hadNews: boolean, isNew: boolean): void {
    const before = this.#quickPolls;
    if (hadNews) this.#quickPolls = 0;
    else if (isNew) this.#quickPolls = followLimits.emptyPolls;
    else if (before > 0) this.#quickPolls = before - 1;
    if (before > 0 !== this.#quickPolls > 0) this.#pollLater();
  }

  async #look(): Promise<void> {
    this.#isReading = true;
    this.#isWoken = false;
    const hadNews = this.#hasNews;
    this.#hasNews = false;
    try {
      const fresh = await this.#store.readEvents(this.#told.header.runId, this.#told.events);
      this.#learn(hadNews || this.#hasNews, fresh.length > 0);
      if (fresh.length === 0 || this.#isClosed) return;
      const began = performance.now();
      this.#take(fresh);
      const spent = performance.now() - began;
      this.#mayTellAt = began + Math.max(followLimits.frameMs, followLimits.frameShare * spent);
      await this.#tellAll();
    } catch (thrown) {
      // The next look finds it, if the store is well again.
      this.#onError(thrown);
    } finally {
      this.#isReading = false;
      if (this.#isWoken) this.#lookSoon();
    }
  }

  #take(fresh: Parameters<ToldRun["take"]>[0]): void {
    for (const event of fresh) this.#events.push(eventView(event, this.#events.length));
    this.#told.take(fresh);
    const { tasks, counts } = this.#told.changes(followLimits.tasks);
    this.#version += 1;
    this.#counts = counts;
    this.#encoded.clear();
    for (const task of tasks) {
      // Set anew, it becomes the last.
      this.#changes.delete(task.task);
      this.#changes.set(task.task, { version: this.#version, task });
    }
  }

  /** In turns, between which others have theirs: a large frame for many takes its time. */
  async #tellAll(): Promise<void> {
    let bytes = 0;
    for (const watcher of [...this.#watchers]) {
      bytes += this.#tell(watcher);
      if (bytes < followLimits.turnBytes) continue;
      await setImmediate();
      bytes = 0;
    }
  }

  /** @returns the bytes that were sent. */
  #tell(watcher: Watcher): number {
    const { stream } = watcher;
    let bytes = 0;
    const { events, isSettled } = this.#told;
    while (!stream.isBusy && !stream.hasEnded) {
      if (watcher.next >= events && watcher.version === this.#version) break;
      const until = Math.min(events, watcher.next + followLimits.events);
      bytes += stream.send(this.#encode(watcher, until));
      watcher.next = until;
      watcher.version = this.#version;
    }
    const knowsAll = watcher.next >= events && watcher.version === this.#version;
    if (isSettled && knowsAll) stream.end();
    return bytes;
  }

  #encode({ next, version }: Watcher, until: number): EncodedEvents {
    const place = `${next} ${until} ${version}`;
    const known = this.#encoded.get(place);
    if (known !== undefined) return known;
    const data: RunFrame = {
      run: runSummary(this.#told.header),
      events: this.#events.slice(next, until),
      tasks: version < 0 ? this.#told.everything(followLimits.tasks).tasks : this.#changedSince(version),
      counts: this.#counts,
      isSettled: this.#told.isSettled && until === this.#told.events,
    };
    const encoded = encodeEvent({ event: "frame", id: String(until - 1), data });
    // Those who are at places of their own are few, or gone soon.
    if (this.#encoded.size >= followLimits.encoded) this.#encoded.clear();
    this.#encoded.set(place, encoded);
    return encoded;
  }

  #changedSince(version: number): TaskSummary[] {
    const changed: TaskSummary[] = [];
    // From the last one back: it costs what has changed, not what there is.
    for (const change of [...this.#changes.values()].reverse()) {
      if (change.version <= version) break;
      changed.push(change.task);
    }
    return changed.reverse();
  }
}

/**
 * What happens in all runs, for whoever shows lists. The last updates are kept, so that a client that connects again is told
 * what it missed; when that cannot be told one by one (the server has restarted, or the gap is too long), it is told to ask
 * anew. Updates come by a bus that may lose them: the newest runs on record are looked at as well, and what the bus has not
 * told of them is told then.
 */
import { randomBytes } from "node:crypto";
import type { LiveUpdate } from "@mycroft/protocol";
import type { RunHeader, RunUpdate, Store } from "@mycroft/runtime";
import { rootRunId } from "../runs/run-summary.ts";
import { type EncodedEvents, encodeEvent, joinEvents } from "./encoded-event.ts";
import type { EventStream } from "./event-stream.ts";

export const feedLimits = {
  updates: 5_000,
  /** Pieces of what is kept that are there for others at the same place. */
  joined: 16,
  /** Updates of one run within this time are told as one. */
  gatherMs: 50,
  /** How often the record is looked at while somebody listens, and how many runs are: the newest, and the newest under way. */
  lookMs: 1_000,
  runs: 100,
  /** Runs of which it is known how many events have been told. */
  known: 10_000,
} as const;

interface Listener {
  readonly stream: EventStream;
  /** The number of the last update that it has been told. */
  place: number;
}

type FeedStore = Pick<Store, "listRuns" | "readEvents">;

export class UpdateFeed {
  readonly #store: FeedStore;
  readonly #onError: (thrown: unknown) => void;
  /** Of this process: numbers of another one say nothing here. */
  readonly #epoch = randomBytes(6).toString("hex");
  /** The last ones, of which the last is number `#last`. */
  readonly #kept: EncodedEvents[] = [];
  readonly #listeners = new Set<Listener>();
  readonly #gathered = new Map<string, LiveUpdate>();
  /** By run, how many events have been told; the least recently told first. */
  readonly #known = new Map<string, number>();
  #last = 0;
  /** What is told from that place on, up to the last: most listeners are at the same one. */
  readonly #joined = new Map<number, EncodedEvents>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #lookTimer: ReturnType<typeof setTimeout> | null = null;
  #isLooking = false;
  #isClosed = false;
  /** The newest run when the record was first looked at: older ones were there before anybody listened. */
  #newestBefore: string | null = null;

  constructor(store: FeedStore, onError: (thrown: unknown) => void) {
    this.#store = store;
    this.#onError = onError;
  }

  take({ runId, workflow, status, fromSeq, events }: RunUpdate): void {
    this.#know(runId, fromSeq + events.length);
    this.#gather({
      ...{ runId, workflow, status },
      types: events.map(({ type }) => type),
      at: events.at(-1)?.at ?? 0,
    });
  }

  /** @param after the id of the last event that the client has; null for one that is new here. @returns ends it. */
  watch(stream: EventStream, after: string | null): () => void {
    const place = this.#placeOf(after);
    const listener = { stream, place: place ?? this.#last };
    this.#say(listener, "hello");
    if (place === null) this.#say(listener, "reset");
    this.#listeners.add(listener);
    stream.onReady(() => this.#tell(listener));
    this.#tell(listener);
    this.#lookTimer ??= setTimeout(() => void this.look(), 0);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#lookTimer !== null) clearTimeout(this.#lookTimer);
  }

  /** Tells what the bus has not told of the newest runs. */
  async look(): Promise<void> {
    if (this.#isLooking || this.#isClosed) return;
    this.#isLooking = true;
    try {
      const { runs } = feedLimits;
      const newest = (await this.#store.listRuns({ limit: runs })).runs;
      const underWay = (await this.#store.listRuns({ limit: runs, status: "running" })).runs;
      const isFirst = this.#newestBefore === null;
      if (isFirst) this.#newestBefore = newest[0]?.runId ?? "";
      for (const header of [...newest, ...underWay]) {
        if (isFirst && !this.#known.has(header.runId)) this.#know(header.runId, header.events);
        else await this.#compare(header);
      }
    } catch (thrown) {
      this.#onError(thrown);
    } finally {
      this.#isLooking = false;
      this.#lookTimer = null;
      if (!this.#isClosed && this.#listeners.size > 0) {
        this.#lookTimer = setTimeout(() => void this.look(), feedLimits.lookMs);
        this.#lookTimer.unref();
      }
    }
  }

  async #compare({ runId, workflow, status, events }: RunHeader): Promise<void> {
    const isOld = runId <= (this.#newestBefore ?? "");
    // An old run that nothing was known of has only come into view.
    const known = this.#known.get(runId) ?? (isOld ? events : 0);
    this.#know(runId, Math.max(known, events));
    if (events <= known) return;
    const missed = await this.#store.readEvents(runId, known);
    const types = missed.map(({ type }) => type);
    this.#gather({ ...{ runId, workflow, status }, types, at: missed.at(-1)?.at ?? 0 });
  }

  #know(runId: string, events: number): void {
    const count = Math.max(events, this.#known.get(runId) ?? 0);
    this.#known.delete(runId);
    this.#known.set(runId, count);
    if (this.#known.size <= feedLimits.known) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  #gather(update: Omit<LiveUpdate, "rootRunId">): void {
    const { runId, types } = update;
    const before = this.#gathered.get(runId);
    // What has settled stays so, in whatever order it is told.
    const status = before === undefined || before.status === "running" ? update.status : before.status;
    this.#gathered.set(runId, {
      ...{ ...update, status, rootRunId: rootRunId(runId) },
      types: [...new Set([...(before?.types ?? []), ...types])],
      at: Math.max(update.at, before?.at ?? 0),
    });
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => this.#publish(), feedLimits.gatherMs);
  }

  #publish(): void {
    this.#timer = null;
    for (const update of this.#gathered.values()) {
      this.#last += 1;
      this.#kept.push(encodeEvent({ event: "update", id: this.#id(this.#last), data: update }));
    }
    this.#gathered.clear();
    this.#joined.clear();
    this.#kept.splice(0, Math.max(0, this.#kept.length - feedLimits.updates));
    for (const listener of [...this.#listeners]) this.#tell(listener);
  }

  /** As far as the client takes it; on it goes when that is ready again. */
  #tell(listener: Listener): void {
    const { stream } = listener;
    const oldest = this.#last - this.#kept.length;
    if (listener.place < oldest && !stream.isBusy) {
      listener.place = this.#last;
      this.#say(listener, "reset");
    }
    if (stream.isBusy || stream.hasEnded || listener.place >= this.#last) return;
    stream.send(this.#join(listener.place, oldest));
    listener.place = this.#last;
  }

  #join(place: number, oldest: number): EncodedEvents {
    const known = this.#joined.get(place);
    if (known !== undefined) return known;
    const joined = joinEvents(this.#kept.slice(place - oldest));
    // Those who are at places of their own are few, or gone soon.
    if (this.#joined.size >= feedLimits.joined) this.#joined.clear();
    this.#joined.set(place, joined);
    return joined;
  }

  #say({ stream, place }: Listener, event: "hello" | "reset"): void {
    stream.send(encodeEvent({ event, id: this.#id(place), data: {} }));
  }

  /** The number after which to go on; null when what came between is not known any more. */
  #placeOf(after: string | null): number | null {
    if (after === null) return this.#last;
    const [epoch, text = ""] = after.split("-");
    if (epoch !== this.#epoch || !/^\d{1,15}$/.test(text)) return null;
    const number = Number(text);
    return number <= this.#last && number >= this.#last - this.#kept.length ? number : null;
  }

  #id(number: number): string {
    return `${this.#epoch}-${number}`;
  }
}

/**
 * One of several orchestrators over one store (E12, P2, P3, P4). Each has the runs of its shards in memory and advances them; what
 * happens to them elsewhere (an outcome, a signal, a verdict, a cancellation, a start) comes as a letter in the store, and what
 * is to be executed goes out as an offer in the store. Both are part of the transaction that stores the events.
 *
 * Taking over a shard is: load its unsettled runs, fold their events, carry out what is outstanding, read its letters. Nothing of
 * it relies on the one before having stopped: whoever appends at a place in a run where somebody else was first gives the run up,
 * and reads it again if the shard is still its own. What such a latecomer stores without anybody noticing (a run that it creates,
 * events that nobody here waits for) is found by looking through each shard now and then.
 */
import type { RunEvent, RunResult, StartAttempt } from "@mycroft/engine";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import type { Approval, Signal } from "../check-answer.ts";
import { checkApproval } from "../check-answer.ts";
import { type DispatchSettings, readDispatchSettings } from "../dispatch/dispatch-settings.ts";
import type { ForkRun } from "../fork-run.ts";
import type { LiveNews, LiveRun } from "../live-run.ts";
import { attemptIsStale, outcomeEvent } from "../outcome-event.ts";
import type { Timer } from "../ports/clock.ts";
import type { TaskQueue } from "../ports/queue.ts";
import type { AttemptOffer, Letter, SharedAppend, SharedStore, StoreNews } from "../ports/shared-store.ts";
import type { RunHeader } from "../ports/store.ts";
import { newRunId } from "../run-id.ts";
import { RunLoop, type RunLoopOptions } from "../run-loop.ts";
import type { StartRun } from "../run-starts.ts";
import { attemptOffer, type OfferSettings } from "./attempt-offer.ts";
import { LetterBox } from "./letter-box.ts";
import { OfferDispatch } from "./offer-dispatch.ts";
import { outboxOf } from "./outbox-of.ts";
import { Relay } from "./relay.ts";
import { RunClient } from "./run-client.ts";
import { ShardKeeper } from "./shard-keeper.ts";
import { shardOf } from "./shard-of.ts";

export interface SharedOrchestratorOptions extends Omit<RunLoopOptions, "store"> {
  readonly store: SharedStore;
  readonly queue: TaskQueue;
  /** Unique among the orchestrators of the store. */
  readonly name: string;
  /** Pools, rate limits and leases. An orchestrator that is silent for `leaseMs` loses its shards. */
  readonly dispatch?: DispatchSettings;
  readonly newLetterId?: (now: number) => string;
  /** How long news may be missed for: 1,000 ms unless given. */
  readonly pollMs?: number;
  /** How often each shard is looked through: 30,000 ms unless given. */
  readonly reviewMs?: number;
}

/**
 * How long a process may be silent before it loses its shards and leases. With a look at what is due after that, what a dead
 * worker had in hand is with another one within 15 seconds.
 */
export const defaultLeaseMs = 10_000;
const pageSize = 1_000;

export class SharedOrchestrator extends RunLoop {
  readonly #store: SharedStore;
  readonly #client: RunClient;
  readonly #keeper: ShardKeeper;
  readonly #letters: LetterBox;
  readonly #relay: Relay;
  readonly #offers: OfferSettings;
  readonly #reviewMs: number;
  #review: Timer | null = null;
  readonly #stopListening: () => void;

  private constructor(options: SharedOrchestratorOptions) {
    const { store, queue, clock, name, pollMs = 1_000, reviewMs = 30_000 } = options;
    const settings = readDispatchSettings({ leaseMs: defaultLeaseMs, ...options.dispatch });
    const { leaseMs, redeliverAfterMs, pools } = settings;
    // What another process was faster in is no failure here: it is read again.
    const onError = (error: MycroftError) => {
      if (error.code !== "STORE_CONFLICT") options.onError?.(error);
    };
    const shards = () => [...this.#keeper.ready];
    const relay = new Relay({ store, queue, clock, shards, pollMs, redeliverAfterMs, onError });
    const dispatch = new OfferDispatch({
      offerOf: (run, command, readyAt) => attemptOffer(run, command, readyAt, settings),
      publish: (messages) => relay.publish(messages),
      ensure: (offers) => this.#ensure(offers),
      pools: Object.keys(pools),
    });
    const ownRunId = (now: number) => this.#newOwnRunId(options.newRunId ?? newRunId, now);
    super({ ...options, newRunId: ownRunId, onError }, dispatch);
    this.#store = store;
    this.#offers = settings;
    this.#reviewMs = reviewMs;
    this.#relay = relay;
    this.#client = new RunClient({
      store,
      clock,
      ...(options.newRunId && { newRunId: options.newRunId }),
      ...(options.newLetterId && { newLetterId: options.newLetterId }),
    });
    this.#keeper = new ShardKeeper({
      store,
      clock,
      owner: name,
      leaseMs,
      onTaken: (shard, isStillHeld) => this.#takeShard(shard, isStillHeld),
      onLost: (shard) => this.#loseShard(shard),
      onError,
    });
    this.#letters = new LetterBox({
      store,
      clock,
      pollMs,
      shards,
      deliver: (letter) => this.#deliver(letter),
      onError,
    });
    this.#stopListening = store.listen((news) => this.#hear(news));
  }

  /** An orchestrator that has asked for its share of the shards, and goes on to take them over. */
  static async open(options: SharedOrchestratorOptions): Promise<SharedOrchestrator> {
    const orchestrator = new SharedOrchestrator(options);
    await orchestrator.#keeper.beat();
    orchestrator.#relay.start();
    orchestrator.#letters.wake();
    orchestrator.#reviewLater();
    return orchestrator;
  }

  /** The shards whose runs it advances. */
  get shards(): readonly number[] {
    return [...this.#keeper.ready].sort((left, right) => left - right);
  }

  override startRun(start: StartRun): Promise<string> {
    return this.#hasShards ? super.startRun(start) : this.#client.startRun(start);
  }

  override fork(fork: ForkRun): Promise<string> {
    return this.#hasShards ? super.fork(fork) : this.#client.fork(fork);
  }

  override retry(runId: string): Promise<string> {
    return this.#hasShards ? super.retry(runId) : this.#client.retry(runId);
  }

  override cancel(runId: string, reason: string, task?: string): Promise<boolean> {
    return this.#isOwn(runId) ? super.cancel(runId, reason, task) : this.#client.cancel(runId, reason, task);
  }

  override signal(runId: string, signal: Signal): Promise<void> {
    return this.#isOwn(runId) ? super.signal(runId, signal) : this.#client.signal(runId, signal);
  }

  override decide(runId: string, approval: Approval): Promise<string> {
    return this.#isOwn(runId) ? super.decide(runId, approval) : this.#client.decide(runId, approval);
  }

  /** Also of a run that others advance, or that goes to others meanwhile. */
  override async waitFor(runId: string): Promise<RunResult> {
    if (!this.#isOwn(runId)) return this.#client.waitFor(runId);
    try {
      return await super.waitFor(runId);
    } catch (thrown) {
      if (asMycroftError(thrown).code !== "STORE_CONFLICT") throw thrown;
      return this.#client.waitFor(runId);
    }
  }

  /** Gives its shards back when all that it has taken in is durable. */
  override async close(): Promise<void> {
    this.#stopListening();
    this.#letters.stop();
    this.#relay.stop();
    this.#review?.cancel();
    await this.#keeper.stop();
    this.#client.close();
    await super.close();
  }

  get #hasShards(): boolean {
    return this.#keeper.ready.size > 0;
  }

  #isOwn(runId: string): boolean {
    return this.#keeper.ready.has(shardOf(runId));
  }

  /** An id of a shard that is held: of `shardCount`, so each try has a fair chance. */
  #newOwnRunId(makeId: (now: number) => string, now: number): string {
    const held = this.#keeper.ready;
    for (;;) {
      const id = makeId(now);
      if (held.size === 0 || held.has(shardOf(id))) return id;
    }
  }

  #hear(news: StoreNews): void {
    if (news.type === "shards") void this.#keeper.beat();
    else if (news.type === "letters" && news.shards.some((shard) => this.#keeper.ready.has(shard))) {
      this.#letters.wake();
    }
  }

  protected override withOutbox(news: LiveNews): LiveNews {
    const outbox = outboxOf(news, (run, command, readyAt) => this.#offerOf(run, command, readyAt));
    if (outbox === null) return news;
    const append: SharedAppend = { ...news.append, outbox };
    return { ...news, append };
  }

  protected override lettersAreDone(ids: readonly string[]): void {
    for (const id of ids) this.#letters.isDone(id);
  }

  protected override onLost(run: LiveRun): void {
    const { runId } = run.header;
    if (this.#isOwn(runId)) this.inBackground(this.#adopt(runId));
  }

  #offerOf(run: LiveRun, command: StartAttempt, readyAt: number): AttemptOffer {
    return attemptOffer(run, command, readyAt, this.#offers);
  }

  #ensure(offers: readonly AttemptOffer[]): void {
    const ensuring = async () => {
      for (let from = 0; from < offers.length; from += pageSize) {
        await this.#store.ensureOffers(offers.slice(from, from + pageSize));
      }
    };
    // Those that are new are due at once: the relay publishes them.
    this.inBackground(ensuring());
  }

  async #takeShard(shard: number, isStillHeld: () => boolean): Promise<void> {
    await this.takeOver(this.#load(shard, isStillHeld));
    if (!isStillHeld()) return;
    // What the one before may not have come to publish.
    await this.#store.hurry([shard], this.#offersInDoubtMs);
    queueMicrotask(() => this.#letters.wake());
  }

  /** How old an offer may be whose message a process that died has not published. */
  get #offersInDoubtMs(): number {
    return 60_000;
  }

  async #loseShard(shard: number): Promise<void> {
    const lost = [...this.runs.values()].filter((run) => shardOf(run.header.runId) === shard);
    // What is on its way to the store arrives, or not; nothing follows from it here.
    await Promise.all(lost.map((run) => this.untilDurable(run).catch(() => {})));
    for (const run of [...this.runs.values()]) if (shardOf(run.header.runId) === shard) this.lose(run);
  }

  async *#load(shard: number, isStillHeld: () => boolean): AsyncIterable<LiveRun> {
    for await (const header of this.#unsettled(shard)) {
      if (!isStillHeld()) return;
      const run = await this.runs.find(header.runId);
      if (run !== null && !run.isSettled) yield run;
    }
  }

  async *#unsettled(shard: number): AsyncIterable<RunHeader> {
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await this.#store.listUnsettled(
        shard,
        cursor === undefined ? { limit: pageSize } : { limit: pageSize, cursor },
      );
      yield* page.runs;
      cursor = page.nextCursor;
    }
  }

  /** Reads a run of an own shard, and carries it on. */
  async #adopt(runId: string): Promise<void> {
    const run = await this.runs.find(runId);
    if (run === null || run.isSettled || !this.#isOwn(runId)) return;
    await this.takeOver(only(run));
  }

  #reviewLater(): void {
    if (this.isClosed) return;
    this.#review = this.options.clock.setDelay(this.#reviewMs, () => {
      this.#reviewShards()
        .catch((thrown: unknown) => this.options.onError(asMycroftError(thrown)))
        .finally(() => this.#reviewLater());
    });
  }

  /** Finds what a latecomer has stored in an own shard. */
  async #reviewShards(): Promise<void> {
    for (const shard of this.shards) {
      const seen = new Set<string>();
      for await (const header of this.#unsettled(shard)) {
        if (!this.#keeper.ready.has(shard)) return;
        seen.add(header.runId);
        const run = this.runs.get(header.runId);
        if (run?.isDurable === true && run.storedEvents < header.events) this.lose(run);
        if (this.runs.get(header.runId)?.isCarriedOn !== true) await this.#adopt(header.runId);
      }
      for (const run of [...this.runs.values()]) await this.#reviewRun(run, shard, seen);
    }
  }

  /** A run that is under way here, and not among those that the store has under way. */
  async #reviewRun(run: LiveRun, shard: number, seen: ReadonlySet<string>): Promise<void> {
    const { runId } = run.header;
    if (shardOf(runId) !== shard || seen.has(runId) || run.isSettled || !run.isDurable) return;
    const header = await this.#store.getRun(runId);
    if (header?.status !== "running" && run.isDurable && !run.isSettled) this.lose(run);
  }

  async #deliver(letter: Letter): Promise<boolean> {
    const { id, runId, body } = letter;
    const run = await this.runs.find(runId);
    if (run === null) return false;
    // Somebody else has created it.
    if (!run.isCarriedOn && !run.isSettled) await this.takeOver(only(run));
    // What was lost meanwhile is read again, the letter too.
    if (run.isLost || !this.#isOwn(runId))
      throw new MycroftError("STORE_CONFLICT", `Run ${runId} goes to others.`);
    const event = this.#eventOf(run, body);
    if (event === null) return false;
    run.keepLetter(id);
    this.inBackground(this.record(run, event));
    return true;
  }

  /** Null when nothing follows from the letter. */
  #eventOf(run: LiveRun, body: Letter["body"]): RunEvent | null {
    const at = this.options.clock.now();
    if (body.kind === "begin") return null;
    if (body.kind === "outcome") {
      const message = { ...body.key, pool: "", priority: 0 };
      const isTooMuch = run.state.ignored >= this.options.maxIgnoredEvents && attemptIsStale(run, message);
      return isTooMuch ? null : outcomeEvent(message, body.outcome, body.report, at);
    }
    if (run.isSettled) return null;
    const { event } = body;
    if (event.type === "signalReceived") {
      const isNew = event.id === undefined || run.state.signals?.admits(event.id) !== false;
      return isNew ? { ...event, at } : null;
    }
    if (event.type === "approvalDecided" && !this.#isWaitedFor(run, event)) return null;
    return { ...event, at };
  }

  /** Of two verdicts that were given at the same time, the second finds nothing that waits. */
  #isWaitedFor(run: LiveRun, verdict: Approval): boolean {
    try {
      checkApproval(run, verdict);
      return true;
    } catch (thrown) {
      this.options.onError(asMycroftError(thrown));
      return false;
    }
  }
}

async function* only(run: LiveRun): AsyncIterable<LiveRun> {
  yield run;
}

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
import { attemptCommand, type RunEvent, type RunResult, type StartAttempt } from "@mycroft/engine";
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
import { OfferDispatch, type OutstandingAttempt } from "./offer-dispatch.ts";
import { outboxOf } from "./outbox-of.ts";
import { Relay } from "./relay.ts";
import { RunClient } from "./run-client.ts";
import { ShardKeeper } from "./shard-keeper.ts";
import { shardOf } from "./shard-of.ts";

/** Work that goes with a shard, such as firing schedules: where its runs are, and nowhere else. */
export interface ShardListener {
  /** Its runs are all here. */
  onTaken(shard: number): void;
  /** The shard is given back when this has resolved. Also told of one whose taking over had not come to its end. */
  onLost(shard: number): Promise<void>;
}

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
  /** Told of the shards that it takes over and gives up. */
  readonly shardListener?: ShardListener;
}

/**
 * How long a process may be silent before it loses its shards and leases. With a look at what is due after that, what a dead
 * worker had in hand is with another one within 15 seconds.
 */
export const defaultLeaseMs = 10_000;
const pageSize = 1_000;
/** How long ago a process that died may have stored or taken offers whose messages it has not published. */
const publishingMs = 60_000;
/** What those are told who ask for something that a run has not come to yet, or that others are about to do. */
const mayBeOld: ReadonlySet<string> = new Set(["STORE_CONFLICT", "TASK_NOT_WAITING", "TASK_UNKNOWN"]);

export class SharedOrchestrator extends RunLoop {
  readonly #store: SharedStore;
  readonly #client: RunClient;
  readonly #keeper: ShardKeeper;
  readonly #letters: LetterBox;
  readonly #relay: Relay;
  readonly #offers: OfferSettings;
  readonly #reviewMs: number;
  /** Attempts of runs that were taken over, whose offers are to be looked for. */
  #unensured: OutstandingAttempt[] = [];
  #isEnsuring = false;
  /** Of runs that were taken over, the attempts in flight by then: they may be offered again when they have been reported. */
  readonly #inDoubt = new WeakMap<LiveRun, Set<string>>();
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
      ensure: (attempts) => this.#ensureLater(attempts),
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
      onTaken: async (shard, isStillHeld) => {
        await this.#takeShard(shard, isStillHeld);
        if (isStillHeld()) options.shardListener?.onTaken(shard);
      },
      onReady: () => this.#ensureLater([]),
      onLost: async (shard) => {
        await Promise.all([options.shardListener?.onLost(shard), this.#loseShard(shard)]);
      },
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
    const own = () => super.cancel(runId, reason, task);
    return this.#hereOrElsewhere(runId, own, () => this.#client.cancel(runId, reason, task));
  }

  override signal(runId: string, signal: Signal): Promise<void> {
    const own = () => super.signal(runId, signal);
    return this.#hereOrElsewhere(runId, own, () => this.#client.signal(runId, signal));
  }

  override decide(runId: string, approval: Approval): Promise<string> {
    const own = () => super.decide(runId, approval);
    return this.#hereOrElsewhere(runId, own, () => this.#client.decide(runId, approval));
  }

  /** Also of a run that others advance, or that goes to others meanwhile. */
  override waitFor(runId: string): Promise<RunResult> {
    const own = () => super.waitFor(runId);
    return this.#hereOrElsewhere(runId, own, () => this.#client.waitFor(runId));
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

  /**
   * A run that is not here, or goes to others before anything is recorded here, is told by letter. So is one of which others may
   * know more, since they have it without its having been noticed here: it is refused if what is durable says so too.
   */
  async #hereOrElsewhere<T>(runId: string, own: () => Promise<T>, elsewhere: () => Promise<T>): Promise<T> {
    if (!this.#isOwn(runId)) return elsewhere();
    try {
      return await own();
    } catch (thrown) {
      const { code } = asMycroftError(thrown);
      if (!mayBeOld.has(code)) throw thrown;
      const run = this.runs.get(runId);
      if (run !== undefined) await this.untilDurable(run).catch(() => {});
      return elsewhere();
    }
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
    const outbox = outboxOf(
      news,
      (run, command, readyAt) => this.#offerOf(run, command, readyAt),
      (run, ended) => this.#mayBeOffered(run, ended),
    );
    if (outbox === null) return news;
    const append: SharedAppend = { ...news.append, outbox };
    return { ...news, append };
  }

  protected override lettersAreDone(ids: readonly string[]): void {
    for (const id of ids) this.#letters.isDone(id);
  }

  protected override isHere(runId: string): boolean {
    return this.#isOwn(runId);
  }

  protected override onLost(run: LiveRun): void {
    const { runId } = run.header;
    if (this.#isOwn(runId)) this.persevere(() => this.#adopt(runId));
  }

  #offerOf(run: LiveRun, command: StartAttempt, readyAt: number): AttemptOffer {
    return attemptOffer(run, command, readyAt, this.#offers);
  }

  /**
   * Sees to it that attempts are offered that were in flight when their runs were taken over: by then, what has ended meanwhile
   * is known by the letters to these runs, or else it would be done again.
   */
  #ensureLater(attempts: readonly OutstandingAttempt[]): void {
    for (const attempt of attempts) {
      this.#noteInDoubt(attempt);
      this.#unensured.push(attempt);
    }
    if (this.#isEnsuring) return;
    this.#isEnsuring = true;
    // In a turn of its own: many shards become ready at the same time.
    this.options.clock.defer(() => this.persevere(() => this.#ensureAll()));
  }

  async #ensureAll(): Promise<void> {
    this.#isEnsuring = false;
    await this.#letters.readAll();
    const left = this.#unensured.filter(({ run }) => !run.isLost);
    const own = left.filter(({ run }) => this.#isOwn(run.header.runId));
    this.#unensured = left.filter(({ run }) => !this.#isOwn(run.header.runId));
    for (let from = 0; from < own.length; from += pageSize) {
      const page = own.slice(from, from + pageSize);
      this.persevere(() => this.#ensurePage(page));
    }
  }

  async #ensurePage(attempts: readonly OutstandingAttempt[]): Promise<void> {
    for (let left = attempts; left.length > 0; ) {
      // What a start follows from may not be durable yet; and what has ended meanwhile is not to be offered again.
      await Promise.allSettled(left.map(({ run }) => this.untilDurable(run)));
      const wanted = left.filter(
        ({ run, command: { task, attempt } }) => !run.isLost && isInFlight(run, task, attempt),
      );
      // Of one with news on the way again, nobody knows how many events the store has at this moment.
      const asked = wanted
        .filter(({ run }) => run.isDurable)
        .map((one) => ({ ...one, events: one.run.storedEvents }));
      const unasked = wanted.filter(({ run }) => !run.isDurable);
      const offers = asked.map(({ run, command, readyAt, events }) => ({
        ...this.#offerOf(run, command, readyAt),
        events,
      }));
      const made = offers.length === 0 ? [] : await this.#store.ensureOffers(offers);
      // They are due at once.
      if (made.length > 0) this.#relay.wake();
      // Of runs that have gone on meanwhile, none was made.
      left = [...unasked, ...asked.filter(({ run, events }) => run.storedEvents !== events)];
    }
  }

  #noteInDoubt({ run, command: { task, attempt } }: OutstandingAttempt): void {
    const inDoubt = this.#inDoubt.get(run) ?? new Set();
    this.#inDoubt.set(run, inDoubt.add(`${attempt} ${task}`));
  }

  /** Whether the attempt may have been offered again, here or by the one before, while its outcome was on its way. */
  #mayBeOffered(run: LiveRun, { task, attempt }: Pick<StartAttempt, "task" | "attempt">): boolean {
    return this.#inDoubt.get(run)?.delete(`${attempt} ${task}`) === true;
  }

  async #takeShard(shard: number, isStillHeld: () => boolean): Promise<void> {
    // What was being loaded while the shard was lost is old by now.
    await this.#loseShard(shard);
    await this.takeOver(this.#load(shard, isStillHeld));
    if (!isStillHeld()) return;
    // What the one before may not have come to publish.
    await this.#store.hurry([shard], publishingMs);
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

  /** Reads a run of an own shard, and carries it on. Whoever has settled it may not have come to tell its parent. */
  async #adopt(runId: string): Promise<void> {
    const run = await this.runs.find(runId);
    if (run !== null && this.#isOwn(runId)) await this.takeOver(only(run));
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
        const carriedOn = this.runs.get(header.runId);
        if (carriedOn !== undefined) await this.reviewFamily(carriedOn);
      }
      for (const run of [...this.runs.values()]) await this.#reviewRun(run, shard, seen);
    }
  }

  /** A run that is under way here, and not among those that the store has under way. */
  async #reviewRun(run: LiveRun, shard: number, seen: ReadonlySet<string>): Promise<void> {
    const { runId } = run.header;
    if (shardOf(runId) !== shard || seen.has(runId) || run.isSettled || !run.isDurable) return;
    const header = await this.#store.getRun(runId);
    if (header?.status === "running" || !run.isDurable || run.isSettled) return;
    this.lose(run);
    await this.#adopt(runId);
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
    if (event === null) {
      // What it has come too late for may not be durable yet: until then it may still be wanted.
      await this.untilDurable(run);
      return false;
    }
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

function isInFlight({ state }: LiveRun, task: string, attempt: number): boolean {
  return attemptCommand(state, task, attempt) !== null;
}

async function* only(run: LiveRun): AsyncIterable<LiveRun> {
  yield run;
}

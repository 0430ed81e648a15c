/**
 * Several orchestrators and workers over one store and one queue, with clients who start and steer runs: the shared host. The
 * store outlives everybody; what may befall the others is in the scenario. When all is done, nothing may be left over.
 */
import { defaultPool } from "@mycroft/engine";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { MemorySharedStore } from "../../memory/memory-shared-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { SharedStore } from "../../ports/shared-store.ts";
import { letterIds } from "../../shared/letter-id.ts";
import { RunClient } from "../../shared/run-client.ts";
import { shardCount } from "../../shared/shard-of.ts";
import { startOrchestratorProcess, startWorkerProcess } from "../../shared/shared-host.ts";
import { StoreClock } from "../../shared/store-clock.ts";
import { isPortsVariant } from "../any-variant.ts";
import { maxIgnoredEvents } from "../check-end.ts";
import { useProcess } from "../client.ts";
import type { Memory } from "../clients/outside.ts";
import type { Deployment } from "../compile-plans.ts";
import { RunNames } from "../run-names.ts";
import { type ScenarioCluster, startAt } from "../scenario.ts";
import { simulatedGateway } from "../simulated-gateway.ts";
import { UnreliableQueue } from "../unreliable-queue.ts";
import { watchedBus } from "../watched-ports.ts";
import type { World, WorldOptions } from "../world.ts";
import { clusterOutside, type Reachable } from "./cluster-outside.ts";
import type { ClusterProcess } from "./cluster-process.ts";
import { ClusterSeat, isExpected } from "./cluster-seat.ts";
import type { ClusterPorts, ClusterVariant } from "./cluster-variant.ts";
import { ClusterWitness } from "./cluster-witness.ts";
import { watchedServer } from "./watched-server.ts";

const allShards = Array.from({ length: shardCount }, (_, shard) => shard);
const lookEveryMs = 5_000;
/** How long a process that leaves waits for its agents. */
const graceMs = 20_000;
const clientSeat = "client";

export class ClusterWorld implements World {
  readonly witness: ClusterWitness;
  readonly disk: SharedStore;
  readonly #options: WorldOptions;
  readonly #cluster: ScenarioCluster;
  readonly #variant: ClusterVariant;
  readonly #queue: UnreliableQueue;
  readonly #seats: readonly ClusterSeat[];
  readonly #memory: Memory = { answered: new Set(), owed: new Map() };
  readonly #reachable = new Map<ClusterProcess, Reachable>();
  readonly #deathOf = new Map<ClusterProcess, PromiseWithResolvers<never>>();
  /** Of the client that is there. */
  #names = new RunNames();
  #deployed = 0;
  #deaths = 0;
  #isQuiet = false;
  #isOver = false;

  constructor(options: WorldOptions, cluster: ScenarioCluster) {
    const { scenario, clock, random, deployments, note, variant } = options;
    this.#options = options;
    this.#cluster = cluster;
    this.#variant = variant === undefined || isPortsVariant(variant) ? {} : variant;
    this.#queue = new UnreliableQueue(clock, random.stream("queue"), scenario.queue);
    this.witness = new ClusterWitness({
      scenario,
      cluster,
      plans: deployments.flatMap((deployment) => [...deployment.values()]),
      elapsed: () => clock.elapsed(),
      now: () => clock.now(),
      isQuiet: () => this.#isQuiet,
      isCutOff: (name) =>
        this.#seats.some(({ process }) => process?.name === name && process.storeLink.isCut),
      onStored: options.onStored,
      queueHolds: (attempt) => this.#queue.holds(attempt),
      note,
    });
    const store = new MemorySharedStore({ now: () => clock.now() });
    this.disk = watchedServer(this.#variant.server?.(store) ?? store, this.witness);
    this.#seats = this.#makeSeats();
  }

  get deaths(): number {
    return this.#deaths;
  }

  begin(): void {
    this.#plan();
    for (const seat of this.#seats) seat.begin();
  }

  hasEnded(): boolean {
    for (const seat of this.#seats) if (seat.buryTheDead()) this.#deaths += 1;
    this.witness.looksAround();
    return this.#isOver;
  }

  checkEnd(): Promise<void> {
    return Promise.resolve();
  }

  #makeSeats(): readonly ClusterSeat[] {
    const { clock, random, note } = this.#options;
    const seat = (name: string, work: (process: ClusterProcess) => Promise<() => Promise<void>>) =>
      new ClusterSeat({
        name,
        cluster: this.#cluster,
        clock,
        random,
        note,
        work,
        onFailure: (thrown) => this.#accuse(thrown),
        onDeath: (process) => this.#buries(process),
      });
    const many = (
      count: number,
      kind: string,
      work: (process: ClusterProcess) => Promise<() => Promise<void>>,
    ) => Array.from({ length: count }, (_, index) => seat(`${kind} ${index + 1}`, work));
    return [
      ...many(this.#cluster.orchestrators, "orchestrator", (process) => this.#orchestrate(process)),
      ...many(this.#cluster.workers, "worker", (process) => this.#execute(process)),
      seat(clientSeat, (process) => this.#useCluster(process)),
    ];
  }

  /** Sets what comes at a time. */
  #plan(): void {
    const { freezes, cuts, wipes, skews, deploys, quietFromMs } = this.#cluster;
    const at = (atMs: number, text: string, action: () => void) => {
      this.#options.clock.setTimer(startAt + atMs, () => {
        if (this.#isQuiet) return;
        this.#options.note(() => text);
        action();
      });
    };
    const seatOf = (name: string) => this.#seats.find((seat) => seat.name === name);
    for (const { seat, atMs, byMs } of skews) {
      const skew = () => seatOf(seat)?.machineClock.jump(byMs);
      if (atMs === 0) skew();
      else at(atMs, `the clock of ${seat} jumps by ${byMs} ms`, skew);
    }
    for (const { seat, atMs, forMs } of freezes) {
      at(atMs, `${seat} is stopped for ${forMs} ms`, () => this.#freeze(seatOf(seat)?.process, forMs));
    }
    for (const { seat, from, atMs, forMs } of cuts) {
      at(atMs, `${seat} is cut off from the ${from} for ${forMs} ms`, () =>
        this.#cut(seatOf(seat)?.process, from, forMs),
      );
    }
    for (const { atMs } of wipes) at(atMs, "the queue is wiped", () => this.#queue.wipe());
    for (const { atMs } of deploys) {
      at(atMs, "the next version is deployed", () => {
        this.#deployed += 1;
      });
    }
    this.#options.clock.setTimer(startAt + quietFromMs, () => this.#calm());
  }

  #freeze(process: ClusterProcess | null | undefined, forMs: number): void {
    if (process == null) return;
    process.freeze();
    this.witness.standsStill(process);
    this.#options.clock.setDelay(forMs, () => process.wake());
  }

  #cut(process: ClusterProcess | null | undefined, from: "store" | "queue", forMs: number): void {
    if (process == null) return;
    const link = from === "store" ? process.storeLink : process.queueLink;
    link.cut();
    if (from === "queue") this.#queue.doubts(process);
    this.#options.clock.setDelay(forMs, () => {
      link.mend();
      this.#queue.deliverAll();
    });
  }

  #calm(): void {
    if (this.#isQuiet) return;
    this.#options.note(() => "nothing befalls anybody any more");
    this.#isQuiet = true;
    for (const seat of this.#seats) seat.calm();
    this.#queue.calm();
    this.#queue.deliverAll();
  }

  #buries(process: ClusterProcess): void {
    this.#queue.buryUser(process);
    this.#reachable.delete(process);
    this.#deathOf
      .get(process)
      ?.reject(new MycroftError("SERVER_UNREACHABLE", "simulated: the process is dead"));
    if (process.name.startsWith(clientSeat)) this.witness.buries();
  }

  async #orchestrate(process: ClusterProcess): Promise<() => Promise<void>> {
    const { scenario, random } = this.#options;
    const { store, queue, clock, stop } = await this.#connect(process, this.#variant.orchestrator);
    const bus = watchedBus(random.stream(`bus of ${process.name}`), scenario.busRefusal, this.witness);
    const started = await startOrchestratorProcess(
      { store, queue, clock, bus },
      {
        ...this.#settings(process),
        pollMs: this.#cluster.pollMs,
        reviewMs: this.#cluster.reviewMs,
        maxIgnoredEvents,
        newRunId: () => this.#ownName(),
      },
    );
    const death = Promise.withResolvers<never>();
    death.promise.catch(() => {});
    this.#deathOf.set(process, death);
    // One that stands still may have died before it had begun.
    if (!process.isDead) {
      this.#reachable.set(process, { orchestrator: started.orchestrator, death: death.promise });
    }
    return async () => {
      await started.close();
      stop();
    };
  }

  async #execute(process: ClusterProcess): Promise<() => Promise<void>> {
    const { scenario, clock: world } = this.#options;
    const { store, queue, clock, stop } = await this.#connect(process, undefined);
    const agents = simulatedGateway({
      process,
      worker: process,
      seed: scenario.seed,
      world,
      witness: this.witness,
    });
    const pools = [defaultPool, ...Object.keys(scenario.dispatch.pools ?? {})];
    const started = await startWorkerProcess(
      { store, queue, clock, gateway: process.gateway(agents) },
      {
        ...this.#settings(process),
        pools: Object.fromEntries(pools.map((pool) => [pool, scenario.concurrency])),
      },
    );
    return async () => {
      await started.close({ graceMs });
      stop();
    };
  }

  async #useCluster(process: ClusterProcess): Promise<() => Promise<void>> {
    const { scenario, random, clock: world, deployments } = this.#options;
    const { store, clock, stop } = await this.#connect(process, undefined);
    const names = new RunNames();
    this.#names = names;
    const client = new RunClient({
      store,
      clock,
      newRunId: () => names.take(),
      newLetterId: this.#letterIdsOf(process),
      pollMs: 4 * this.#cluster.pollMs,
    });
    const time = process.mortal.clock(world);
    const pause = (forMs: number) => new Promise<void>((resolve) => time.setDelay(forMs, resolve));
    const outside = clusterOutside({
      client,
      orchestrators: () => [...this.#reachable.values()],
      random: random.stream(`outside of ${process.name}`),
      pause,
      names,
    });
    const using = useProcess({
      outside,
      scheduler: null,
      backfills: null,
      scenario,
      get deployment(): Deployment {
        return deployed();
      },
      witness: this.witness,
      scheduleWatch: null,
      until: (atMs) => pause(Math.max(0, startAt + atMs - world.now())),
      pause,
      names,
      memory: this.#memory,
    });
    const deployed = () =>
      deployments[Math.min(this.#deployed, deployments.length - 1)] ?? (new Map() as Deployment);
    using.then(
      () => this.#windUp(),
      (thrown: unknown) => {
        if (!process.isDead) this.#accuse(thrown);
      },
    );
    return async () => {
      client.close();
      stop();
    };
  }

  /** Everybody has what they asked for: what is left must go by itself. */
  #windUp(): void {
    this.#calm();
    const { clock } = this.#options;
    const giveUpAt = clock.now() + this.witness.boundMs;
    const look = async () => {
      const letters = await this.disk.readLetters({ shards: allShards, limit: 1_000, except: [] });
      const backlogs = await this.disk.listBacklogs();
      const offers = backlogs.reduce((sum, { claimed, waiting }) => sum + claimed + waiting, 0);
      if (letters.length + offers === 0) this.#isOver = true;
      else if (clock.now() > giveUpAt) {
        this.witness.accuse("leftOver", `${letters.length} letters, ${offers} offers`);
      } else clock.setDelay(lookEveryMs, () => void look());
    };
    clock.setDelay(lookEveryMs, () => void look());
  }

  /** The ports of a process, as far as the store's clock lets it begin. */
  async #connect(
    process: ClusterProcess,
    breakPorts: ((ports: ClusterPorts) => ClusterPorts) | undefined,
  ): Promise<ClusterPorts & { readonly stop: () => void }> {
    const store = process.store(this.disk);
    const queue = process.queue(this.#queue, (message) => this.witness.queues(message));
    const storeClock = await StoreClock.start({
      clock: process.clock,
      storeTime: () => store.now(),
      onError: (error) => this.#accuse(error),
    });
    const clock: Clock = storeClock;
    const ports = { store, queue, clock };
    return { ...(breakPorts?.(ports) ?? ports), stop: () => storeClock.stop() };
  }

  /** Whoever has lost the shard of the name meanwhile begins nothing. */
  #ownName(): string {
    const name = this.#names.takeOnce();
    if (name !== null) return name;
    throw new MycroftError("SERVER_UNREACHABLE", "simulated: the shard has gone to others");
  }

  #settings(process: ClusterProcess) {
    const { dispatch } = this.#options.scenario;
    return {
      name: process.name,
      dispatch,
      newLetterId: this.#letterIdsOf(process),
      onError: (error: unknown) => {
        if (!process.isDead) this.#accuse(error);
      },
    };
  }

  #letterIdsOf({ name }: ClusterProcess): (now: number) => string {
    return letterIds(() => name.replaceAll(" ", "-"));
  }

  #accuse(thrown: unknown): void {
    if (isExpected(thrown)) return;
    const { code, message } = asMycroftError(thrown);
    this.witness.accuse("failure", `${code}: ${message}`);
  }
}

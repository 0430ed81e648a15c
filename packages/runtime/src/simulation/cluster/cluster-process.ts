/**
 * One process of a cluster: it can be killed between any two of its effects, stand still, be cut off from the store or the
 * queue, and have a clock that is wrong. Everything that reaches it, or that it does, goes through its ports.
 */
import type { Clock } from "../../ports/clock.ts";
import type { Gateway } from "../../ports/gateway.ts";
import type { TaskMessage, TaskQueue } from "../../ports/queue.ts";
import type { SharedStore } from "../../ports/shared-store.ts";
import { MortalProcess } from "../mortal-process.ts";
import type { ProcessClock } from "../process-clock.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { Standstill } from "../standstill.ts";
import type { QueueUser, UnreliableQueue } from "../unreliable-queue.ts";
import { type NetworkFaults, NetworkLink } from "./network-link.ts";
import { sharedStorePort, type Through } from "./shared-store-port.ts";
import { decidingAppend } from "./undecided-appends.ts";

export interface ClusterProcessOptions {
  /** Unique for ever. */
  readonly name: string;
  /** Of its effects' occasions, the one at which it dies; infinity for never. */
  readonly occasions: number;
  /** Time itself. */
  readonly world: Clock;
  readonly machineClock: ProcessClock;
  readonly random: SeededRandom;
  readonly network: NetworkFaults;
  /** The probability that it misses news. */
  readonly newsLoss: number;
}

export class ClusterProcess implements QueueUser {
  readonly name: string;
  readonly mortal: MortalProcess;
  readonly storeLink: NetworkLink;
  readonly queueLink: NetworkLink;
  readonly #standstill: Standstill;
  readonly #machineClock: ProcessClock;
  #newsLoss: number;

  constructor(options: ClusterProcessOptions) {
    const { name, occasions, world, machineClock, random, network, newsLoss } = options;
    this.name = name;
    this.mortal = new MortalProcess(occasions, "start");
    this.#machineClock = machineClock;
    this.#newsLoss = newsLoss;
    this.#standstill = new Standstill(this.mortal.clock(world));
    const way = { clock: world, faults: network };
    this.storeLink = new NetworkLink({ ...way, random: random.stream("store"), code: "STORE_UNREACHABLE" });
    this.queueLink = new NetworkLink({ ...way, random: random.stream("queue"), code: "SERVER_UNREACHABLE" });
  }

  get isDead(): boolean {
    return this.mortal.isDead;
  }

  get isFrozen(): boolean {
    return this.#standstill.isFrozen;
  }

  get isReachable(): boolean {
    return !this.queueLink.isCut && !this.isDead;
  }

  stoodStillSince(time: number): boolean {
    return this.#standstill.stoodStillSince(time);
  }

  freeze(): void {
    this.#standstill.freeze();
  }

  wake(): void {
    this.#standstill.wake();
  }

  /** Nothing befalls it any more. */
  calm(): void {
    this.mortal.spare();
    this.storeLink.calm();
    this.queueLink.calm();
    this.#newsLoss = 0;
    if (this.isFrozen) this.wake();
  }

  get clock(): Clock {
    return this.#standstill.clock(this.mortal.clock(this.#machineClock));
  }

  /** @param server the store itself. */
  store(server: SharedStore): SharedStore {
    const call: Through = (act) => this.storeLink.call(act);
    const read: Through = (act) => this.#standstill.answer(this.mortal.answer(call(act)));
    const write: Through = (act) => this.#standstill.answer(this.mortal.effect(() => call(act)));
    return {
      ...sharedStorePort(server, read, write),
      append: decidingAppend(server, write),
      listen: (listener) =>
        server.listen((news) => {
          this.storeLink.deliver(() => this.#reach(() => listener(news)), this.#newsLoss);
        }),
    };
  }

  /** @param onPublished told of each message that gets to the queue. */
  queue(queue: UnreliableQueue, onPublished: (message: TaskMessage) => void): TaskQueue {
    const write: Through = (act) =>
      this.#standstill.answer(this.mortal.effect(() => this.queueLink.call(act)));
    return {
      publish: (messages) =>
        write(() => {
          for (const message of messages) onPublished(message);
          return queue.publish(messages);
        }),
      consume: (options, handle) =>
        write(() =>
          queue.consumeAs(this, options, (message, delivery) =>
            this.mortal.effect(async () => {
              await this.#standstill.awake();
              await handle(message, delivery);
            }),
          ),
        ),
      depth: (pool) => write(() => queue.depth(pool)),
      generation: () => write(() => queue.generation()),
      close: () => Promise.resolve(),
    };
  }

  gateway(gateway: Gateway): Gateway {
    return {
      execute: (request, control) => {
        const executed = this.mortal.effect(() =>
          gateway.execute(request, {
            get signal() {
              return control.signal;
            },
            heartbeat: () => this.#reach(() => control.heartbeat()),
          }),
        );
        return this.#standstill.answer(executed);
      },
    };
  }

  #reach(action: () => void): void {
    this.mortal.ifAlive(() => this.#standstill.pass(() => this.mortal.ifAlive(action)));
  }
}

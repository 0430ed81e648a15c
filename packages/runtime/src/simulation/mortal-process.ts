/**
 * A process that can be killed between any two of its effects (P3). Once it is dead, nothing that it still does reaches
 * the world, and nothing from the world reaches it.
 */
import type { Bus } from "../ports/bus.ts";
import type { Clock } from "../ports/clock.ts";
import type { Gateway } from "../ports/gateway.ts";
import type { TaskQueue } from "../ports/queue.ts";
import type { Store } from "../ports/store.ts";
import type { ScenarioLife } from "./scenario.ts";

export class MortalProcess {
  #occasionsLeft: number;
  #isCounting: boolean;
  #isDead = false;

  /**
   * @param occasions at which of them it dies: each effect gives one before it, and one after it but before the process
   * hears of it. Infinity for never.
   * @param since from when on they are counted.
   */
  constructor(occasions: number, since: ScenarioLife["since"]) {
    this.#occasionsLeft = occasions;
    this.#isCounting = since === "start";
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      elapsed: () => clock.elapsed(),
      setTimer: (dueAt, action) => clock.setTimer(dueAt, () => this.ifAlive(action)),
      setDelay: (delayMs, action) => clock.setDelay(delayMs, () => this.ifAlive(action)),
      defer: (action) => clock.defer(() => this.ifAlive(action)),
    };
  }

  /** @param store a plain object: its methods are taken one by one. */
  store(store: Store): Store {
    return {
      ...store,
      getPlan: (hash) => this.answer(store.getPlan(hash)),
      getRun: (runId) => this.answer(store.getRun(runId)),
      findRunByStartKey: (startKey) => this.answer(store.findRunByStartKey(startKey)),
      listRuns: (query) => this.answer(store.listRuns(query)),
      readEvents: (...range) => this.answer(store.readEvents(...range)),
      getDocument: (collection, id) => this.answer(store.getDocument(collection, id)),
      listDocuments: (collection, page) => this.answer(store.listDocuments(collection, page)),
      append: (batch) => this.effect(() => store.append(batch)),
      putPlan: (plan) => this.effect(() => store.putPlan(plan)),
      putDocument: (write) => this.effect(() => store.putDocument(write)),
    };
  }

  queue(queue: TaskQueue): TaskQueue {
    return {
      publish: (messages) => this.effect(() => queue.publish(messages)),
      consume: (options, handle) =>
        queue.consume(options, (message, delivery) => this.effect(() => handle(message, delivery))),
      depth: (pool) => queue.depth(pool),
      close: () => Promise.resolve(),
    };
  }

  bus(bus: Bus): Bus {
    return { ...bus, publish: (topic, message) => this.effect(() => bus.publish(topic, message)) };
  }

  gateway(gateway: Gateway): Gateway {
    return { execute: (request, control) => this.effect(() => gateway.execute(request, control)) };
  }

  /** Nothing kills it any more. */
  spare(): void {
    this.#occasionsLeft = Number.POSITIVE_INFINITY;
  }

  /** It ends in another way. */
  end(): void {
    this.#isDead = true;
  }

  /** Somebody has asked for something but a start. */
  isAsked(): void {
    this.#isCounting = true;
  }

  ifAlive(action: () => void): void {
    if (!this.#isDead) action();
  }

  /** What is read changes nothing, but nobody hears of it who is dead by then. */
  async answer<T>(reading: Promise<T>): Promise<T> {
    const found = await reading;
    return this.#isDead ? never() : found;
  }

  /** Dies before the effect, or after it and before anybody hears of it, when its time has come. */
  async effect<T>(act: () => Promise<T>): Promise<T> {
    if (this.#spend()) return never();
    try {
      return await act();
    } finally {
      if (this.#spend()) await never();
    }
  }

  #spend(): boolean {
    if (this.#isCounting) this.#occasionsLeft -= 1;
    if (this.#occasionsLeft <= 0) this.#isDead = true;
    return this.#isDead;
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => {});
}

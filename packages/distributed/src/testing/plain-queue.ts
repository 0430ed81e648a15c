/** The simplest queue that can be: lists in memory, which lose and repeat nothing. For runs that nothing disturbs. */
import type { ConsumeOptions, Consumer, Delivery, TaskMessage, TaskQueue } from "@mycroft/runtime";

type Handle = (message: TaskMessage, delivery: Delivery) => Promise<void>;

interface Hand extends ConsumeOptions {
  readonly handle: Handle;
  inHand: number;
}

export class PlainQueue implements TaskQueue {
  #waiting: TaskMessage[] = [];
  readonly #hands = new Set<Hand>();

  async publish(messages: readonly TaskMessage[]): Promise<void> {
    this.#waiting.push(...messages);
    this.#handOut();
  }

  async consume(options: ConsumeOptions, handle: Handle): Promise<Consumer> {
    const hand: Hand = { ...options, handle, inHand: 0 };
    this.#hands.add(hand);
    return {
      close: async () => {
        this.#hands.delete(hand);
      },
    };
  }

  async depth(pool: string): Promise<number> {
    return this.#waiting.filter((message) => message.pool === pool).length;
  }

  async close(): Promise<void> {
    this.#hands.clear();
  }

  #handOut(): void {
    this.#waiting = this.#waiting.filter((message) => {
      for (const hand of this.#hands) {
        if (hand.pool !== message.pool || hand.inHand >= hand.concurrency) continue;
        void this.#give(message, hand);
        return false;
      }
      return true;
    });
  }

  async #give(message: TaskMessage, hand: Hand): Promise<void> {
    hand.inHand += 1;
    let againInMs: number | null = null;
    const postpone = (ms: number): void => {
      againInMs = ms;
    };
    await hand.handle(message, { postpone });
    hand.inHand -= 1;
    if (againInMs !== null) setTimeout(() => void this.publish([message]), againInMs);
    this.#handOut();
  }
}

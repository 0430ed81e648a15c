/** A queue that keeps what it is given until the test takes it, and that loses or refuses publications when it is told to. */
import { MycroftError } from "@mycroft/errors";
import type { TaskMessage } from "../../ports/queue.ts";

export class TestQueue {
  /** Every publication, in order. */
  readonly publications: (readonly TaskMessage[])[] = [];
  waiting: TaskMessage[] = [];
  next: "keep" | "lose" | "refuse" = "keep";
  /** Added to the depth that it tells: messages that nobody wants any more. */
  surplus = 0;
  /** Told of every publication when it is made. */
  onPublication: (messages: readonly TaskMessage[], isRefused: boolean) => void = () => {};

  async publish(messages: readonly TaskMessage[]): Promise<void> {
    const { next } = this;
    this.next = "keep";
    this.onPublication(messages, next === "refuse");
    if (next === "refuse") throw new MycroftError("QUEUE_FULL", "No room.");
    this.publications.push(messages);
    if (next === "keep") this.waiting.push(...messages);
  }

  async depth(pool: string): Promise<number> {
    return this.waiting.filter((message) => message.pool === pool).length + this.surplus;
  }

  /** Takes all that waits, highest priority first, and of equal priority in the order of publication. */
  takeAll(): readonly TaskMessage[] {
    const taken = this.waiting.toSorted((left, right) => right.priority - left.priority);
    this.waiting = [];
    return taken;
  }
}

/**
 * The queue delivers task messages to workers, at least once and in no promised order beyond priority. It may
 * lose or repeat messages: fencing tokens and recovery make that harmless (P4).
 */
export interface TaskMessage {
  readonly runId: string;
  readonly task: string;
  /** The fencing token (E10). */
  readonly attempt: number;
  readonly pool: string;
  /** A whole number. Higher is sooner; messages of equal priority come in the order of publication. */
  readonly priority: number;
}

export interface Consumer {
  /** Takes no more messages and resolves when those in hand are done. */
  close(): Promise<void>;
}

export interface ConsumeOptions {
  readonly pool: string;
  /** How many messages are in hand at once: 1 or more. */
  readonly concurrency: number;
}

/** One message on its way to one handler. */
export interface Delivery {
  /**
   * The message cannot be taken now: when `handle` resolves, it is not done but comes again, after this long or a little later.
   * That counts for no failed delivery.
   */
  postpone(againInMs: number): void;
}

export interface TaskQueue {
  /** Rejects with QUEUE_FULL when the length limit would be passed, and then takes none of the messages. */
  publish(messages: readonly TaskMessage[]): Promise<void>;
  /**
   * A message is done when `handle` resolves; when it rejects, the message is delivered again, up to the queue's
   * delivery limit; then it is forgotten, since the store knows it.
   */
  consume(
    options: ConsumeOptions,
    handle: (message: TaskMessage, delivery: Delivery) => Promise<void>,
  ): Promise<Consumer>;
  /** Messages that wait (not those in hand). */
  depth(pool: string): Promise<number>;
  /**
   * Bounds how many of a pool's messages are in hand at once, among all consumers of all processes. Absent where only the
   * consumers' own concurrency does.
   */
  setSlots?(pool: string, slots: number): Promise<void>;
  /** Another text than before when the queue may have lost messages since; absent where it lives and dies with its process. */
  generation?(): Promise<string>;
  /** Closes every consumer. What still waits is forgotten: the store knows it. */
  close(): Promise<void>;
}

/** The kept messages of one topic: the newest, up to a number and a size (P8). Sequence numbers are never reused. */
export interface LogEntry {
  readonly seq: number;
  readonly key: string;
  /** The body's JSON: parsed anew for each delivery, so that no reader sees what another did to it. */
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface LogLimits {
  readonly keptMessages: number;
  /** UTF-16 code units of all keys and bodies together. */
  readonly keptLength: number;
}

/** Spent places are given back once there are this many, and more of them than kept entries. */
const spentPlaces = 1_024;

export class MessageLog {
  readonly #limits: LogLimits;
  readonly #entries: LogEntry[] = [];
  /** Where the oldest kept entry stands; the places before it are spent. */
  #head = 0;
  #oldest = 0;
  #keptLength = 0;

  constructor(limits: LogLimits) {
    this.#limits = limits;
  }

  /** The sequence number of the oldest kept message, or of the next when there is none. */
  get oldest(): number {
    return this.#oldest;
  }

  /** The sequence number that the next message will have. */
  get next(): number {
    return this.#oldest + this.#entries.length - this.#head;
  }

  push(key: string, text: string, at: number): number {
    const seq = this.next;
    this.#entries.push({ seq, key, text, at });
    this.#keptLength += key.length + text.length;
    const { keptMessages, keptLength } = this.#limits;
    // The newest message is kept however long it is; its own limit was checked before.
    while (seq - this.#oldest > 0 && (seq - this.#oldest >= keptMessages || this.#keptLength > keptLength)) {
      this.#dropOldest();
    }
    return seq;
  }

  at(seq: number): LogEntry | undefined {
    return seq < this.#oldest ? undefined : this.#entries[this.#head + seq - this.#oldest];
  }

  #dropOldest(): void {
    const entry = this.#entries[this.#head];
    if (entry !== undefined) this.#keptLength -= entry.key.length + entry.text.length;
    this.#head += 1;
    this.#oldest += 1;
    if (this.#head < spentPlaces || this.#head * 2 < this.#entries.length) return;
    this.#entries.splice(0, this.#head);
    this.#head = 0;
  }
}

/**
 * What passed between one attempt, or one answer, and others: limited in number, and told for the record. An ask reserves
 * room for what the one who is asked does in turn, so the record of an attempt never outgrows its limit; what was reserved
 * and not used is given back with the answer.
 */
import type { MessageRecord } from "@mycroft/engine";
import { limitExceeded, messageLimits } from "./message-limits.ts";

export type AskRecord = Extract<MessageRecord, { readonly type: "asked" }>;

export class ExchangeLog {
  readonly #records: MessageRecord[] = [];
  /** What was read, so that reading the same again is not told again. */
  readonly #seen = new Set<string>();
  readonly #limit: number;
  readonly #by: string | null;
  #left: number;

  /** @param by the agent that answers; null for an attempt itself. */
  constructor(limit: number, by: string | null) {
    this.#limit = limit;
    this.#left = limit;
    this.#by = by;
  }

  /** A copy, in the order in which things began. */
  get records(): readonly MessageRecord[] {
    return [...this.#records];
  }

  /** To be called before something is sent. @throws {MycroftError} LIMIT_EXCEEDED. */
  takeRoom(): void {
    if (this.#left === 0) {
      const [who, limit] =
        this.#by === null
          ? (["An attempt", "perAttempt"] as const)
          : ([`Agent ${this.#by}, answering,`, "perAnswer"] as const);
      throw limitExceeded(
        limit,
        `${who} has sent, asked, written and read ${this.#limit} times, which is all that it may`,
      );
    }
    this.#left -= 1;
  }

  /** How much the one who is asked may do in turn. */
  reserveForAnswer(): number {
    // Not all of it: others may be asked at the same time.
    const allowance = Math.min(messageLimits.perAnswer, Math.floor(this.#left / 2));
    this.#left -= allowance;
    return allowance;
  }

  keep(record: MessageRecord): void {
    this.#records.push(this.#signed(record));
  }

  /** Reading the same again takes no room, and is not told again. */
  keepRead(record: MessageRecord): void {
    const text = JSON.stringify(record);
    if (this.#seen.has(text)) return;
    this.takeRoom();
    this.#seen.add(text);
    this.keep(record);
  }

  /** What became of a question; `done` is what the one who was asked did in turn, of the `allowance` that it had. */
  keepAnswer(
    id: string,
    answer: AskRecord["answer"],
    done: readonly MessageRecord[] = [],
    allowance: number = done.length,
  ): void {
    const index = this.#records.findIndex((one) => one.type === "asked" && one.id === id);
    const record = this.#records[index];
    if (record?.type !== "asked") return;
    const kept = done.slice(0, allowance);
    this.#left += allowance - kept.length;
    this.#records.splice(index, 1, { ...record, answer }, ...kept);
  }

  #signed(record: MessageRecord): MessageRecord {
    return this.#by === null ? record : { ...record, by: this.#by };
  }
}

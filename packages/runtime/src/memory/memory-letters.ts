/** Letters that have not been taken yet, in memory. */
import type { Letter, LetterQuery } from "../ports/shared-store.ts";
import { shardOf } from "../shared/shard-of.ts";

/** As it is kept: JSON, so that what is read is never what was given. */
export interface LetterText {
  readonly id: string;
  readonly shard: number;
  readonly text: string;
}

export function letterText(letter: Letter): LetterText {
  return { id: letter.id, shard: shardOf(letter.runId), text: JSON.stringify(letter) };
}

export class MemoryLetters {
  readonly #letters = new Map<string, LetterText>();

  has(id: string): boolean {
    return this.#letters.has(id);
  }

  add(letter: LetterText): void {
    if (!this.#letters.has(letter.id)) this.#letters.set(letter.id, letter);
  }

  remove(id: string): void {
    this.#letters.delete(id);
  }

  read({ shards, limit, except }: LetterQuery): readonly Letter[] {
    const asked = new Set(shards);
    const passedOver = new Set(except);
    const found: LetterText[] = [];
    for (const letter of this.#letters.values()) {
      if (asked.has(letter.shard) && !passedOver.has(letter.id)) found.push(letter);
    }
    return found
      .sort((left, right) => (left.id < right.id ? -1 : 1))
      .slice(0, limit)
      .map(({ text }) => JSON.parse(text) as Letter);
  }
}

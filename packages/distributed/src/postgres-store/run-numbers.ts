/** Numbers for new runs, taken from the store's sequence in blocks. A number that is not used is lost, which harms nobody. */
import { MycroftError } from "@mycroft/errors";
import type { ClientBase } from "pg";

/** As the sequence's increment says. */
const blockSize = 256;

export class RunNumbers {
  #blocks: bigint[] = [];
  #used = 0;

  /** Sees to it that there are at least so many. */
  async prepare(client: ClientBase, count: number): Promise<void> {
    const missing = count - (this.#blocks.length * blockSize - this.#used);
    if (missing <= 0) return;
    const { rows } = await client.query<{ readonly first: string }>({
      name: "take-run-numbers",
      text: "SELECT nextval('run_numbers') AS first FROM generate_series(1, $1::integer)",
      values: [Math.ceil(missing / blockSize)],
    });
    for (const { first } of rows) this.#blocks.push(BigInt(first));
  }

  next(): string {
    const [first] = this.#blocks;
    if (first === undefined) throw new MycroftError("INTERNAL", "More run numbers were used than taken.");
    const number = first + BigInt(this.#used);
    this.#used += 1;
    if (this.#used === blockSize) {
      this.#blocks.shift();
      this.#used = 0;
    }
    return String(number);
  }

  forget(): void {
    this.#blocks = [];
    this.#used = 0;
  }
}

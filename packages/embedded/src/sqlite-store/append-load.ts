/**
 * Whether batches have been so large of late that they are better appended beside the main thread. A small batch is
 * durable sooner when the main thread writes it itself; a change of sides makes both look up again what they remembered,
 * so it takes many batches to bring one about.
 */

/** Events in a batch from which on the main thread has something else to do meanwhile. */
const largeBatch = 32;

/** Events in a batch up to which it is a matter of latency. */
const smallBatch = 8;

/** So many events in large batches move appends to the thread: about 10 ms of work, less than it takes to start. */
const highLoad = 2_000;

/** What a small batch takes off the load: 20 in a row move appends back. */
const smallBatchRelief = highLoad / 20;

export class AppendLoad {
  #load = 0;
  #isHigh = false;

  get isHigh(): boolean {
    return this.#isHigh;
  }

  note(events: number): void {
    if (events >= largeBatch) this.#load = Math.min(highLoad, this.#load + events);
    else if (events <= smallBatch) this.#load = Math.max(0, this.#load - smallBatchRelief);
    if (this.#load === highLoad) this.#isHigh = true;
    else if (this.#load === 0) this.#isHigh = false;
  }
}

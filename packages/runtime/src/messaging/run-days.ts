/** What the store says of the runs that messages belong to: the day that bounds them (P5), and their data. */
import { MycroftError } from "@mycroft/errors";
import type { Store } from "../ports/store.ts";

export interface RunDay {
  readonly asOf: string;
  readonly dataHash: string | null;
}

const rememberedRuns = 1_000;

export class RunDays {
  readonly #store: Pick<Store, "getRun">;
  /** Neither ever changes. The one that was read first is forgotten first. */
  readonly #known = new Map<string, RunDay>();

  constructor(store: Pick<Store, "getRun">) {
    this.#store = store;
  }

  /** @throws {MycroftError} RUN_UNKNOWN, the store's codes. */
  async find(runId: string): Promise<RunDay> {
    const known = this.#known.get(runId);
    if (known !== undefined) return known;
    const header = await this.#store.getRun(runId);
    if (header === undefined) {
      const message = `A message came of run ${runId}, which the store does not have.`;
      throw new MycroftError("RUN_UNKNOWN", message, { details: { runId } });
    }
    const day = { asOf: header.asOf, dataHash: header.provenance.dataHash ?? null };
    const [oldest] = this.#known.keys();
    if (this.#known.size >= rememberedRuns && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(runId, day);
    return day;
  }
}

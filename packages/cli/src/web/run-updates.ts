/** Passes what happens in runs on to whoever listens at the moment. */
import type { RunUpdate } from "@mycroft/runtime";

export type UpdateListener = (update: RunUpdate) => void;

export class RunUpdates {
  readonly #listeners = new Set<UpdateListener>();

  tell(update: RunUpdate): void {
    for (const listener of this.#listeners) listener(update);
  }

  /** @returns ends the listening. */
  listen(listener: UpdateListener): () => void {
    // The same function may listen twice.
    const own: UpdateListener = (update) => listener(update);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }
}

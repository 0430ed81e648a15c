/**
 * Gathers what is asked for while a call is under way into the next one: one round trip for all that comes together, none of
 * which waits for a timer.
 */
import type { Clock } from "../ports/clock.ts";

export class GatheredCalls<Item, Answer> {
  readonly #call: (items: readonly Item[]) => Promise<readonly Answer[]>;
  readonly #clock: Pick<Clock, "defer">;
  readonly #limit: number;
  #waiting: { readonly item: Item; readonly asker: PromiseWithResolvers<Answer> }[] = [];
  #isCalling = false;

  /** @param call answers each item, in order. @param limit how many items a call takes at most. */
  constructor(
    call: (items: readonly Item[]) => Promise<readonly Answer[]>,
    clock: Pick<Clock, "defer">,
    limit = 1_000,
  ) {
    this.#call = call;
    this.#clock = clock;
    this.#limit = limit;
  }

  ask(item: Item): Promise<Answer> {
    const asker = Promise.withResolvers<Answer>();
    this.#waiting.push({ item, asker });
    if (!this.#isCalling) {
      this.#isCalling = true;
      // What else is asked for in this turn goes along.
      this.#clock.defer(() => void this.#callAll());
    }
    return asker.promise;
  }

  async #callAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const asked = this.#waiting.splice(0, this.#limit);
      try {
        const answers = await this.#call(asked.map(({ item }) => item));
        for (const [index, { asker }] of asked.entries()) asker.resolve(answers[index] as Answer);
      } catch (thrown) {
        for (const { asker } of asked) asker.reject(thrown);
      }
    }
    this.#isCalling = false;
  }
}

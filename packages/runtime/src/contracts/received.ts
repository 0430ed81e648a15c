/** What a handler under test has been given, so that a test can wait for the next message instead of sleeping. */
export class Received<Message> {
  readonly all: Message[] = [];
  #waiting: { readonly isEnough: (all: readonly Message[]) => boolean; readonly resolve: () => void }[] = [];

  push(message: Message): void {
    this.all.push(message);
    this.#waiting = this.#waiting.filter(({ isEnough, resolve }) => {
      if (!isEnough(this.all)) return true;
      resolve();
      return false;
    });
  }

  /** Resolves with everything, once `isEnough` holds. */
  async until(isEnough: (all: readonly Message[]) => boolean): Promise<readonly Message[]> {
    if (!isEnough(this.all)) {
      await new Promise<void>((resolve) => {
        this.#waiting.push({ isEnough, resolve });
      });
    }
    return this.all;
  }

  /** Resolves with everything, once at least `count` messages have come. */
  atLeast(count: number): Promise<readonly Message[]> {
    return this.until((all) => all.length >= count);
  }
}

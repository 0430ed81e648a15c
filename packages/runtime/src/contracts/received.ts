/** What a handler under test has been given, so that a test can wait for the next message instead of sleeping. */
export class Received<Message> {
  readonly all: Message[] = [];
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  push(message: Message): void {
    this.all.push(message);
    for (const waiter of this.#waiting) if (this.all.length >= waiter.count) waiter.resolve();
  }

  /** Resolves with everything, once at least `count` messages have come. */
  async atLeast(count: number): Promise<readonly Message[]> {
    if (this.all.length < count) {
      await new Promise<void>((resolve) => {
        this.#waiting.push({ count, resolve });
      });
    }
    return this.all;
  }
}

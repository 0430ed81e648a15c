/**
 * A thread that appends to the store beside the main one. It has a connection of its own, and takes one batch at a time.
 * The process may end while it has nothing in hand. When it ends unasked, its connection has been closed, and what it had
 * in hand was stored as a whole or not at all.
 */
import { Worker } from "node:worker_threads";
import { MycroftError } from "@mycroft/errors";
import type { AppendAnswer, AppendRequest, AppendThreadSettings } from "./append-messages.ts";

/** `lost`: the thread has ended, and nobody knows whether the batch was stored. */
type AppendResult = AppendAnswer | "lost";

export interface AppendThreadOptions {
  readonly settings: AppendThreadSettings;
  /** The program that the thread runs: the real one unless a test has its own. */
  readonly program?: URL | undefined;
  readonly onLost: (error: MycroftError) => void;
}

export class AppendThread {
  readonly #worker: Worker | null;
  #isReady = false;
  #isLost = false;
  #isClosing = false;
  /** Why it ends. */
  #failure: unknown;
  #answer: (result: AppendResult) => void = () => {};
  readonly #ended = Promise.withResolvers<void>();
  readonly #onLost: (error: MycroftError) => void;

  constructor({ settings, program, onLost }: AppendThreadOptions) {
    this.#onLost = onLost;
    this.#worker = this.#start(settings, program ?? new URL("./append-thread-main.ts", import.meta.url));
  }

  /** Whether it has a connection, so that a batch need not wait for it. */
  get isReady(): boolean {
    return this.#isReady && !this.#isLost;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Stores a batch. Only to be called when the one before is answered. */
  append(request: AppendRequest): Promise<AppendResult> {
    return new Promise((resolve) => {
      if (this.#isLost || this.#worker === null) {
        resolve("lost");
        return;
      }
      this.#answer = resolve;
      this.#worker.ref();
      this.#worker.postMessage(request);
    });
  }

  /** Resolves when the thread has ended and its connection is closed. */
  async close(): Promise<void> {
    if (this.#isLost || this.#worker === null) return;
    this.#isClosing = true;
    this.#worker.ref();
    this.#worker.postMessage("close");
    await this.#ended.promise;
  }

  #start(settings: AppendThreadSettings, program: URL): Worker | null {
    try {
      const worker = new Worker(program, { workerData: settings, name: "mycroft-append" });
      worker.on("message", (message: AppendAnswer | "ready") => this.#hear(message));
      worker.on("error", (thrown) => {
        this.#failure = thrown;
      });
      worker.on("exit", () => this.#end());
      worker.unref();
      return worker;
    } catch (thrown) {
      this.#failure = thrown;
      this.#end();
      return null;
    }
  }

  #hear(message: AppendAnswer | "ready"): void {
    if (message === "ready") {
      this.#isReady = true;
      return;
    }
    this.#worker?.unref();
    this.#answer(message);
  }

  #end(): void {
    this.#isLost = true;
    this.#ended.resolve();
    this.#answer("lost");
    if (this.#isClosing) return;
    const message = "The append thread has ended; the store goes on without it.";
    this.#onLost(new MycroftError("INTERNAL", message, { cause: this.#failure }));
  }
}

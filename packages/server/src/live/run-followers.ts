/** The runs that somebody watches, each followed once, and only as long as somebody does. */
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import type { RunUpdate, Store } from "@mycroft/runtime";
import { RunFollower } from "./run-follower.ts";

interface Followed {
  readonly opening: Promise<RunFollower>;
  /** How many have it, or wait for it. */
  holders: number;
}

/** A share in following a run. It is to be released, once. */
export interface HeldFollower {
  readonly follower: RunFollower;
  release(): void;
}

export class RunFollowers {
  readonly #store: Store;
  readonly #onError: (error: MycroftError) => void;
  readonly #followed = new Map<string, Followed>();

  constructor(store: Store, onError: (error: MycroftError) => void) {
    this.#store = store;
    this.#onError = onError;
  }

  /** @param runId the whole id. @throws {MycroftError} RUN_UNKNOWN; what a damaged record is told by. */
  async hold(runId: string): Promise<HeldFollower> {
    const followed = this.#followed.get(runId) ?? this.#follow(runId);
    followed.holders += 1;
    const release = () => this.#release(runId, followed);
    try {
      return { follower: await followed.opening, release };
    } catch (thrown) {
      release();
      throw thrown;
    }
  }

  get count(): number {
    return this.#followed.size;
  }

  take({ runId }: RunUpdate): void {
    this.#followed.get(runId)?.opening.then(
      (follower) => follower.wake(),
      () => {},
    );
  }

  #follow(runId: string): Followed {
    const onError = (thrown: unknown) => this.#onError(asMycroftError(thrown));
    const followed = { opening: RunFollower.open(this.#store, runId, onError), holders: 0 };
    this.#followed.set(runId, followed);
    return followed;
  }

  #release(runId: string, followed: Followed): void {
    followed.holders -= 1;
    if (followed.holders > 0) return;
    this.#followed.delete(runId);
    followed.opening.then(
      (follower) => follower.close(),
      () => {},
    );
  }
}

/** What the shared store's contract needs to know of a host: the same store, as several processes have it open. */
import type { SharedStore } from "../ports/shared-store.ts";

export interface SharedStoreHost {
  readonly store: SharedStore;
  /** Opens the same store once more, as another process would. A store that is an object of one process gives itself. */
  readonly another: () => Promise<SharedStore>;
  /** Closes every store that is still open, and removes what was kept. */
  readonly dispose: () => Promise<void>;
}

/** Gives the host of the test that runs; each test has its own. */
export type CurrentSharedHost = () => SharedStoreHost;

/** The same store, `count` times. */
export async function instances(host: SharedStoreHost, count: number): Promise<readonly SharedStore[]> {
  const others = Array.from({ length: count - 1 }, () => host.another());
  return [host.store, ...(await Promise.all(others))];
}

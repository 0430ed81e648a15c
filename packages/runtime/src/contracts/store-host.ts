/** What the store contract needs to know of a host beyond the port: only `store` and `dispose` are required. */
import type { Store } from "../ports/store.ts";

export interface StoreHost {
  readonly store: Store;
  /** Opens again, after `store` was closed, what it kept. Absent when nothing outlives the store. */
  readonly reopen?: () => Promise<Store>;
  /** Opens a second handle on the same store while the first is open, as another process would. */
  readonly openSecond?: () => Promise<Store>;
  /** Changes the kept content of an artifact behind the store's back. */
  readonly damageArtifact?: (hash: string) => Promise<void>;
  /** Removes the kept content of an artifact behind the store's back. */
  readonly loseArtifact?: (hash: string) => Promise<void>;
  /** Lets the store grow no further, as on a full disk, until the function that it returns is called. */
  readonly fillUp?: () => Promise<() => Promise<void>>;
  /** Sets the store's clock forward, or back. Absent when the store's time is not this process's. */
  readonly shiftClock?: (byMs: number) => void;
  /** Closes every store that is still open, and removes what was kept. */
  readonly dispose: () => Promise<void>;
}

/** Gives the host of the test that runs; each test has its own. */
export type CurrentHost = () => StoreHost;

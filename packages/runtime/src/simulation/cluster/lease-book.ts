/** Who has which attempt, by what the store has said: a lease is somebody's until it is over (E10). */
import type { AttemptKey } from "../../ports/shared-store.ts";
import { nameOf } from "../executions.ts";

interface Lease {
  readonly worker: string;
  until: number;
}

export class LeaseBook {
  readonly #now: () => number;
  readonly #leases = new Map<string, Lease>();
  /** Every grant there ever was, by attempt and worker. */
  readonly #granted = new Set<string>();

  /** @param now in milliseconds, as the store counts them. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The worker that another one is granted the attempt in spite of; null when nobody has it. */
  grant(worker: string, leaseMs: number, key: AttemptKey): string | null {
    const name = nameOf(key);
    const known = this.#leases.get(name);
    const isLive = known !== undefined && known.until > this.#now();
    this.#leases.set(name, { worker, until: this.#now() + leaseMs });
    this.#granted.add(`${name} ${worker}`);
    return isLive && known.worker !== worker ? known.worker : null;
  }

  renew(worker: string, leaseMs: number, key: AttemptKey): void {
    const known = this.#leases.get(nameOf(key));
    if (known?.worker === worker) known.until = this.#now() + leaseMs;
  }

  /** @param worker when it is only that one's to end. */
  release(key: AttemptKey, worker?: string): void {
    const name = nameOf(key);
    if (worker === undefined || this.#leases.get(name)?.worker === worker) this.#leases.delete(name);
  }

  wasGranted(key: AttemptKey, worker: string): boolean {
    return this.#granted.has(`${nameOf(key)} ${worker}`);
  }
}

/** A way to break the system from outside: ports of one process, wrapped. What they hide dies with the process. */
import type { AttemptLedger } from "../ports/attempt-ledger.ts";
import type { Bus } from "../ports/bus.ts";
import type { Clock } from "../ports/clock.ts";
import type { TaskQueue } from "../ports/queue.ts";
import type { Store } from "../ports/store.ts";

export interface ProcessPorts {
  readonly store: Store;
  readonly queue: TaskQueue;
  readonly bus: Bus;
  readonly clock: Clock;
  /** The orchestrator, as the workers see it. */
  readonly ledger: (ledger: AttemptLedger) => AttemptLedger;
  /** Whether the process has taken over the store's runs. */
  readonly isOpen: () => boolean;
}

export type Variant = (ports: ProcessPorts) => ProcessPorts;

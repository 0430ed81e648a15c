/** A way to break a cluster from outside: its store, or what one of its processes is made of. */

import type { Clock } from "../../ports/clock.ts";
import type { TaskQueue } from "../../ports/queue.ts";
import type { SharedStore } from "../../ports/shared-store.ts";

export interface ClusterPorts {
  readonly store: SharedStore;
  readonly queue: TaskQueue;
  readonly clock: Clock;
}

export interface ClusterVariant {
  /** The store's server. */
  readonly server?: (store: SharedStore) => SharedStore;
  /** What is hidden in it dies with the process. */
  readonly orchestrator?: (ports: ClusterPorts) => ClusterPorts;
}

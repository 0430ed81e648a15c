/** A host: one orchestrator, and a worker for each pool, over a set of ports. Which ports is all that hosts differ in. */
import { hostname } from "node:os";
import { defaultPool } from "@mycroft/engine";
import type { MycroftError } from "@mycroft/errors";
import type { DispatchSettings } from "./dispatch/dispatch-settings.ts";
import { Orchestrator } from "./orchestrator.ts";
import type { Bus } from "./ports/bus.ts";
import type { Clock } from "./ports/clock.ts";
import type { Gateway } from "./ports/gateway.ts";
import type { TaskQueue } from "./ports/queue.ts";
import type { Store } from "./ports/store.ts";
import { type CloseOptions, Worker } from "./worker.ts";

export interface HostPorts {
  readonly store: Store;
  readonly queue: TaskQueue;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly gateway: Gateway;
}

export interface HostSettings {
  /** How many attempts of a pool are under way at once, if it has that many slots: 64 unless given. */
  readonly concurrency?: number;
  /** Pools, rate limits and leases. */
  readonly dispatch?: DispatchSettings;
  /** How runs are named; `newRunId` unless given. */
  readonly newRunId?: (now: number) => string;
  /** Told of failures that no caller is waiting for. */
  readonly onError?: (error: MycroftError) => void;
}

export interface Host extends HostPorts {
  readonly orchestrator: Orchestrator;
  /**
   * Finishes what is in hand, or leaves it after the grace time, then closes every port. Runs under way are resumed by
   * the next host on the same store.
   */
  close(options?: CloseOptions): Promise<void>;
}

const defaultConcurrency = 64;

/** Takes over the store's unsettled runs and starts to work on them. Owns the ports from now on. */
export async function startHost(ports: HostPorts, settings: HostSettings = {}): Promise<Host> {
  const { store, queue, bus, clock, gateway } = ports;
  const { onError = () => {}, dispatch = {}, concurrency = defaultConcurrency } = settings;
  const naming = settings.newRunId === undefined ? {} : { newRunId: settings.newRunId };
  const orchestrator = await Orchestrator.open({ store, queue, bus, clock, dispatch, onError, ...naming });
  const pools = { [defaultPool]: { slots: concurrency }, ...dispatch.pools };
  const workers = await Promise.all(
    Object.entries(pools).map(([pool, { slots }]) =>
      Worker.start({
        name: `${hostname()}/${process.pid}${pool === defaultPool ? "" : `/${pool}`}`,
        pool,
        concurrency: Math.min(slots, concurrency),
        queue,
        ledger: orchestrator,
        gateway,
        clock,
        onError,
      }),
    ),
  );
  return {
    ...ports,
    orchestrator,
    async close(options) {
      await Promise.all(workers.map((worker) => worker.close(options)));
      await orchestrator.close();
      await queue.close();
      await bus.close();
      await store.close();
    },
  };
}

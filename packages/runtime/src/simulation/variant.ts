/** A way to break the system from outside: what one process is made of, wrapped. What is hidden in it dies with the process. */
import type { Plan } from "@mycroft/engine";
import type { DispatchSettings } from "../dispatch/dispatch-settings.ts";
import type { AttemptLedger } from "../ports/attempt-ledger.ts";
import type { Bus } from "../ports/bus.ts";
import type { Clock } from "../ports/clock.ts";
import type { TaskQueue } from "../ports/queue.ts";
import type { Store } from "../ports/store.ts";
import type { ScheduledRuns } from "../scheduler/schedule-definition.ts";
import { type Outside, outsidePort } from "./clients/outside.ts";

export interface ProcessPorts {
  readonly store: Store;
  readonly queue: TaskQueue;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly dispatch: DispatchSettings;
  /** The orchestrator, as the workers see it. */
  readonly ledger: (ledger: AttemptLedger) => AttemptLedger;
  /** The orchestrator, as those outside see it. */
  readonly outside: (outside: Outside) => Outside;
  /** The orchestrator, as the scheduler sees it. */
  readonly scheduled: (runs: ScheduledRuns) => ScheduledRuns;
  /** Whether the process has taken over the store's runs. */
  readonly isOpen: () => boolean;
  /** The plans that are deployed with it. */
  readonly deployed: readonly Plan[];
}

export type Variant = (ports: ProcessPorts) => ProcessPorts;

export function withLedger(ports: ProcessPorts, wrap: ProcessPorts["ledger"]): ProcessPorts {
  return { ...ports, ledger: (ledger) => wrap(ports.ledger(ledger)) };
}

/** As `withLedger`, for those outside. */
export function withOutside(ports: ProcessPorts, wrap: ProcessPorts["outside"]): ProcessPorts {
  return { ...ports, outside: (outside) => wrap(outsidePort(ports.outside(outside))) };
}

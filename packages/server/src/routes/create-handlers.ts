/** Puts the handlers of all areas together, with what they keep between requests. */
import type { Access } from "../access/access.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Backend } from "../backend.ts";
import { KnownPlans } from "../decisions/known-plans.ts";
import { RunFamilies } from "../decisions/run-families.ts";
import { RunReadings } from "../decisions/run-readings.ts";
import { ToldRuns } from "../runs/told-runs.ts";
import { accessHandlers } from "./access.ts";
import { agentRoutes } from "./agents.ts";
import { decisionHandlers } from "./decisions.ts";
import { experimentRoutes } from "./experiments.ts";
import type { Handlers } from "./handlers.ts";
import { liveRoutes } from "./live.ts";
import { marketHandlers } from "./market.ts";
import { metaHandlers } from "./meta.ts";
import { runHandlers } from "./runs.ts";
import { scheduleHandlers } from "./schedules.ts";
import { workflowHandlers } from "./workflows.ts";

export interface HandlerPorts {
  readonly backend: Backend;
  readonly access: Access;
  readonly audit: AuditLog;
  readonly now: () => number;
  readonly startedAt: number;
  readonly isClosing: () => boolean;
}

export interface OpenHandlers {
  readonly handlers: Handlers;
  /** Ends what goes on between requests: streams and jobs. */
  close(): Promise<void>;
}

export function createHandlers(ports: HandlerPorts): OpenHandlers {
  const { backend, access, audit, now, startedAt, isClosing } = ports;
  const { store } = backend.controls;
  const plans = new KnownPlans(store);
  const reading = {
    backend,
    plans,
    readings: new RunReadings(store, backend.onError),
    families: new RunFamilies(store, plans),
  };
  const agents = agentRoutes(reading);
  const experiments = experimentRoutes(backend, now);
  const live = liveRoutes(backend, access);
  const toldRuns = new ToldRuns(store);
  return {
    handlers: {
      ...metaHandlers(backend, startedAt, isClosing),
      ...accessHandlers({ backend, access, audit, now }),
      ...runHandlers(backend, toldRuns),
      ...live.handlers,
      ...workflowHandlers(backend, toldRuns),
      ...scheduleHandlers(backend, startedAt),
      ...decisionHandlers(reading),
      ...agents.handlers,
      ...marketHandlers(backend),
      ...experiments.handlers,
    },
    close: async () => {
      await Promise.all([agents.close(), experiments.close(), live.close()]);
    },
  };
}

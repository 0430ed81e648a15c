/**
 * A process that can be killed: works on the mixed runs in a folder until all have settled. It says on its output what it
 * has been told and what it does, a line of JSON each; it begins when it has been told how, in a line of JSON, and hears
 * commands after that. SIGTERM closes it.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { readSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { cachingGateway } from "@mycroft/gateways";
import {
  Backfills,
  type Host,
  type RunUpdate,
  runUpdatesTopic,
  type ScheduledRuns,
  Scheduler,
  type Store,
  startHost,
} from "@mycroft/runtime";
import { InProcessBus } from "../in-process-bus/in-process-bus.ts";
import { InProcessQueue } from "../in-process-queue.ts";
import { openStore } from "../sqlite-store/open-sqlite-store.ts";
import { storeFiles } from "../sqlite-store/store-files.ts";
import { SystemClock } from "../system-clock.ts";
import { announceToParent as announce } from "./announcement.ts";
import { breakFile } from "./file-faults.ts";
import { mixedGateway } from "./mixed-gateway.ts";
import { backfill, backfilled, expectedRuns, runsOfWave, schedule } from "./mixed-runs.ts";
import { limitedAgent, narrowPool } from "./mixed-workflows.ts";
import { accepted, Outside } from "./outside.ts";
import type { WorkCommand, WorkSettings } from "./working-process.ts";

const concurrency = 16;
const dispatch = {
  pools: { [narrowPool]: { slots: 3 } },
  rateLimits: { [limitedAgent]: { calls: 4, perMs: 10 } },
};
/** How long to wait before something is asked for again that was refused. */
const patienceMs = 20;

class Work {
  readonly #settings: WorkSettings;
  readonly #clock = new SystemClock();
  readonly #database: DatabaseSync;
  readonly #store: Store;
  readonly #host: Host;
  readonly #outside: Outside;
  readonly #scheduler: Scheduler;
  readonly #backfills: Backfills;
}

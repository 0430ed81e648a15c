/**
 * The processes of a host that is shared: orchestrators and workers, as many of each as one likes, each with ports of its own to
 * the same store, queue and bus. A process says every third of a lease that it is alive.
 */
import { hostname } from "node:os";
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import { type DispatchSettings, readDispatchSettings } from "../dispatch/dispatch-settings.ts";
import type { Bus } from "../ports/bus.ts";
import type { Clock, Timer } from "../ports/clock.ts";
import type { AttemptRequest, Gateway } from "../ports/gateway.ts";
import type { TaskQueue } from "../ports/queue.ts";
import type { ProcessStatus, SharedStore } from "../ports/shared-store.ts";
import { newRunId } from "../run-id.ts";
import { type CloseOptions, Worker } from "../worker.ts";
import { SharedLedger } from "./shared-ledger.ts";
import { defaultLeaseMs, type ShardListener, SharedOrchestrator } from "./shared-orchestrator.ts";

export interface SharedPorts {
  readonly store: SharedStore;
  readonly queue: TaskQueue;
  readonly bus: Bus;
  readonly clock: Clock;
}

export interface SharedSettings {
  /** Unique among the processes of the store; the machine, the process and chance unless given. */
  readonly name?: string;
  /** Pools, rate limits and leases: `leaseMs` is 10,000 unless given. */
  readonly dispatch?: DispatchSettings;
  /** The code that the process runs, for `mycroft workers`. */
  readonly version?: string;
  readonly newRunId?: (now: number) => string;
  readonly newLetterId?: (now: number) => string;
  /** As the orchestrator's own. */
  readonly pollMs?: number;
  readonly reviewMs?: number;
  readonly shardListener?: ShardListener;
  readonly maxIgnoredEvents?: number;
  readonly onError?: (error: MycroftError) => void;
}

export interface OrchestratorProcess {
  readonly name: string;
  readonly orchestrator: SharedOrchestrator;
  /** Gives its shards back. The ports stay open. */
  close(): Promise<void>;
}

export interface WorkerProcess {
  readonly name: string;
  /** Takes no more tasks; finishes those in hand, or hands them back after the grace time. The ports stay open. */
  close(options?: CloseOptions): Promise<void>;
}

export interface WorkerSettings extends SharedSettings {
  /** How many attempts at once, by pool. */
  readonly pools: Readonly<Record<string, number>>;
  /** Whether this process can execute such a request: tasks that it cannot are left to others. */
  readonly canExecute?: (target: AttemptRequest["target"]) => boolean;
  /** As of `SharedLedger`. */
  readonly obstacleTo?: (request: AttemptRequest) => Promise<string | null>;
}

const beatsPerLease = 3;

/** @throws {MycroftError} INPUT_INVALID; STORE_UNREACHABLE. */
export async function startOrchestratorProcess(
  ports: SharedPorts,
  settings: SharedSettings = {},
): Promise<OrchestratorProcess> {
  const { store, queue, clock } = ports;
  const { onError = () => {}, dispatch = {}, name = processName() } = settings;
  const { leaseMs, pools } = readDispatchSettings({ leaseMs: defaultLeaseMs, ...dispatch });
  for (const [pool, { slots }] of Object.entries(pools)) await queue.setSlots?.(pool, slots);
  const status = () => describe("orchestrator", name, startedAt, settings, {});
  const startedAt = clock.now();
  const presence = await Presence.start({ store, clock, leaseMs, onError, status });
  const orchestrator = await SharedOrchestrator.open({
    ...ports,
    name,
    dispatch,
    onError,
    ...given(settings, [
      "pollMs",
      "reviewMs",
      "maxIgnoredEvents",
      "shardListener",
      "newRunId",
      "newLetterId",
    ]),
  });
  return {
    name,
    orchestrator,
    async close() {
      await orchestrator.close();
      await presence.end();
    },
  };
}

/** @throws {MycroftError} INPUT_INVALID; STORE_UNREACHABLE; SERVER_UNREACHABLE. */
export async function startWorkerProcess(
  ports: Omit<SharedPorts, "bus"> & { readonly gateway: Gateway },
  settings: WorkerSettings,
): Promise<WorkerProcess> {
  const { store, queue, clock, gateway } = ports;
  const { onError = () => {}, name = processName() } = settings;
  const { leaseMs } = readDispatchSettings({ leaseMs: defaultLeaseMs, ...settings.dispatch });
  const ledger = new SharedLedger({
    store,
    clock,
    leaseMs,
    onError,
    ...given(settings, ["canExecute", "obstacleTo", "newLetterId"]),
  });
  const startedAt = clock.now();
  const workers = new Map<string, Worker>();
  const pools = () =>
    Object.fromEntries(
      Object.entries(settings.pools).map(([pool, concurrency]) => [
        pool,
        { concurrency, inHand: workers.get(pool)?.inHand ?? 0 },
      ]),
    );
  const status = () => describe("worker", name, startedAt, settings, pools());
  const presence = await Presence.start({ store, clock, leaseMs, onError, status });
  for (const [pool, concurrency] of Object.entries(settings.pools)) {
    const started = await Worker.start({ name, pool, concurrency, queue, ledger, gateway, clock, onError });
    workers.set(pool, started);
  }
  return {
    name,
    async close(options) {
      await Promise.all(Array.from(workers.values(), (worker) => worker.close(options)));
      ledger.close();
      await presence.end();
    },
  };
}

interface PresenceOptions {
  readonly store: SharedStore;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly status: () => ProcessStatus;
  readonly onError: (error: MycroftError) => void;
}

/** Says again and again that a process is alive, and at last that it is not. */
class Presence {
  readonly #options: PresenceOptions;
  #timer: Timer | null = null;
  #isEnded = false;

  private constructor(options: PresenceOptions) {
    this.#options = options;
  }

  static async start(options: PresenceOptions): Promise<Presence> {
    const presence = new Presence(options);
    await presence.#report();
    presence.#reportLater();
    return presence;
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    this.#timer?.cancel();
    const { store, status, onError } = this.#options;
    // A store that is away finds out by itself.
    await store.forgetProcess(status().name).catch((thrown: unknown) => onError(asMycroftError(thrown)));
  }

  #report(): Promise<void> {
    const { store, status, leaseMs } = this.#options;
    return store.reportProcess(status(), leaseMs);
  }

  #reportLater(): void {
    if (this.#isEnded) return;
    const { clock, leaseMs, onError } = this.#options;
    this.#timer = clock.setDelay(leaseMs / beatsPerLease, () => {
      this.#report()
        .catch((thrown: unknown) => onError(asMycroftError(thrown)))
        .finally(() => this.#reportLater());
    });
  }
}

/** Those of the settings that are set. */
function given<Settings extends object, Name extends keyof Settings>(
  settings: Settings,
  names: readonly Name[],
): { readonly [Given in Name]?: Exclude<Settings[Given], undefined> } {
  const set = names.filter((name) => settings[name] !== undefined);
  return Object.fromEntries(set.map((name) => [name, settings[name]])) as {
    [Given in Name]?: Exclude<Settings[Given], undefined>;
  };
}

function processName(): string {
  const chance = newRunId(0).slice(-4);
  return `${hostname()}/${process.pid}-${chance}`;
}

function describe(
  kind: ProcessStatus["kind"],
  name: string,
  startedAt: number,
  { version = "unknown" }: SharedSettings,
  pools: ProcessStatus["pools"],
): ProcessStatus {
  return { name, kind, host: hostname(), pid: process.pid, startedAt, pools, version };
}

/**
 * A process that can be killed: works on the mixed runs in a folder until all have settled. It begins when it is told its
 * settings, says all that it hears and does (see `work-messages.ts`), and hears commands meanwhile. SIGTERM closes it.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { readSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import type { VersionedGateway } from "@mycroft/gateways";
import {
  Backfills,
  type Clock,
  type Gateway,
  type Host,
  type NewMessage,
  type Orchestrator,
  type RunHeader,
  type RunUpdate,
  runUpdatesTopic,
  Scheduler,
  type StartRun,
  type Store,
  SystemClock,
  startHost,
} from "@mycroft/runtime";
import { InProcessBus } from "../in-process-bus/in-process-bus.ts";
import { InProcessQueue } from "../in-process-queue.ts";
import { openStore } from "../sqlite-store/open-sqlite-store.ts";
import { storeFiles } from "../sqlite-store/store-files.ts";
import { allRuns } from "./all-runs.ts";
import { breakFile, dieOfLargeFiles } from "./file-faults.ts";
import { mixedGateway } from "./mixed-gateway.ts";
import { backfill, backfilled, expectedRuns, probe, runsOfWave, schedule } from "./mixed-runs.ts";
import { limitedAgent, narrowPool } from "./mixed-workflows.ts";
import { accepted, Outside } from "./outside.ts";
import { announce, type DeadlyEvent, type WorkCommand, type WorkSettings } from "./work-messages.ts";

const settingsOfHost = {
  concurrency: 4,
  dispatch: {
    pools: { [narrowPool]: { slots: 2 } },
    rateLimits: { [limitedAgent]: { calls: 4, perMs: 10 } },
  },
};
/** How long to wait before something is asked for again that was refused. */
const patienceMs = 20;

/** Of the runs that have settled, every so many is asked for again. */
const askedAgain = 8;

/** The id that a run gets which is started within it. */
const naming = new AsyncLocalStorage<string>();

let isClosing = false;

/** Its start key is the run's id. */
function startNamed(orchestrator: Orchestrator, start: StartRun): Promise<string> {
  return naming.run(start.startKey ?? "unnamed", () => orchestrator.startRun(start));
}

/** Asks again while it is refused for a reason that may pass, and for ever when the process closes. */
async function untilAccepted<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await ask();
    } catch (thrown) {
      const { code, retryable } = asMycroftError(thrown);
      if (code === "STORE_CLOSED" && isClosing) return new Promise(() => {});
      if (!retryable) throw thrown;
      announce({ type: "refusal", code });
      await pause(patienceMs);
    }
  }
}

/** Knows when every run that there is to be has settled. */
class Tally {
  readonly allSettled: Promise<void>;
  /** The runs that are not known to have settled. */
  readonly left: Set<string>;
  readonly #store: Store;
  #resolve: () => void = () => {};

  constructor(store: Store, expected: ReadonlySet<string>) {
    this.#store = store;
    this.left = new Set(expected);
    this.allSettled = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  async note({ runId, status }: Pick<RunHeader, "runId" | "status">): Promise<void> {
    if (status === "running") return;
    this.left.delete(runId);
    if (this.left.size > 0) return;
    // Child runs may settle after the runs that have given them up.
    const { runs } = await untilAccepted(() => this.#store.listRuns({ status: "running", limit: 1 }));
    if (runs.length === 0) this.#resolve();
  }
}

function onError({ code, message }: MycroftError): void {
  announce({ type: "failure", code, message });
}

/** Asks for one more run whenever the store fails, until it is started. */
function prober(orchestrator: Promise<Orchestrator>): (error: MycroftError) => void {
  let probes = 0;
  return ({ code }) => {
    if (!(code === "STORE_FULL" || code === "STORE_IO")) return;
    probes += 1;
    const start = probe(`${process.pid}-${probes}`);
    void orchestrator.then((open) => untilAccepted(() => startNamed(open, start)));
  };
}

/** Loaded where it is wanted only: with all that it needs it takes longer than everything else. */
async function loadCache(): Promise<(gateway: VersionedGateway, store: Store, clock: Clock) => Gateway> {
  const { cachingGateway } = await import("@mycroft/gateways");
  return (gateway, store, clock) => cachingGateway(gateway, { store, clock, dataHash: null });
}

/** Announces each update at the very moment that the bus is told of it, and may die of that. */
class TellingBus extends InProcessBus {
  #eventsUntilDeath: number;
  readonly #deadly: DeadlyEvent | null;

  constructor(diesAt: WorkSettings["diesAt"]) {
    super();
    this.#eventsUntilDeath = diesAt?.times ?? 0;
    this.#deadly = diesAt?.event ?? null;
  }

  override async publish(topic: string, message: NewMessage): Promise<string> {
    const update = message.body as unknown as RunUpdate;
    announce({ type: "update", update });
    if (this.#deadly !== null && tellsOf(update, this.#deadly)) {
      this.#eventsUntilDeath -= 1;
      if (this.#eventsUntilDeath === 0) process.kill(process.pid, "SIGKILL");
    }
    return super.publish(topic, message);
  }
}

function tellsOf({ runId, status, events }: RunUpdate, event: DeadlyEvent): boolean {
  return event === "childEnd"
    ? runId.includes(".") && status !== "running"
    : events.some(({ type }) => type === event);
}

async function openHost(store: Store, tally: Tally, diesAt: WorkSettings["diesAt"]): Promise<Host> {
  const clock = new SystemClock();
  const bus = new TellingBus(diesAt);
  const opened = Promise.withResolvers<Host>();
  const outside = opened.promise.then(({ orchestrator }) => {
    const retryOnce = (runId: string, retryId: string) =>
      untilAccepted(async () => {
        if ((await store.getRun(retryId)) !== undefined) return;
        await naming.run(retryId, () => orchestrator.retry(runId));
      });
    return new Outside({ orchestrator, retryOnce });
  });
  await bus.subscribe(runUpdatesTopic, { from: "new" }, async ({ body }) => {
    const update = body as unknown as RunUpdate;
    void outside.then((world) => world.hear(update));
    void tally.note(update);
  });
  const gateway = mixedGateway({
    onAttempt: ({ runId, task, attempt }) => announce({ type: "attempt", runId, task, attempt }),
    cancel: async (runId, task) => {
      const { orchestrator } = await opened.promise;
      if (!(await accepted(orchestrator.cancel(runId, "nobody wants it", task), []))) return;
      announce({ type: "cancel", runId, task: task ?? null });
    },
  });
  const before = await allRuns(store);
  const probeAfter = prober(opened.promise.then(({ orchestrator }) => orchestrator));
  const host = await startHost(
    { store, queue: new InProcessQueue(), bus, clock, gateway: cached(gateway, store, clock) },
    {
      ...settingsOfHost,
      newRunId: () => naming.getStore() ?? "unnamed",
      onError: (error) => {
        onError(error);
        probeAfter(error);
      },
    },
  );
  opened.resolve(host);
  for (const header of before) {
    void outside.then((world) => world.meet(header));
    void tally.note(header);
  }
  return host;
}

/** Asks for every run that is not known to have settled, and for some of the others. */
async function startRuns(
  orchestrator: Orchestrator,
  waves: number,
  left: ReadonlySet<string>,
): Promise<void> {
  const all = Array.from({ length: waves }, (_, wave) => runsOfWave(wave + 1)).flat();
  const runs = all.filter(({ startKey }, index) => left.has(startKey) || index % askedAgain === 0);
  await Promise.all(
    runs.map(async ({ workflow: _, ...start }) => {
      const runId = await untilAccepted(() => startNamed(orchestrator, start));
      announce({ type: "start", runId });
      const { status } = await untilAccepted(() => orchestrator.waitFor(runId));
      announce({ type: "end", runId, status });
    }),
  );
}

/** Resolves when all that the schedule and the backfill are to start has settled, and that is on record. */
async function runScheduled({ store, orchestrator, clock }: Host) {
  const runs = {
    startRun: async (start: StartRun) => {
      const runId = await startNamed(orchestrator, start);
      announce({ type: "start", runId });
      return runId;
    },
    waitFor: (runId: string) => orchestrator.waitFor(runId),
    cancel: (runId: string, reason: string) => orchestrator.cancel(runId, reason),
  };
  const ports = { store, runs, clock, provenance: { codeVersion: "test" }, onError };
  const scheduler = await Scheduler.open({ ...ports, schedules: [schedule] });
  const backfills = await Backfills.open({ ...ports, resolve: () => backfilled });
  scheduler.start();
  backfills.start();
  const begun = untilAccepted(() => backfills.begin(backfill));
  return {
    finished: async () => {
      await begun;
      await backfills.waitFor(backfill.id);
    },
    close: async () => {
      await Promise.all([scheduler.close(), backfills.close()]);
    },
  };
}

function openWorkStore({ folder, checkpointPages, maxFileBytes }: WorkSettings) {
  let opened: DatabaseSync | null = null;
  const options = {
    folder,
    inlineEventBytes: 8_192,
    ...(maxFileBytes === undefined ? {} : { maxFileBytes }),
  };
  const store = openStore(options, {
    onConnected: (database) => {
      opened = database;
      if (checkpointPages !== undefined) database.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
    },
  });
  return { store, makeRoom: () => opened?.exec("PRAGMA max_page_count = 4294967294") };
}

function hearCommands({ folder }: WorkSettings, makeRoom: () => void): void {
  let mend = (): void => {};
  process.stdin.on("data", (data: Buffer) => {
    for (const line of String(data).trim().split("\n")) {
      const command = JSON.parse(line) as WorkCommand;
      if (command.type === "makeRoom") makeRoom();
      else if (command.type === "break") mend = breakFile(storeFiles(folder)[command.file], command.fault);
      else mend();
    }
  });
  // Nobody who listens keeps the process alive.
  if ("unref" in process.stdin) process.stdin.unref();
}

async function work(settings: WorkSettings): Promise<void> {
  // Before it says anything on which somebody may tell it to end.
  const asked = Promise.withResolvers<void>();
  process.once("SIGTERM", () => asked.resolve());
  const { store, makeRoom } = openWorkStore(settings);
  announce({ type: "open" });
  hearCommands(settings, makeRoom);
  const tally = new Tally(store, expectedRuns(settings.waves));
  const host = await openHost(store, tally, settings.diesAt);
  const scheduled = await runScheduled(host);
  const close = async (): Promise<void> => {
    isClosing = true;
    const { graceMs } = settings;
    await scheduled.close();
    await host.close(graceMs === undefined ? {} : { graceMs });
    announce({ type: "closed" });
  };
  const end = await Promise.race([
    asked.promise.then(close).then(() => "stopped" as const),
    untilSettled(host.orchestrator, settings.waves, tally).then(scheduled.finished),
  ]);
  if (end === "stopped") return;
  const { pools } = host.orchestrator;
  announce({
    type: "idle",
    inUse: pools.reduce((sum, { inUse }) => sum + inUse, 0),
    waiting: pools.reduce((sum, { waiting }) => sum + waiting, 0),
  });
  await close();
}

async function untilSettled(orchestrator: Orchestrator, waves: number, tally: Tally): Promise<void> {
  await startRuns(orchestrator, waves, new Set(tally.left));
  await tally.allSettled;
}

function readSettings(): WorkSettings {
  const bytes = Buffer.alloc(10_000);
  const length = readSync(0, bytes);
  return JSON.parse(bytes.toString("utf8", 0, length)) as WorkSettings;
}

const cached = process.argv[2] === "cached" ? await loadCache() : (gateway: VersionedGateway) => gateway;
announce({ type: "ready" });
const settings = readSettings();
if (settings.diesOfLargeFiles === true) dieOfLargeFiles();
try {
  await work(settings);
} catch (thrown) {
  onError(asMycroftError(thrown));
  process.exitCode = 1;
}

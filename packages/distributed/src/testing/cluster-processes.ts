/**
 * Two orchestrators and four workers as processes of their own, under a supervisor: whoever ends without being asked is started
 * again, under a new name.
 */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Announcement, ClusterProcessSettings } from "./cluster-messages.ts";
import { ClusterProcess } from "./cluster-process.ts";

type Kind = ClusterProcessSettings["kind"];

/** Where one process comes after the other. */
export interface Seat {
  readonly kind: Kind;
  readonly index: number;
}

export interface ClusterProcessesOptions {
  readonly cluster: string;
  /** The servers, as the process of that seat reaches them. */
  readonly servers: (seat: Seat) => Pick<ClusterProcessSettings, "storeUrl" | "queueUrl">;
  /** As of `ClusterProcessSettings`. */
  readonly leaseMs: number | null;
  readonly orchestrators?: number;
  readonly workers?: number;
  /** More settings of the first process of a seat. */
  readonly settingsOf?: (seat: Seat) => Partial<ClusterProcessSettings>;
}

/** As a supervisor waits before it starts again what has ended. */
const restartMs = 50;

export class ClusterProcesses {
  readonly #options: ClusterProcessesOptions;
  readonly #seats = new Map<Seat, ClusterProcess>();
  /** Of all lives, in the order in which they began. */
  readonly all: ClusterProcess[] = [];
  readonly #asked = new Set<ClusterProcess>();
  readonly #successors = new Map<ClusterProcess, PromiseWithResolvers<ClusterProcess>>();
  #isStopping = false;
  /** How often one was killed that was at work. */
  kills = 0;

  private constructor(options: ClusterProcessesOptions) {
    this.#options = options;
  }

  /** Resolves when they are all at work. */
  static async start(options: ClusterProcessesOptions): Promise<ClusterProcesses> {
    const processes = new ClusterProcesses(options);
    const { orchestrators = 2, workers = 4, settingsOf = () => ({}) } = options;
    const seats = (kind: Kind, count: number) =>
      Array.from({ length: count }, (_, index): Seat => ({ kind, index }));
    for (const seat of [...seats("orchestrator", orchestrators), ...seats("worker", workers)]) {
      processes.#begin(seat, settingsOf(seat));
    }
    try {
      await Promise.all(processes.all.map((process) => process.untilReady()));
    } catch (thrown) {
      await processes.stop();
      throw thrown;
    }
    return processes;
  }

  get orchestrators(): readonly ClusterProcess[] {
    return this.#of("orchestrator");
  }

  get workers(): readonly ClusterProcess[] {
    return this.#of("worker");
  }

  /** `kill -9`; the supervisor starts another one. */
  async kill(process: ClusterProcess): Promise<void> {
    process.signal("SIGKILL");
    const { signal } = await process.ended;
    assert.equal(signal, "SIGKILL", `${process.name} was killed`);
    this.kills += 1;
  }

  /** A rolling deploy of one: its successor is at work before it is asked to close. */
  async replace(process: ClusterProcess, settings: Partial<ClusterProcessSettings>): Promise<ClusterProcess> {
    const seat = this.#seatOf(process);
    this.#asked.add(process);
    const successor = this.#begin(seat, settings);
    await successor.untilReady();
    process.signal("SIGTERM");
    const ending = await process.ended;
    assert.deepEqual(ending, { code: 0, signal: null }, `${process.name} has closed: ${process.complaint}`);
    return successor;
  }

  /** Resolves with the one that the supervisor starts in the place of one that has ended. */
  successorOf(process: ClusterProcess): Promise<ClusterProcess> {
    return this.#successors.get(process)?.promise ?? assert.fail(`${process.name} is one of them`);
  }

  /** Resolves with the first one that says such a thing from now on, whoever it is. */
  untilAnybody(isMet: (announcement: Announcement, by: ClusterProcess) => boolean): Promise<ClusterProcess> {
    const living = [...this.#seats.values()];
    return Promise.any(
      living.map(async (process) => {
        const met = await process.untilNext((announcement) => isMet(announcement, process));
        if (met === null) throw new Error(`${process.name} has ended`);
        return process;
      }),
    );
  }

  /** Ends them all, as they should; whoever does not in time is killed. */
  async close(): Promise<void> {
    this.#isStopping = true;
    const living = [...this.#seats.values()];
    // One that was started last, in the place of another, may not know yet what the signal means.
    await Promise.all(living.map((process) => process.untilReady()));
    for (const process of living) process.signal("SIGTERM");
    const endings = await Promise.all(living.map(async ({ name, ended }) => ({ name, ...(await ended) })));
    for (const { name, code, signal } of endings)
      assert.deepEqual({ name, code, signal }, { name, code: 0, signal: null });
  }

  /** Kills them all. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const process of this.all) process.signal("SIGKILL");
    await Promise.all(this.all.map(({ ended }) => ended));
  }

  #of(kind: Kind): readonly ClusterProcess[] {
    return Array.from(this.#seats).flatMap(([seat, process]) => (seat.kind === kind ? [process] : []));
  }

  #seatOf(process: ClusterProcess): Seat {
    for (const [seat, seated] of this.#seats) if (seated === process) return seat;
    return assert.fail(`${process.name} is at work`);
  }

  #begin(seat: Seat, settings: Partial<ClusterProcessSettings>): ClusterProcess {
    const { cluster, servers, leaseMs } = this.#options;
    const { kind, index } = seat;
    const life = this.all.filter((one) => one.name.startsWith(`${kind}-${index}-`)).length + 1;
    const process = new ClusterProcess({
      kind,
      name: `${kind}-${index}-${life}`,
      ...servers(seat),
      cluster,
      leaseMs,
      version: 1,
      ...settings,
    });
    this.#seats.set(seat, process);
    this.all.push(process);
    this.#successors.set(process, Promise.withResolvers());
    void process.ended.then(() => this.#succeed(seat, process));
    return process;
  }

  async #succeed(seat: Seat, process: ClusterProcess): Promise<void> {
    if (this.#asked.has(process)) return;
    await pause(restartMs);
    if (this.#isStopping) return;
    const { version } = process.settings;
    this.#successors.get(process)?.resolve(this.#begin(seat, { version }));
  }
}

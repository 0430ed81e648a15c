/** An orchestrator that a test drives by hand: messages are collected, and time stands still until it is moved. */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import type { JsonValue } from "@mycroft/engine";
import type { MycroftError } from "@mycroft/errors";
import type { DispatchSettings } from "../dispatch/dispatch-settings.ts";
import { MemoryStore } from "../memory/memory-store.ts";
import { Orchestrator } from "../orchestrator.ts";
import type { AttemptOutcome } from "../ports/gateway.ts";
import type { TaskMessage, TaskQueue } from "../ports/queue.ts";
import type { Store } from "../ports/store.ts";
import { readRun } from "../run-record.ts";
import { deafBus } from "../simulation/deaf-bus.ts";
import { VirtualClock } from "../simulation/virtual-clock.ts";

export interface ByHandOptions {
  readonly memory?: MemoryStore;
  readonly wrap?: (store: Store) => Store;
  readonly dispatch?: DispatchSettings;
  /** When it is opened: milliseconds since the epoch. */
  readonly now?: number;
}

export const asked = { asOf: "2010-02-26", provenance: { codeVersion: "test" } } as const;
export const by = { startedAt: 0, worker: "w" } as const;

export function ok(output: JsonValue): AttemptOutcome {
  return { ok: true, output, version: "1" };
}

export function failed(code: string, retryable = false): AttemptOutcome {
  return { ok: false, error: { code, message: "no luck", retryable } };
}

export class OrchestratorByHand {
  readonly orchestrator: Orchestrator;
  readonly memory: MemoryStore;
  readonly clock: VirtualClock;
  readonly sent: TaskMessage[];
  /** The runs of the updates that were published. */
  readonly updates: string[];
  readonly errors: MycroftError[];

  private constructor(
    orchestrator: Orchestrator,
    of: Pick<OrchestratorByHand, "memory" | "clock" | "sent" | "updates" | "errors">,
  ) {
    this.orchestrator = orchestrator;
    this.memory = of.memory;
    this.clock = of.clock;
    this.sent = of.sent;
    this.updates = of.updates;
    this.errors = of.errors;
  }

  static async open(options: ByHandOptions = {}): Promise<OrchestratorByHand> {
    const { memory = new MemoryStore(), wrap = (store) => store, dispatch = {}, now = 1_000_000 } = options;
    const clock = new VirtualClock(now);
    const [sent, updates, errors]: [TaskMessage[], string[], MycroftError[]] = [[], [], []];
    const queue: TaskQueue = {
      publish: (messages) => Promise.resolve(void sent.push(...messages)),
      consume: () => Promise.reject(new Error("nobody consumes here")),
      depth: () => Promise.resolve(0),
      close: () => Promise.resolve(),
    };
    const bus = {
      ...deafBus,
      publish: (_: string, message: { readonly key: string }) =>
        Promise.resolve(String(updates.push(message.key))),
    };
    const onError = (error: MycroftError) => errors.push(error);
    const store = wrap(memory);
    const opening = Orchestrator.open({ store, queue, bus, clock, dispatch, maxIgnoredEvents: 3, onError });
    const orchestrator = await settled(opening, clock);
    return new OrchestratorByHand(orchestrator, { memory, clock, sent, updates, errors });
  }

  /** Another process on the same store, some time after this one is gone. */
  async reopened(afterMs = 0): Promise<OrchestratorByHand> {
    await this.settle(this.orchestrator.close());
    return OrchestratorByHand.open({ memory: this.memory, now: this.clock.now() + afterMs });
  }

  /** Lets what is due at once happen. */
  turn(): Promise<void> {
    return turn(this.clock);
  }

  /** Lets time pass. */
  async pass(durationMs: number): Promise<void> {
    this.clock.advanceTo(this.clock.now() + durationMs);
    await this.turn();
  }

  settle<T>(work: Promise<T>): Promise<T> {
    return settled(work, this.clock);
  }

  /** What was sent since the last time, as `run/task#attempt`, without the run's id. */
  takeSent(): readonly string[] {
    return this.sent.splice(0).map(({ task, attempt }) => `${task}#${attempt}`);
  }

  /** Reports the outcome of the newest attempt that was sent of a task. */
  async report(runId: string, task: string, outcome: AttemptOutcome): Promise<void> {
    const { state } = await readRun(this.memory, runId);
    const attempt = state.tasks.get(task)?.attempt ?? 1;
    const message = { runId, task, attempt, pool: "default", priority: 0 };
    await this.settle(this.orchestrator.report(message, outcome, by));
  }

  async statuses(runId: string): Promise<readonly string[]> {
    const { state } = await readRun(this.memory, runId);
    return Array.from(state.tasks.values(), ({ id, status }) => `${id} ${status}`);
  }
}

async function turn(clock: VirtualClock): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    clock.advanceTo(clock.now());
    await setImmediate();
  }
}

async function settled<T>(work: Promise<T>, clock: VirtualClock): Promise<T> {
  let isDone = false;
  const watched = work.finally(() => {
    isDone = true;
  });
  watched.catch(() => {});
  for (let round = 0; round < 20 && !isDone; round += 1) await turn(clock);
  assert.ok(isDone, "it should have been done by now");
  return watched;
}

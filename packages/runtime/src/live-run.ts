/** One run in the memory of an orchestrator: its state, and what has happened to it since the last commit. */
import {
  apply,
  type Command,
  createRun,
  indexPlan,
  type Plan,
  type RunEvent,
  type RunState,
} from "@mycroft/engine";
import type { Timer } from "./ports/clock.ts";
import type { NewRun, RunAppend } from "./ports/store.ts";

export class LiveRun {
  readonly header: NewRun;
  readonly plan: Plan;
  readonly state: RunState;
  /** Timers that are set, by the engine's name for them; null while none was, as in most of many waiting runs. */
  #timers: Map<string, Timer> | null = null;
  /** How many events the store has, and how many more are applied here. */
  #storedEvents: number;
  #newEvents: RunEvent[] = [];
  #isNew: boolean;
  #isInCommit = false;
  /** Commands that wait until the events that caused them are durable (P1). */
  #heldCommands: Command[] = [];

  constructor(header: NewRun, plan: Plan, storedEvents: readonly RunEvent[]) {
    this.header = header;
    this.plan = plan;
    this.state = createRun(indexPlan(plan), header.runId);
    this.#storedEvents = storedEvents.length;
    this.#isNew = storedEvents.length === 0;
    for (const event of storedEvents) apply(this.state, event);
  }

  get isSettled(): boolean {
    return this.state.result !== null;
  }

  /** Whether events are applied here that no commit has taken yet. */
  get hasNews(): boolean {
    return this.#newEvents.length > 0;
  }

  /** Whether the store has all that is known here (P1). */
  get isDurable(): boolean {
    return !this.hasNews && !this.#isInCommit;
  }

  /** @returns the commands that follow; they are held back until this is durable. */
  record(event: RunEvent): readonly Command[] {
    const commands = apply(this.state, event);
    for (const command of commands) this.#heldCommands.push(command);
    this.#newEvents.push(event);
    return commands;
  }

  /** What the next commit is to store of this run, with the commands to carry out when it is stored. */
  takeNews(): { readonly append: RunAppend; readonly commands: readonly Command[] } {
    const { result, settledAt } = this.state;
    const events = this.#newEvents;
    const commands = this.#heldCommands;
    const settles = result !== null && commands.some((command) => command.type === "settleRun");
    const append: RunAppend = {
      runId: this.header.runId,
      fromSeq: this.#storedEvents,
      events,
      ...(this.#isNew ? { create: this.header } : {}),
      ...(settles ? { settle: { status: result.status, at: settledAt ?? 0 } } : {}),
    };
    this.#storedEvents += events.length;
    this.#newEvents = [];
    this.#heldCommands = [];
    this.#isNew = false;
    this.#isInCommit = true;
    return { append, commands };
  }

  /** Says that what was taken last is stored. */
  newsIsStored(): void {
    this.#isInCommit = false;
  }

  /** Replaces a timer of that name. */
  keepTimer(name: string, timer: Timer): void {
    this.clearTimer(name);
    this.#timers ??= new Map();
    this.#timers.set(name, timer);
  }

  clearTimer(name: string): void {
    this.#timers?.get(name)?.cancel();
    this.#timers?.delete(name);
  }

  clearTimers(): void {
    for (const timer of this.#timers?.values() ?? []) timer.cancel();
    this.#timers = null;
  }
}

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
import { MycroftError } from "@mycroft/errors";
import type { RunNews } from "./group-commit.ts";
import type { Timer } from "./ports/clock.ts";
import type { NewRun, RunAppend } from "./ports/store.ts";

/** What happened to a run, and the commands that wait until it is durable. */
export interface LiveNews extends RunNews {
  readonly run: LiveRun;
  readonly commands: readonly Command[];
  /** Ids of the letters that its events come from; empty where there are none. */
  readonly letters: readonly string[];
}

/** Most runs never have any. Never written to. */
const noLetters: string[] = [];

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

export class LiveRun {
  readonly header: NewRun;
  readonly plan: Plan;
  readonly state: RunState;
  /** Somebody else has advanced the run: what is here is not what the store has, and nothing more is recorded. */
  isLost = false;
  /** What was outstanding when it came into memory has been carried out; there is nothing of it in a run that began here. */
  isCarriedOn: boolean;
  /** Timers that are set, by the engine's name for them; null while none was, as in most of many waiting runs. */
  #timers: Map<string, Timer> | null = null;
  /** How many events the store has, and how many more are applied here. */
  #storedEvents: number;
  #newEvents: RunEvent[] = [];
  #isNew: boolean;
  #isInCommit = false;
  /** Commands that wait until the events that caused them are durable (P1). */
  #heldCommands: Command[] = [];
  #letters: string[] = noLetters;

  constructor(header: NewRun, plan: Plan, storedEvents: readonly RunEvent[]) {
    this.header = header;
    this.plan = plan;
    this.state = createRun(indexPlan(plan), header.runId);
    this.#storedEvents = storedEvents.length;
    this.#isNew = storedEvents.length === 0;
    this.isCarriedOn = this.#isNew;
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

  /** How many events are stored, or on their way to the store. */
  get storedEvents(): number {
    return this.#storedEvents;
  }

  /** Notes that what is recorded next comes from this letter. */
  keepLetter(id: string): void {
    if (this.#letters.length === 0) this.#letters = [id];
    else this.#letters.push(id);
  }

  /** The letters that no news has taken yet. */
  takeLetters(): readonly string[] {
    const letters = this.#letters;
    this.#letters = noLetters;
    return letters;
  }

  /** @returns the commands that follow; they are held back until this is durable. */
  record(event: RunEvent): readonly Command[] {
    const commands = apply(this.state, event);
    for (const command of commands) this.#heldCommands.push(command);
    this.#newEvents.push(event);
    return commands;
  }

  /** What the next commit is to store of this run, with the commands to carry out when it is stored. */
  takeNews(): LiveNews {
    const { header, state } = this;
    const events = this.#newEvents;
    const commands = this.#heldCommands;
    const append: Writable<RunAppend> = { runId: header.runId, fromSeq: this.#storedEvents, events };
    if (this.#isNew) append.create = header;
    if (state.result !== null && commands.some((command) => command.type === "settleRun")) {
      append.settle = { status: state.result.status, at: state.settledAt ?? 0 };
    }
    this.#storedEvents += events.length;
    this.#newEvents = [];
    this.#heldCommands = [];
    this.#isNew = false;
    this.#isInCommit = true;
    return { run: this, append, commands, letters: this.takeLetters() };
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

/** The failure of whoever tells a run something that the store does not take any more. */
export function advancedElsewhere({ header: { runId } }: LiveRun): MycroftError {
  return new MycroftError("STORE_CONFLICT", `Run ${runId} was advanced by another process.`, {
    details: { runId },
  });
}

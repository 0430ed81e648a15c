/**
 * A host for one run that answers attempts and fires timers in random order, with whatever else a host may send in
 * between. What an attempt comes to depends on its task and number alone, so that two orders can be compared.
 */
import { apply } from "../apply.ts";
import type { Plan } from "../plan.ts";
import { indexPlan } from "../plan-index.ts";
import type { Command, RunEvent } from "../run-event.ts";
import { createRun, type RunState } from "../run-state.ts";
import type { JsonValue } from "../workflow-definition.ts";
import { someValues } from "./random-workflow.ts";
import type { Tape } from "./tape.ts";

export interface Setting {
  readonly input: JsonValue;
  /** Decides what each attempt comes to. */
  readonly salt: number;
}

export interface Disorder {
  /** Per cent of events that are stale, duplicate, foreign, early or late. */
  readonly noise: number;
  /** Whether the run may be cancelled. */
  readonly stops: boolean;
}

const startedAt = 1_800_000_000_000;
/** Far more than any random run takes: beyond it, the run is stuck. */
const maxEvents = 20_000;

/** The events of a run until it settled, and some after that. */
export function randomEvents(
  plan: Plan,
  runId: string,
  setting: Setting,
  tape: Tape,
  disorder: Disorder,
): readonly RunEvent[] {
  return new Host(createRun(indexPlan(plan), runId), setting, tape, disorder).run();
}

export function randomSetting(tape: Tape): Setting {
  const list = [1, { list: [2, 3] }, "x"].slice(0, tape.draw(3));
  return { salt: tape.draw(1_000), input: { a: tape.pick(someValues), list } };
}

class Host {
  readonly #state: RunState;
  readonly #setting: Setting;
  readonly #tape: Tape;
  readonly #disorder: Disorder;
  readonly #events: RunEvent[] = [];
  /** Attempts to answer; those that were cancelled are answered all the same. */
  readonly #attempts: { readonly task: string; readonly attempt: number }[] = [];
  readonly #timers = new Map<string, number>();
  #now = startedAt;

  constructor(state: RunState, setting: Setting, tape: Tape, disorder: Disorder) {
    this.#state = state;
    this.#setting = setting;
    this.#tape = tape;
    this.#disorder = disorder;
  }

  run(): readonly RunEvent[] {
    const { input } = this.#setting;
    if (this.#tape.chance(this.#disorder.noise)) this.#disturb();
    this.#send({ type: "runStarted", at: this.#now, input });
    while (this.#state.result === null) {
      if (this.#events.length > maxEvents) throw new Error("The run is stuck: too many events.");
      this.#now += this.#tape.draw(100);
      if (this.#tape.chance(this.#disorder.noise)) this.#disturb();
      else this.#advance();
    }
    for (let left = this.#tape.draw(4); left > 0; left -= 1) this.#disturb();
    return this.#events;
  }

  #send(event: RunEvent): void {
    this.#events.push(event);
    for (const command of apply(this.#state, event)) this.#accept(command);
  }

  #accept(command: Command): void {
    if (command.type === "startAttempt") this.#attempts.push(command);
    else if (command.type === "setTimer") this.#timers.set(command.timer, command.dueAt);
    else if (command.type === "clearTimer") this.#timers.delete(command.timer);
  }

  /** Does one of the things that the engine waits for. */
  #advance(): void {
    const timers = [...this.#timers];
    const at = this.#tape.draw(this.#attempts.length + timers.length - 1);
    const [attempt] = this.#attempts.splice(at, 1);
    if (attempt !== undefined) {
      this.#answer(attempt.task, attempt.attempt);
      return;
    }
    const [timer, dueAt] = timers[at - this.#attempts.length] ?? [];
    if (timer === undefined || dueAt === undefined)
      throw new Error("The run is stuck: nothing is to be done.");
    this.#now = Math.max(this.#now, dueAt + this.#tape.draw(3));
    this.#timers.delete(timer);
    this.#send({ type: "timerFired", at: this.#now, timer });
  }

  #answer(task: string, attempt: number): void {
    const of = { at: this.#now, task, attempt };
    const chance = hashOf(`${this.#setting.salt} ${task} ${attempt}`);
    if (chance % 10 < 7) {
      const output: JsonValue = someValues[Math.floor(chance / 10) % someValues.length] ?? null;
      this.#send({ type: "attemptSucceeded", ...of, output });
      return;
    }
    const error = { code: "TASK_FAILED", message: `No. ${attempt}`, retryable: chance % 10 < 9 };
    this.#send({ type: "attemptFailed", ...of, error });
  }

  /** Sends what nobody asked for, or what was asked for too early, twice, or in vain. */
  #disturb(): void {
    const [timer, dueAt] = this.#tape.pick([["retry:1:nobody", 0], ...this.#timers]);
    const { task, attempt } = this.#tape.pick([{ task: "nobody", attempt: 1 }, ...this.#attempts]);
    const past = this.#tape.pick([null, ...this.#events]);
    switch (this.#tape.draw(6)) {
      case 0:
        this.#answer(task, attempt + 1);
        return;
      case 1:
        this.#answer(task, attempt - 1);
        return;
      case 2:
        this.#timers.delete(timer);
        this.#send({ type: "timerFired", at: Math.min(this.#now, dueAt - 1), timer });
        return;
      case 3:
        if (this.#state.root !== null) this.#send({ type: "runStarted", at: this.#now, input: "again" });
        return;
      case 4:
        if (this.#disorder.stops) this.#send({ type: "cancelRequested", at: this.#now, reason: "enough" });
        return;
      default:
        if (past !== null && (this.#disorder.stops || past.type !== "cancelRequested")) {
          this.#send({ ...past, at: this.#now });
        }
    }
  }
}

/** FNV-1a, scrambled by a multiplication (Knuth), for choices that depend on a text alone. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 2_654_435_761) >>> 8;
}

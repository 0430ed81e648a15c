/**
 * A host for one run that answers attempts, gives verdicts, sends signals and fires timers in random order, with whatever
 * else a host may send in between. What it says depends on what it is asked alone, so that two orders can be compared.
 */
import { apply } from "../apply.ts";
import { canonicalJson } from "../canonical-json.ts";
import { describeTasks } from "../describe-tasks.ts";
import type { Plan } from "../plan.ts";
import { indexPlan } from "../plan-index.ts";
import type { CarriedOutcome, Command, RunEvent, StartAttempt, StartChildRun } from "../run-event.ts";
import { createRun, type RunState, type Task } from "../run-state.ts";
import type { JsonValue } from "../workflow-definition.ts";
import { lateSignal, someValues } from "./random-workflow.ts";
import type { Tape } from "./tape.ts";

export interface Setting {
  readonly input: JsonValue;
  /** Decides what the host says. */
  readonly salt: number;
  /** What the run takes over from another one. */
  readonly carried?: readonly CarriedOutcome[];
}

export interface Disorder {
  /** Per cent of events that are stale, duplicate, foreign, early or late. */
  readonly noise: number;
  /** Whether the run or its tasks may be cancelled, deadlines met in vain, and anything sent to anybody. */
  readonly stops: boolean;
}

type Asked = Pick<StartAttempt, "task" | "attempt" | "input">;

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
  /** Attempts and child runs to answer; those that were cancelled are answered all the same. */
  readonly #attempts: (StartAttempt | StartChildRun)[] = [];
  readonly #timers = new Map<string, number>();
  #now = startedAt;

  constructor(state: RunState, setting: Setting, tape: Tape, disorder: Disorder) {
    this.#state = state;
    this.#setting = setting;
    this.#tape = tape;
    this.#disorder = disorder;
  }

  run(): readonly RunEvent[] {
    const { input, carried = [] } = this.#setting;
    const half = this.#tape.draw(carried.length);
    for (const outcomes of [carried.slice(0, half), carried.slice(half)]) {
      if (outcomes.length > 0) this.#send({ type: "outcomesCarried", at: this.#now, outcomes });
    }
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
    if (command.type === "startAttempt" || command.type === "startChildRun") this.#attempts.push(command);
    else if (command.type === "setTimer") this.#timers.set(command.timer, command.dueAt);
    else if (command.type === "clearTimer") this.#timers.delete(command.timer);
  }

  /** Does one of the things that the engine waits for. */
  #advance(): void {
    const askers = this.#waiting().filter((task) => this.#isAnswered(task));
    const answered = new Set(askers.map(({ id }) => `due:${id}`));
    const timers = [...this.#timers].filter(([timer]) => !answered.has(timer));
    const at = this.#tape.draw(this.#attempts.length + timers.length + askers.length - 1);
    const [attempt] = this.#attempts.splice(at, 1);
    if (attempt !== undefined) {
      this.#answer(attempt);
      return;
    }
    const asker = askers[at - this.#attempts.length];
    if (asker !== undefined) {
      this.#tell(asker);
      return;
    }
    const [timer, dueAt] = timers[at - this.#attempts.length - askers.length] ?? [];
    if (timer === undefined || dueAt === undefined)
      throw new Error("The run is stuck: nothing is to be done.");
    this.#fire(timer, dueAt + this.#tape.draw(3));
  }

  #fire(timer: string, dueAt: number): void {
    this.#now = Math.max(this.#now, dueAt);
    this.#timers.delete(timer);
    this.#send({ type: "timerFired", at: this.#now, timer });
  }

  #waiting(): readonly Task[] {
    const waits = ["waitingForApproval", "waitingForSignal"];
    return [...this.#state.tasks.values()].filter(({ status }) => waits.includes(status));
  }

  /** Whether the host has something to say to a task that waits; the others wait for their deadline. */
  #isAnswered(task: Task): boolean {
    const { work } = task.step;
    if (task.dueAt === null) return true;
    return work.kind === "waitFor" ? work.signal !== lateSignal : this.#chanceOf(this.#asked(task)) % 3 > 0;
  }

  /** What a task that waits asks for, as a text. */
  #asked(task: Task): string {
    const wait = describeTasks(this.#state).find(({ id }) => id === task.id)?.waitsFor ?? null;
    const id = wait?.kind === "approval" ? task.id : "";
    return `${id} ${canonicalJson(wait as unknown as JsonValue)}`;
  }

  #tell(task: Task): void {
    const chance = this.#chanceOf(this.#asked(task));
    const wait = describeTasks(this.#state).find(({ id }) => id === task.id)?.waitsFor;
    if (wait?.kind === "signal") {
      const key = wait.key === null ? {} : { key: wait.key };
      const payload = someValues[chance % someValues.length] ?? null;
      this.#send({ type: "signalReceived", at: this.#now, signal: wait.signal, payload, ...key });
      return;
    }
    const verdict = chance % 5 < 3 ? "approve" : "reject";
    const comment = chance % 2 === 0 ? { comment: `No. ${chance % 7}` } : {};
    this.#send({ type: "approvalDecided", at: this.#now, task: task.id, verdict, by: "Ada", ...comment });
  }

  #chanceOf(asked: string): number {
    return hashOf(`${this.#setting.salt} ${asked}`);
  }

  #answer({ task, attempt, input }: Asked): void {
    const of = { at: this.#now, task, attempt };
    const chance = this.#chanceOf(`${task} ${attempt} ${canonicalJson(input)}`);
    if (chance % 10 < 8) {
      const output: JsonValue = someValues[Math.floor(chance / 10) % someValues.length] ?? null;
      this.#send({ type: "attemptSucceeded", ...of, output });
      return;
    }
    const code = chance % 3 === 0 ? "NO_DATA" : "TASK_FAILED";
    const error = { code, message: `No. ${attempt}`, retryable: chance % 20 < 19 };
    this.#send({ type: "attemptFailed", ...of, error });
  }

  /** Sends what nobody asked for, or what was asked for too early, twice, or in vain. */
  #disturb(): void {
    const [timer, dueAt] = this.#tape.pick([["retry:1:nobody", 0], ["due:nobody", 0], ...this.#timers]);
    const attempt = this.#tape.pick<Asked>([{ task: "nobody", attempt: 1, input: null }, ...this.#attempts]);
    const past = this.#tape.pick([null, ...this.#events]);
    switch (this.#tape.draw(9)) {
      case 0:
        this.#answer({ ...attempt, attempt: attempt.attempt + 1 });
        return;
      case 1:
        this.#answer({ ...attempt, attempt: attempt.attempt - 1 });
        return;
      case 2:
        this.#timers.delete(timer);
        this.#send({ type: "timerFired", at: Math.min(this.#now, dueAt - 1), timer });
        return;
      case 3:
        if (this.#state.root !== null) this.#send({ type: "runStarted", at: this.#now, input: "again" });
        return;
      case 4:
        this.#decideAnything();
        return;
      case 5: {
        const outcomes = [{ task: "s1", inputHash: null, output: "carried" }];
        if (this.#state.root !== null) this.#send({ type: "outcomesCarried", at: this.#now, outcomes });
        return;
      }
      case 6:
        if (past !== null && (this.#disorder.stops || !isFree(past))) this.#send({ ...past, at: this.#now });
        return;
      default:
        if (this.#disorder.stops) this.#interfere(timer, dueAt);
    }
  }

  /** A verdict that is not asked for; where nothing is to change, on what does not wait for one. */
  #decideAnything(): void {
    const waiting = this.#waiting();
    const others = [...this.#state.tasks.values()].filter((task) => !waiting.includes(task));
    const { id } = this.#tape.pick<Pick<Task, "id">>([
      { id: "nobody" },
      ...others,
      ...(this.#disorder.stops ? waiting : []),
    ]);
    const verdict = this.#tape.pick(["reject", "approve"]);
    this.#send({ type: "approvalDecided", at: this.#now, task: id, verdict, by: "Eve" });
  }

  /** Does what changes the run's course. */
  #interfere(timer: string, dueAt: number): void {
    const { id } = this.#tape.pick<Pick<Task, "id">>([{ id: "nobody" }, ...this.#state.tasks.values()]);
    const at = this.#now;
    switch (this.#tape.draw(6)) {
      case 0:
        this.#send({ type: "cancelRequested", at, reason: "enough" });
        return;
      case 1:
      case 2:
        this.#send({ type: "cancelRequested", at, reason: "enough", task: id });
        return;
      case 3:
        this.#fire(timer, dueAt);
        return;
      default: {
        const signal = this.#tape.pick(["go", "stop", lateSignal]);
        const key = this.#tape.pick<{ key?: string }>([
          {},
          { key: "k" },
          { key: "1" },
          { key: "0" },
          { key: "x" },
        ]);
        const name = this.#tape.pick<{ id?: string }>([{}, { id: "i1" }, { id: "i2" }]);
        this.#send({
          type: "signalReceived",
          at,
          signal,
          payload: this.#tape.pick(someValues),
          ...key,
          ...name,
        });
      }
    }
  }
}

/** Whether the same event again, later, may change a run's course. */
function isFree({ type }: RunEvent): boolean {
  return ["cancelRequested", "signalReceived", "outcomesCarried", "timerFired"].includes(type);
}

/** FNV-1a, scrambled by a multiplication (Knuth), for choices that depend on a text alone. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 2_654_435_761) >>> 8;
}

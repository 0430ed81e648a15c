/**
 * What a run comes to when nothing disturbs it: the engine alone, driven by the agents and people, without store, queue,
 * worker or orchestrator. Its timeout is never met: whether it is, is a matter of time and not of outcomes.
 */
import {
  apply,
  type Command,
  createRun,
  describeTasks,
  type IndexedPlan,
  type RunEvent,
  type RunState,
  type StartAttempt,
  type StartChildRun,
  type TaskError,
} from "@mycroft/engine";
import type { ChildOutcome } from "../child-runs.ts";
import { behaviourOf, failure, lateCodeOf } from "./agents.ts";
import { attemptOf } from "./durable-runs.ts";
import { approvalOf, signalOf } from "./people.ts";
import { startAt } from "./scenario.ts";

/** How a run begins. */
export interface Beginning {
  readonly runId: string;
  readonly plan: IndexedPlan;
  /** Up to `runStarted`, whose input is in it. */
  readonly events: readonly RunEvent[];
}

/** What happened to a run that time alone decides, and so may happen. */
export interface Excuses {
  /** Failures of attempts that ran out of time, by `task#attempt`. */
  readonly timedOut: ReadonlyMap<string, TaskError>;
  /** Tasks whose wait ended with its deadline. */
  readonly waitsOver: ReadonlySet<string>;
  /** Why tasks were cancelled. */
  readonly cancelledTasks: ReadonlyMap<string, string>;
}

/** How an attempt that is a child run came out. */
export type ChildOutcomes = (command: StartChildRun, parentRunId: string) => ChildOutcome;

export function referenceRun(
  beginning: Beginning,
  seed: number,
  excuses: Excuses,
  childOutcomes: ChildOutcomes,
): RunState {
  return new Reference(beginning, seed, excuses, childOutcomes).run();
}

class Reference {
  readonly #state: RunState;
  readonly #beginning: Beginning;
  readonly #seed: number;
  readonly #excuses: Excuses;
  readonly #childOutcomes: ChildOutcomes;
  readonly #open: Command[] = [];

  constructor(beginning: Beginning, seed: number, excuses: Excuses, childOutcomes: ChildOutcomes) {
    this.#state = createRun(beginning.plan, beginning.runId);
    this.#beginning = beginning;
    this.#seed = seed;
    this.#excuses = excuses;
    this.#childOutcomes = childOutcomes;
  }

  run(): RunState {
    const state = this.#state;
    for (const event of this.#beginning.events) this.#apply(event);
    while (state.result === null) {
      const command = this.#open.shift();
      const event = command === undefined ? this.#answerToWait() : this.#answerTo(command);
      if (event !== null) this.#apply(event);
      else if (command === undefined) break;
    }
    return state;
  }

  #apply(event: RunEvent): void {
    this.#open.push(...apply(this.#state, event));
    for (const [task, reason] of this.#excuses.cancelledTasks) {
      if (this.#state.tasks.get(task)?.settledAt !== null) continue;
      this.#open.push(...apply(this.#state, { type: "cancelRequested", at: startAt, task, reason }));
    }
  }

  #answerTo(command: Command): RunEvent | null {
    if (command.type === "startAttempt") return this.#answerToAttempt(command);
    if (command.type === "startChildRun") {
      return outcomeEvent(command, this.#childOutcomes(command, this.#state.runId));
    }
    if (command.type !== "setTimer" || command.timer === "run") return null;
    const of = /^due:(.+)$/.exec(command.timer)?.[1];
    const task = of === undefined ? undefined : this.#state.tasks.get(of);
    const isAnswered =
      task !== undefined && task.status !== "sleeping" && !this.#excuses.waitsOver.has(task.id);
    return isAnswered ? null : { type: "timerFired", at: command.dueAt, timer: command.timer };
  }

  #answerToAttempt(command: StartAttempt): RunEvent {
    const excuse = this.#excuses.timedOut.get(attemptOf(command));
    if (excuse !== undefined) return outcomeEvent(command, { error: excuse });
    const { heartbeatTimeoutMs = null } = command;
    const task = { ...command, runId: this.#state.runId, heartbeatTimeoutMs };
    const behaviour = behaviourOf(this.#seed, task);
    const outcome = behaviour.outcome ?? failure(lateCodeOf(behaviour, task), true);
    return outcomeEvent(command, outcome.ok ? { output: outcome.output } : { error: outcome.error });
  }

  /** The next of the answers that are given when nothing else is to be done. */
  #answerToWait(): RunEvent | null {
    const { runId } = this.#state;
    for (const { id, waitsFor } of describeTasks(this.#state)) {
      if (waitsFor === undefined || this.#excuses.waitsOver.has(id)) continue;
      if (waitsFor.kind === "approval") {
        return { type: "approvalDecided", at: startAt, ...approvalOf(this.#seed, runId, id) };
      }
      const signal = signalOf(this.#seed, runId, waitsFor.signal, waitsFor.key);
      return { type: "signalReceived", at: startAt, ...signal };
    }
    return null;
  }
}

function outcomeEvent(
  command: { readonly task: string; readonly attempt: number },
  outcome: ChildOutcome,
): RunEvent {
  const of = { at: startAt, task: command.task, attempt: command.attempt };
  return "error" in outcome
    ? { type: "attemptFailed", ...of, error: outcome.error }
    : { type: "attemptSucceeded", ...of, output: outcome.output };
}

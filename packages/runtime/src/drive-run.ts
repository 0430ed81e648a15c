/**
 * Drives one run to its end in this process, as fast as its steps can be answered: the engine's state machine (E1) and a
 * gateway, without store, queue, worker or timers. Nothing survives the process; what was done is in the events, if they
 * are asked for. For walks over history, where a run is a pure function of its plan, its input and its day.
 */
import {
  type AttemptReport,
  apply,
  type Command,
  createRun,
  indexPlan,
  type JsonValue,
  type Plan,
  type RunEvent,
  type RunResult,
  type RunState,
  type StartAttempt,
  type StartChildRun,
} from "@mycroft/engine";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { attemptRequest } from "./attempt-request.ts";
import { childOutcome, childRunId, maxRunDepth } from "./child-runs.ts";
import type { AttemptControl, AttemptOutcome, AttemptRequest } from "./ports/gateway.ts";

/** A gateway that may also answer at once: waiting for a promise costs more than many a step. */
export interface DirectGateway {
  execute(request: AttemptRequest, control: AttemptControl): AttemptOutcome | Promise<AttemptOutcome>;
}

export interface DriveRun {
  readonly plan: Plan;
  /** The plans of its child runs, by any order. */
  readonly childPlans?: readonly Plan[];
  /** As the workflow's own parser gives it: it is not checked again. */
  readonly input: JsonValue;
  readonly gateway: DirectGateway;
  /** The day beyond which nothing in it may look (P5). */
  readonly asOf: string;
  /** Enters the jitter of retries (E3) and the idempotency keys. */
  readonly runId: string;
  /** Virtual time at the start, in milliseconds since the epoch; the end of `asOf` (UTC) unless given. */
  readonly startedAt?: number;
  /** Is told each event after it was applied, child runs' aside. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Ends the drive between two steps, with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface DrivenRun {
  readonly state: RunState;
  readonly result: RunResult;
  /** Virtual time at the end. */
  readonly endedAt: number;
}

/**
 * Attempts are made one after the other, in the order of the engine's commands, and take no virtual time: timeouts of
 * attempts never fire. When no attempt is left, virtual time goes to the next timer: a retry's delay, the end of a
 * `sleep`, the deadline of an `approve` (its default verdict) or a `waitFor` (its default value), the run's own timeout.
 * Nobody answers from outside, so where no timer is left either, an `approve` without a deadline gets its default verdict,
 * and a `waitFor` without one is cancelled, which counts as its failure. A child run is driven to its end, in its own virtual time, at the moment in which it is started.
 * @throws {MycroftError} NOT_FOUND for a child run whose plan is not given; RUN_TOO_DEEP; INTERNAL when the run cannot
 *   go on, which is a defect. What the gateway throws fails the attempt.
 */
export async function driveRun(run: DriveRun): Promise<DrivenRun> {
  return new Drive(run, 1).toEnd();
}

const worker = "drive";
const dayMs = 86_400_000;
const silent: AttemptControl = { signal: new AbortController().signal, heartbeat: () => {} };

class Drive {
  readonly #run: DriveRun;
  readonly #depth: number;
  readonly #state: RunState;
  /** Work to do, in order; what was taken is left in place until the list is done. */
  #work: (StartAttempt | StartChildRun)[] = [];
  #next = 0;
  readonly #timers = new Map<string, number>();
  #now: number;

  constructor(run: DriveRun, depth: number) {
    this.#run = run;
    this.#depth = depth;
    this.#state = createRun(indexPlan(run.plan), run.runId);
    this.#now = run.startedAt ?? Date.parse(run.asOf) + dayMs - 1;
  }

  async toEnd(): Promise<DrivenRun> {
    const { signal, input } = this.#run;
    this.#apply({ type: "runStarted", at: this.#now, input });
    while (this.#state.result === null) {
      signal?.throwIfAborted();
      const command = this.#take();
      if (command === null) this.#passTime();
      else if (command.type === "startChildRun") await this.#driveChild(command);
      else {
        const outcome = this.#attempt(command);
        // Most answers are there: a turn of the event loop for each would be the greater part of the cost.
        this.#settle(command, outcome instanceof Promise ? await outcome.catch(failureOf) : outcome);
      }
    }
    return { state: this.#state, result: this.#state.result, endedAt: this.#now };
  }

  #apply(event: RunEvent): void {
    const commands = apply(this.#state, event);
    this.#run.onEvent?.(event);
    for (const command of commands) this.#accept(command);
  }

  #accept(command: Command): void {
    switch (command.type) {
      case "startAttempt":
      case "startChildRun":
        this.#work.push(command);
        return;
      case "setTimer":
        this.#timers.set(command.timer, command.dueAt);
        return;
      case "clearTimer":
        this.#timers.delete(command.timer);
        return;
      // Work that was cancelled is passed over when its turn comes, and the end shows in the state.
      case "cancelAttempt":
      case "cancelChildRun":
      case "settleRun":
    }
  }

  /** The next piece of work that is still wanted. */
  #take(): StartAttempt | StartChildRun | null {
    for (let command = this.#work[this.#next]; command !== undefined; command = this.#work[this.#next]) {
      this.#next += 1;
      const { task, attempt } = command;
      const found = this.#state.tasks.get(task);
      if (found?.status === "running" && found.attempt === attempt) return command;
    }
    this.#work = [];
    this.#next = 0;
    return null;
  }

  #attempt(command: StartAttempt): AttemptOutcome | Promise<AttemptOutcome> {
    try {
      return this.#run.gateway.execute(attemptRequest(this.#run, command), silent);
    } catch (thrown) {
      return failureOf(thrown);
    }
  }

  #settle({ task, attempt }: StartAttempt, outcome: AttemptOutcome): void {
    const at = this.#now;
    const { version } = outcome;
    const own: AttemptReport = { startedAt: at, worker };
    const report = version === undefined ? own : { ...own, version };
    this.#apply(
      outcome.ok
        ? { type: "attemptSucceeded", at, task, attempt, output: outcome.output, report }
        : { type: "attemptFailed", at, task, attempt, error: outcome.error, report },
    );
  }

  async #driveChild(command: StartChildRun): Promise<void> {
    const { task, attempt, workflow, input } = command;
    const runId = childRunId(this.#run.runId, command);
    const plan = this.#run.childPlans?.find(({ hash }) => hash === command.plan);
    if (plan === undefined) {
      throw new MycroftError(
        "NOT_FOUND",
        `The plan ${command.plan} of the child workflow ${workflow} was not given.`,
      );
    }
    const at = this.#now;
    const report: AttemptReport = { startedAt: at, worker, childRunId: runId };
    if (this.#depth >= maxRunDepth) {
      const message = `Run ${this.#run.runId} lies ${this.#depth} runs deep; child runs may lie ${maxRunDepth} deep.`;
      const error = { code: "RUN_TOO_DEEP", message, retryable: false };
      this.#apply({ type: "attemptFailed", at, task, attempt, error, report });
      return;
    }
    const { onEvent: _, ...shared } = this.#run;
    const child = await new Drive({ ...shared, plan, input, runId, startedAt: at }, this.#depth + 1).toEnd();
    const outcome = childOutcome(runId, child.result);
    this.#apply(
      "error" in outcome
        ? { type: "attemptFailed", at, task, attempt, error: outcome.error, report }
        : { type: "attemptSucceeded", at, task, attempt, output: outcome.output, report },
    );
  }

  /** Lets the next timer fire; without one, answers what waits for somebody who will never come. */
  #passTime(): void {
    let next: string | null = null;
    let dueAt = Number.POSITIVE_INFINITY;
    for (const [timer, due] of this.#timers) {
      if (due >= dueAt) continue;
      next = timer;
      dueAt = due;
    }
    if (next === null) {
      this.#answerForNobody();
      return;
    }
    this.#timers.delete(next);
    this.#now = Math.max(this.#now, dueAt);
    this.#apply({ type: "timerFired", at: this.#now, timer: next });
  }

  #answerForNobody(): void {
    const at = this.#now;
    for (const { id, status, step } of this.#state.tasks.values()) {
      if (status === "waitingForApproval" && step.work.kind === "approve") {
        const { default: verdict } = step.work;
        this.#apply({
          type: "approvalDecided",
          at,
          task: id,
          verdict,
          by: "nobody",
          comment: "its default, as nobody can be asked",
        });
        return;
      }
      if (status === "waitingForSignal") {
        this.#apply({
          type: "cancelRequested",
          at,
          task: id,
          reason: "nobody sends its signal, and it has no deadline",
        });
        return;
      }
    }
    throw new MycroftError(
      "INTERNAL",
      `Run ${this.#run.runId} cannot go on: nothing is left to do, and it has no result.`,
    );
  }
}

function failureOf(thrown: unknown): AttemptOutcome {
  const { code, message, retryable } = asMycroftError(thrown, "TASK_FAILED").toRecord();
  return { ok: false, error: { code, message, retryable } };
}

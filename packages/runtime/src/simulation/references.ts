/** What every run of a simulation comes to undisturbed, its child runs included, but for what time alone may decide. */
import type { RunEvent, RunResult, RunState, StartChildRun, TaskError } from "@mycroft/engine";
import { type ChildOutcome, childOutcome, childRunId } from "../child-runs.ts";
import { behaviourOf, lateCodeOf } from "./agents.ts";
import type { DurableRun } from "./durable-runs.ts";
import { type Excuses, referenceRun } from "./reference-run.ts";
import { startAt } from "./scenario.ts";
import type { Witness } from "./witness.ts";

export class References {
  readonly #seed: number;
  readonly #witness: Witness;
  readonly #states = new Map<string, RunState>();

  constructor(seed: number, witness: Witness) {
    this.#seed = seed;
    this.#witness = witness;
  }

  /** What the run comes to with what it was given at its beginning. */
  of(run: DurableRun): RunState {
    const { runId } = run.header;
    const known = this.#states.get(runId);
    if (known !== undefined) return known;
    const state = this.run(runId, run.header.planHash, run.beginning, this.excusesOf(run));
    this.#states.set(runId, state);
    return state;
  }

  run(runId: string, planHash: string, events: readonly RunEvent[], excuses: Excuses): RunState {
    const plan = this.#witness.durable.plan(planHash);
    return referenceRun({ runId, plan, events }, this.#seed, excuses, (command, parentRunId) =>
      this.#childOutcome(command, parentRunId),
    );
  }

  /** What happened to the run that may happen: agents that were late indeed, waits that came to their deadline. */
  excusesOf(run: DurableRun): Excuses {
    const timedOut = new Map<string, TaskError>();
    for (const [attempt, { error, worker }] of run.timedOut) {
      const stoodStill = this.#witness.stoodStillWith(`${run.header.runId}/${attempt}`, worker);
      if (stoodStill || this.#isLate(run, attempt, error.code)) timedOut.set(attempt, error);
    }
    return { timedOut, waitsOver: run.waitsOver, cancelledTasks: run.cancelledTasks };
  }

  /** Whether the run was ended before its tasks had ended it, as it may be. */
  isStopped(run: DurableRun): boolean {
    return (run.state.result?.status === "cancelled" && this.mayBeCancelled(run)) || isTimedOutAsWhole(run);
  }

  /** Somebody asked for it; or its parent gave it up, and it says why. */
  mayBeCancelled({ header: { runId }, state: { result } }: DurableRun): boolean {
    if (this.#witness.wasAskedToCancel(runId)) return true;
    const abandonment = this.#witness.durable.abandoned.get(runId);
    return result?.status === "cancelled" && result.reason === abandonment?.reason;
  }

  /** Whether its end is that of its plan and input alone. Of runs with child runs nobody knows. */
  isUndisturbed(run: DurableRun): boolean {
    const { state, timedOut, waitsOver, cancelledTasks } = run;
    const hasChildren = [...state.tasks.values()].some(({ step }) => step.work.kind === "run");
    const late = [...timedOut].every(([attempt, { error }]) => this.#isLate(run, attempt, error.code));
    return !hasChildren && late && !this.isStopped(run) && waitsOver.size === 0 && cancelledTasks.size === 0;
  }

  #childOutcome(command: StartChildRun, parentRunId: string): ChildOutcome {
    const runId = childRunId(parentRunId, command);
    const result = this.#resultOfChild(runId, command);
    if (result !== null) return childOutcome(runId, result);
    throw new Error(`The reference of ${runId} is stuck.`);
  }

  #resultOfChild(runId: string, command: StartChildRun): RunResult | null {
    const run = this.#witness.durable.get(runId);
    const started = { type: "runStarted", at: startAt, input: command.input } as const;
    if (run === undefined) return this.run(runId, command.plan, [started], noExcuses).result;
    if (run.header.planHash !== command.plan) {
      this.#witness.accuse("pinned", `child run ${runId} has another plan than its parent names`);
    }
    return this.isStopped(run) ? run.state.result : this.of(run).result;
  }

  /** E4: whether the attempt's agent does not answer, or is silent, for longer than it may. */
  #isLate({ state }: DurableRun, attemptName: string, code: string): boolean {
    const at = attemptName.lastIndexOf("#");
    const [id, attempt] = [attemptName.slice(0, at), Number(attemptName.slice(at + 1))];
    const work = state.tasks.get(id)?.step.work;
    if (work?.kind !== "call" && work?.kind !== "resolve") return false;
    const { target, timeoutMs, extras } = work;
    const heartbeatTimeoutMs = extras?.heartbeatTimeoutMs ?? null;
    const task = {
      runId: state.runId,
      task: id,
      attempt,
      target,
      timeoutMs,
      heartbeatTimeoutMs,
      input: null,
    };
    const behaviour = behaviourOf(this.#seed, task);
    return behaviour.outcome === null && lateCodeOf(behaviour, task) === code;
  }
}

const noExcuses: Excuses = { timedOut: new Map(), waitsOver: new Set(), cancelledTasks: new Map() };

/** E4: whether the run was ended by its own timeout, and had lasted that long. */
function isTimedOutAsWhole({ state }: DurableRun): boolean {
  const { result, startedAt, settledAt } = state;
  if (result?.status !== "failed" || result.error.code !== "RUN_TIMED_OUT") return false;
  const { timeoutMs = Number.POSITIVE_INFINITY } = state.plan.plan.workflow;
  return (settledAt ?? 0) - (startedAt ?? 0) >= timeoutMs;
}

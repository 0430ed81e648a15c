/**
 * A run by definition, as naive as can be: it keeps nothing but the facts that came from outside, and computes everything
 * else anew whenever it is asked. The engine is held to it. Where several tasks that began to wait in the same event
 * could take a signal, it leaves the choice to the engine, and sees to it that it is one of them.
 */
import { canonicalJson } from "../canonical-json.ts";
import { retryDelayMs } from "../retry-delay.ts";
import type { RunEvent, RunResult } from "../run-event.ts";
import type { JsonValue, WorkflowDefinition } from "../workflow-definition.ts";
import { type Facts, noFacts, type ReferenceTask } from "./reference-facts.ts";
import { ReferenceRules, retryOf } from "./reference-rules.ts";

type Signal = Extract<RunEvent, { readonly type: "signalReceived" }>;

const unsettled: ReadonlySet<string> = new Set([
  "waiting",
  "running",
  "retrying",
  "expanded",
  "waitingForApproval",
  "waitingForSignal",
  "sleeping",
]);

export class ReferenceRun {
  readonly #workflow: WorkflowDefinition;
  readonly #facts: Facts;
  readonly #rules: ReferenceRules;
  /** Signals that nobody has taken, in the order of their arrival. */
  #signals: readonly Signal[] = [];
  readonly #signalIds = new Set<string>();
  #stopped: { readonly result: RunResult; readonly tasks: readonly ReferenceTask[] } | null = null;

  constructor(workflow: WorkflowDefinition, runId: string) {
    this.#workflow = workflow;
    this.#facts = noFacts(runId);
    this.#rules = new ReferenceRules(workflow, this.#facts);
  }

  /**
   * Whether the event counts.
   * @param outputOf what tasks have given in the run that is held to this one, after the event.
   */
  apply(event: RunEvent, outputOf: (task: string) => JsonValue | undefined): boolean {
    if (this.result() !== null) return false;
    this.#facts.now = event.at;
    this.#facts.event += 1;
    const counts = this.#take(event);
    this.#rules.forget();
    this.#handOutSignals(outputOf);
    return counts;
  }

  tasks(): readonly ReferenceTask[] {
    return this.#stopped === null ? this.#rules.tasks() : this.#stopped.tasks;
  }

  result(): RunResult | null {
    if (this.#stopped !== null) return this.#stopped.result;
    const end = this.#rules.end();
    if (end === null) return null;
    return "error" in end
      ? { status: "failed", error: end.error }
      : { status: "succeeded", output: end.output };
  }

  /** What the running attempt of a task is given. */
  inputOf(id: string): JsonValue {
    return this.#rules.valueAt(id, (step) => ("input" in step ? step.input : undefined));
  }

  #take(event: RunEvent): boolean {
    if (event.type === "outcomesCarried") {
      if (this.#facts.start !== null) return false;
      for (const outcome of event.outcomes) this.#facts.carried.set(outcome.task, outcome);
      return true;
    }
    if (event.type === "runStarted") {
      if (this.#facts.start !== null) return false;
      this.#facts.start = { at: event.at, input: event.input };
      return true;
    }
    if (this.#facts.start === null) return false;
    switch (event.type) {
      case "timerFired":
        return event.timer === "run" ? this.#endRun(event.at) : this.#fire(event.timer, event.at);
      case "signalReceived":
        return this.#receive(event);
      case "approvalDecided": {
        const { task, verdict, by, comment = null } = event;
        if (this.#find(task)?.status !== "waitingForApproval") return false;
        this.#facts.verdicts.set(task, { verdict, by, comment });
        return true;
      }
      case "cancelRequested":
        return event.task === undefined
          ? this.#stop({ status: "cancelled", reason: event.reason })
          : this.#cancel(event.task, event.reason);
      case "attemptSucceeded":
      case "attemptFailed": {
        const task = this.#find(event.task);
        if (task?.status !== "running" || task.attempt !== event.attempt) return false;
        const outcome = event.type === "attemptSucceeded" ? { output: event.output } : { error: event.error };
        const before = this.#facts.ended.get(task.id) ?? [];
        this.#facts.ended.set(task.id, [...before, { at: event.at, outcome }]);
        return true;
      }
    }
  }

  #find(id: string): ReferenceTask | undefined {
    return this.tasks().find((task) => task.id === id);
  }

  #endRun(at: number): boolean {
    const { timeoutMs } = this.#workflow;
    if (timeoutMs === undefined || at < (this.#facts.start?.at ?? 0) + timeoutMs) return false;
    const message = `The run took longer than its timeout of ${timeoutMs} ms.`;
    return this.#stop({ status: "failed", error: { code: "RUN_TIMED_OUT", message, retryable: false } });
  }

  #fire(timer: string, at: number): boolean {
    const task = this.tasks().find(({ id, attempt, status }) => {
      return timer === (status === "retrying" ? `retry:${attempt}:${id}` : `due:${id}`);
    });
    const dueAt = task === undefined ? null : this.#dueAt(task);
    if (task === undefined || dueAt === null || at < dueAt) return false;
    if (task.status === "retrying") this.#facts.delaysOver.set(task.id, task.attempt);
    else this.#facts.timesUp.add(task.id);
    return true;
  }

  #dueAt(task: ReferenceTask): number | null {
    const from = this.#rules.dueAt(task);
    if (from === null || task.status !== "retrying") return from;
    const step = this.#rules.stepOf(task.id);
    if (step?.kind !== "call" && step?.kind !== "resolve" && step?.kind !== "run")
      throw new Error("Only attempts are retried.");
    return from + retryDelayMs(retryOf(step), this.#facts.runId, task.id, task.attempt);
  }

  #receive(signal: Signal): boolean {
    if (signal.id !== undefined) {
      if (this.#signalIds.has(signal.id)) return false;
      this.#signalIds.add(signal.id);
    }
    this.#signals = [...this.#signals, signal];
    return true;
  }

  /** Gives the signal that came first to the task that has waited longest, until nobody wants one. */
  #handOutSignals(outputOf: (task: string) => JsonValue | undefined): void {
    for (let given = true; given; ) {
      given = false;
      const waiting = this.tasks().filter((task) => task.status === "waitingForSignal");
      for (const signal of this.#signals) {
        const takers = waiting.filter((task) => this.#waitsFor(task, signal));
        const since = (task: ReferenceTask) => this.#facts.begun.get(task.id)?.event ?? 0;
        const first = Math.min(...takers.map(since));
        const longest = takers.filter((task) => since(task) === first);
        if (longest.length === 0) continue;
        const chosen = longest.find(({ id }) => isSame(outputOf(id), signal.payload));
        if (chosen === undefined) throw new Error(`None of ${longest.map(({ id }) => id)} took a signal.`);
        this.#facts.taken.set(chosen.id, signal.payload);
        this.#signals = this.#signals.filter((other) => other !== signal);
        this.#rules.forget();
        given = true;
        break;
      }
    }
  }

  #waitsFor(task: ReferenceTask, { signal, key }: Signal): boolean {
    const step = this.#rules.stepOf(task.id);
    if (step?.kind !== "waitFor" || step.signal !== signal) return false;
    if (step.key === undefined || key === undefined) return step.key === undefined && key === undefined;
    return String(this.#rules.valueAt(task.id, () => step.key)) === key;
  }

  #stop(result: RunResult): boolean {
    this.#stopped = { result, tasks: leftAs(this.tasks()) };
    return true;
  }

  #cancel(id: string, reason: string): boolean {
    const task = this.#find(id);
    if (task === undefined || !unsettled.has(task.status)) return false;
    const within = leftAs(this.tasks().filter((other) => other.id.startsWith(`${id}[`)));
    this.#facts.cancelled.set(id, { reason, attempt: task.attempt, within });
    return true;
  }
}

function isSame(output: JsonValue | undefined, payload: JsonValue): boolean {
  return output !== undefined && canonicalJson(output) === canonicalJson(payload);
}

/** Tasks as they are left when nothing more is to come of them. */
function leftAs(tasks: readonly ReferenceTask[]): readonly ReferenceTask[] {
  return tasks.map((task) => (unsettled.has(task.status) ? { ...task, status: "cancelled" } : task));
}

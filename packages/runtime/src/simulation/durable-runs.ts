/**
 * The runs as the disk holds them, folded event by event as each becomes durable: what every other part of the
 * system may act on, and what the checks hold it to.
 */
import { apply, createRun, indexPlan, type Plan, type RunState, type TaskError } from "@mycroft/engine";
import type { AppendOutcome, RunAppend, Store } from "../ports/store.ts";

export interface DurableRun {
  readonly state: RunState;
  events: number;
  /** The attempts that were in flight when the run was stopped, by `task#attempt`. */
  readonly stopped: Set<string>;
  /** The errors of the attempts that were timed out, of those that counted, by `task#attempt`. */
  readonly timedOut: Map<string, TaskError>;
}

type RunTask = RunState["tasks"] extends ReadonlyMap<string, infer T> ? T : never;

export class DurableRuns {
  readonly #plans: ReadonlyMap<string, ReturnType<typeof indexPlan>>;
  readonly #runs = new Map<string, DurableRun>();
  readonly #onStored: (append: RunAppend) => void;

  constructor(plans: readonly Plan[], onStored: (append: RunAppend) => void) {
    this.#plans = new Map(plans.map((plan) => [plan.hash, indexPlan(plan)]));
    this.#onStored = onStored;
  }

  get(runId: string): DurableRun | undefined {
    return this.#runs.get(runId);
  }

  task(runId: string, task: string): RunTask | undefined {
    return this.#runs.get(runId)?.state.tasks.get(task);
  }

  /** The disk: what it says it has stored is stored. */
  disk(store: Store): Store {
    return new Proxy(store, {
      get: (of, name) => {
        if (name === "append") return (batch: readonly RunAppend[]) => this.#append(of, batch);
        const member: unknown = Reflect.get(of, name);
        return typeof member === "function" ? member.bind(of) : member;
      },
    });
  }

  async #append(store: Store, batch: readonly RunAppend[]): Promise<readonly AppendOutcome[]> {
    const outcomes = await store.append(batch);
    for (const [index, append] of batch.entries()) if (outcomes[index] === "stored") this.#fold(append);
    return outcomes;
  }

  #fold(append: RunAppend): void {
    const run = this.#runs.get(append.runId) ?? this.#create(append);
    for (const event of append.events) {
      const { ignored } = run.state;
      const commands = apply(run.state, event);
      for (const command of commands) {
        if (command.type === "cancelAttempt") run.stopped.add(`${command.task}#${command.attempt}`);
      }
      const counts = run.state.ignored === ignored;
      if (counts && event.type === "attemptFailed" && event.error.code === "ATTEMPT_TIMED_OUT") {
        run.timedOut.set(`${event.task}#${event.attempt}`, event.error);
      }
    }
    run.events += append.events.length;
    this.#onStored(append);
  }

  #create({ runId, create }: RunAppend): DurableRun {
    const plan = this.#plans.get(create?.planHash ?? "");
    if (plan === undefined) throw new Error(`Run ${runId} has a plan that nobody made.`);
    const run = {
      state: createRun(plan, runId),
      events: 0,
      stopped: new Set<string>(),
      timedOut: new Map<string, TaskError>(),
    };
    this.#runs.set(runId, run);
    return run;
  }
}

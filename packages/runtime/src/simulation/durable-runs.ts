/**
 * The runs as the disk holds them, folded event by event as each becomes durable: what every other part of the
 * system may act on, and what the checks hold it to.
 */
import {
  apply,
  type Command,
  createRun,
  indexPlan,
  type Plan,
  type RunEvent,
  type RunState,
  type TaskError,
} from "@mycroft/engine";
import { childRunId } from "../child-runs.ts";
import type { NewRun, RunAppend } from "../ports/store.ts";
import type { Rule } from "./rules.ts";

export interface DurableRun {
  readonly header: NewRun;
  readonly state: RunState;
  /** All events up to `runStarted`: what the run was given. */
  readonly beginning: RunEvent[];
  events: number;
  /** Attempts' outcomes that counted, and how many did not. */
  readonly outcomes: Set<string>;
  staleOutcomes: number;
  /** The attempts that were in flight when they were given up, by `task#attempt`, and the event that did it. */
  readonly stopped: Map<string, number>;
  /** The failures of attempts that ran out of time, of those that counted, by `task#attempt`. */
  readonly timedOut: Map<string, { readonly error: TaskError; readonly worker: string }>;
  /** Tasks whose wait ended with its deadline. */
  readonly waitsOver: Set<string>;
  /** Why tasks were cancelled, by their ids: those that were asked for, not those within. */
  readonly cancelledTasks: Map<string, string>;
  /** The people whose verdicts counted, by task. */
  readonly approvers: Map<string, string>;
  readonly signals: { readonly ids: Set<string>; count: number };
}

export interface Abandonment {
  readonly parentRunId: string;
  readonly event: number;
  readonly reason: string;
}

export type RunTask = RunState["tasks"] extends ReadonlyMap<string, infer T> ? T : never;

export interface DurableRunsOptions {
  readonly plans: Iterable<Plan>;
  /** Called for each append, when it is folded. */
  readonly onStored: (append: RunAppend, run: DurableRun) => void;
  /** Called when the disk has something that it never should have. */
  readonly onFault: (rule: Rule, detail: string) => void;
}

export class DurableRuns {
  readonly #plans: ReadonlyMap<string, ReturnType<typeof indexPlan>>;
  readonly #options: DurableRunsOptions;
  readonly #runs = new Map<string, DurableRun>();
  readonly #byKey = new Map<string, DurableRun>();
  /** The child runs that their parents have given up, and the parents' events that did it. */
  readonly abandoned = new Map<string, Abandonment>();

  constructor(options: DurableRunsOptions) {
    this.#options = options;
    this.#plans = new Map(Array.from(options.plans, (plan) => [plan.hash, indexPlan(plan)]));
  }

  get(runId: string): DurableRun | undefined {
    return this.#runs.get(runId);
  }

  all(): Iterable<DurableRun> {
    return this.#runs.values();
  }

  byKey(startKey: string): DurableRun | undefined {
    return this.#byKey.get(startKey);
  }

  task(runId: string, task: string): RunTask | undefined {
    return this.#runs.get(runId)?.state.tasks.get(task);
  }

  plan(hash: string): ReturnType<typeof indexPlan> {
    const plan = this.#plans.get(hash);
    if (plan === undefined) throw new Error(`There is no plan ${hash} that anybody made.`);
    return plan;
  }

  fold(append: RunAppend): void {
    const known = this.#runs.get(append.runId);
    const run = known ?? this.#create(append);
    for (const event of append.events) this.#apply(run, event);
    this.#options.onStored(append, run);
  }

  #create({ runId, create }: RunAppend): DurableRun {
    if (create === undefined) throw new Error(`Run ${runId} goes on without having begun.`);
    const run: DurableRun = {
      header: create,
      state: createRun(this.plan(create.planHash), runId),
      beginning: [],
      events: 0,
      outcomes: new Set(),
      staleOutcomes: 0,
      stopped: new Map(),
      timedOut: new Map(),
      waitsOver: new Set(),
      cancelledTasks: new Map(),
      approvers: new Map(),
      signals: { ids: new Set(), count: 0 },
    };
    const { startKey } = create;
    if (startKey !== null && this.#byKey.has(startKey))
      this.#options.onFault("started", `two runs under ${startKey}`);
    if (startKey !== null) this.#byKey.set(startKey, run);
    this.#checkParent(create);
    this.#runs.set(runId, run);
    return run;
  }

  /** E7: an attempt has one child run, with the id that follows from it, and exists before the child does; P5: as of one day. */
  #checkParent({ runId, parent, asOf }: NewRun): void {
    if (parent === null) return;
    const expected = childRunId(parent.runId, parent);
    if (runId !== expected) this.#options.onFault("started", `child run ${runId}, which is not ${expected}`);
    const day = this.#runs.get(parent.runId)?.header.asOf;
    if (day !== asOf) this.#options.onFault("pinned", `child run ${runId} is as of ${asOf}, not ${day}`);
    const task = this.task(parent.runId, parent.task);
    if (task === undefined || task.attempt < parent.attempt) {
      this.#options.onFault("started", `child run ${runId} before the attempt that it belongs to`);
    }
  }

  #apply(run: DurableRun, event: RunEvent): void {
    const { state } = run;
    if (state.root === null) run.beginning.push(event);
    const isOutcome = event.type === "attemptSucceeded" || event.type === "attemptFailed";
    if (isSettled(run) && !isOutcome) {
      this.#options.onFault("once", `${event.type} for ${run.header.runId}, which has settled`);
    }
    const before = notesBefore(run, event);
    const { ignored } = state;
    for (const command of apply(state, event)) this.#note(run, command);
    run.events += 1;
    if (state.ignored === ignored) noteCounted(run, event, before);
    else if (isOutcome) run.staleOutcomes += 1;
    else if (event.type === "signalReceived") {
      this.#options.onFault("limits", `signal ${event.id} is on record twice`);
    }
  }

  #note(run: DurableRun, command: Command): void {
    if (command.type === "cancelAttempt") run.stopped.set(attemptOf(command), run.events);
    if (command.type !== "cancelChildRun") return;
    const { runId } = run.header;
    this.abandoned.set(childRunId(runId, command), {
      parentRunId: runId,
      event: run.events,
      reason: command.reason,
    });
  }
}

/** What an event may end, and is not seen any more when it has. */
function notesBefore({ state }: DurableRun, event: RunEvent): { readonly wait: string | null } {
  const of = event.type === "timerFired" ? /^due:(.+)$/.exec(event.timer)?.[1] : undefined;
  const kind = of === undefined ? undefined : state.tasks.get(of)?.step.work.kind;
  return { wait: of !== undefined && (kind === "waitFor" || kind === "approve") ? of : null };
}

function noteCounted(run: DurableRun, event: RunEvent, { wait }: { readonly wait: string | null }): void {
  if (wait !== null) run.waitsOver.add(wait);
  switch (event.type) {
    case "attemptSucceeded":
      run.outcomes.add(attemptOf(event));
      return;
    case "attemptFailed": {
      run.outcomes.add(attemptOf(event));
      const { error, report } = event;
      // A child run that failed of this passes the code on: its parent's attempt was not late.
      if (lateCodes.has(error.code) && report?.childRunId === undefined) {
        run.timedOut.set(attemptOf(event), { error, worker: report?.worker ?? "" });
      }
      return;
    }
    case "approvalDecided":
      run.approvers.set(event.task, event.by);
      return;
    case "signalReceived":
      run.signals.count += 1;
      if (event.id !== undefined) run.signals.ids.add(event.id);
      return;
    case "cancelRequested":
      if (event.task !== undefined) run.cancelledTasks.set(event.task, event.reason);
      return;
    default:
  }
}

const lateCodes: ReadonlySet<string> = new Set(["ATTEMPT_TIMED_OUT", "HEARTBEAT_TIMED_OUT"]);

/** As it is written everywhere: `task#attempt`. */
export function attemptOf({ task, attempt }: { readonly task: string; readonly attempt: number }): string {
  return `${task}#${attempt}`;
}

export function isSettled(run: DurableRun | undefined): boolean {
  return run !== undefined && run.state.result !== null;
}

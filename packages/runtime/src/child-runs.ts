/**
 * Child runs (E7): starts them, and tells their parents how they ended. A child's id follows from its parent's task and
 * attempt, so that starting it again finds it: after a crash, whatever was lost on the way from parent to child or
 * back is done again and changes nothing.
 */
import {
  type AttemptReport,
  apply,
  type Command,
  childRunCommand,
  childRunsUnderWay,
  contentHash,
  createRun,
  indexPlan,
  type JsonValue,
  type RunEvent,
  type RunResult,
  type StartChildRun,
  type TaskError,
} from "@mycroft/engine";
import { asMycroftError } from "@mycroft/errors";
import { LiveRun } from "./live-run.ts";
import type { LiveRuns } from "./live-runs.ts";
import { checkNewRun } from "./ports/check-new-run.ts";
import type { Clock } from "./ports/clock.ts";
import type { NewRun, RunParent } from "./ports/store.ts";

type CancelChildRun = Extract<Command, { readonly type: "cancelChildRun" }>;

/** How many runs may lie within each other. */
export const maxRunDepth = 8;

export interface ChildRunsOptions {
  readonly runs: LiveRuns;
  readonly clock: Clock;
  /** Applies an event to a run and resolves when it is durable. */
  readonly record: (run: LiveRun, event: RunEvent) => Promise<void>;
}

export class ChildRuns {
  readonly #options: ChildRunsOptions;

  constructor(options: ChildRunsOptions) {
    this.#options = options;
  }

  /** Starts the child run of a task, or finds the one that was started before. */
  async start(parent: LiveRun, command: StartChildRun): Promise<void> {
    const { runs, clock, record } = this.#options;
    const runId = childRunId(parent.header.runId, command);
    const [plan, depth, found] = [
      await runs.findPlan(command.plan),
      await this.#depthOf(parent.header),
      await runs.find(runId),
    ];
    // Much may have happened meanwhile, also another start of the same child; from here on nothing does.
    if (!isWanted(parent, command)) return;
    const known = runs.get(runId) ?? found;
    if (known !== null) {
      if (known.isSettled && known.isDurable) await this.reportEnd(known);
      return;
    }
    if (plan === undefined) {
      await this.#fail(
        parent,
        command,
        "NOT_FOUND",
        `The store has no plan ${command.plan} of workflow ${command.workflow}.`,
      );
      return;
    }
    if (depth >= maxRunDepth) {
      const message = `Run ${parent.header.runId} lies ${depth} runs deep; child runs may lie ${maxRunDepth} deep.`;
      await this.#fail(parent, command, "RUN_TOO_DEEP", message);
      return;
    }
    const at = clock.now();
    const header: NewRun = {
      runId,
      workflow: command.workflow,
      planHash: command.plan,
      asOf: parent.header.asOf,
      provenance: parent.header.provenance,
      createdAt: at,
      tags: plan.workflow.tags ?? [],
      startKey: null,
      parent: { runId: parent.header.runId, task: command.task, attempt: command.attempt },
      forkedFrom: null,
    };
    try {
      checkNewRun(header);
    } catch (thrown) {
      const { code, message } = asMycroftError(thrown);
      await this.#fail(parent, command, code, message);
      return;
    }
    await record(new LiveRun(header, plan, []), { type: "runStarted", at, input: command.input });
  }

  /** Cancels the child run of a task that does not want it any more (E11), if it is in memory: from here on nothing starts. */
  async cancelAtOnce(parent: LiveRun, { reason, ...of }: CancelChildRun): Promise<void> {
    const child = this.#options.runs.get(childRunId(parent.header.runId, of));
    if (child !== undefined) await this.#cancelChild(child, reason);
  }

  /** As `cancelAtOnce`, wherever it is. */
  async cancel(parent: LiveRun, { reason, ...of }: CancelChildRun): Promise<void> {
    const child = await this.#options.runs.find(childRunId(parent.header.runId, of));
    if (child !== null) await this.#cancelChild(child, reason);
  }

  /** Tells the parent of a run that has settled how it ended. */
  async reportEnd(child: LiveRun): Promise<void> {
    const { parent } = child.header;
    const { result } = child.state;
    if (parent === null || result === null) return;
    const run = await this.#options.runs.find(parent.runId);
    if (run === null || !isWanted(run, parent)) return;
    const { runId, createdAt } = child.header;
    const report = { startedAt: createdAt, worker: "orchestrator", childRunId: runId };
    await this.#report(run, parent, childOutcome(runId, result), report);
  }

  /** Cancels a child whose parent has settled or gone on without it: a crash came between the two. */
  async cancelIfOrphaned(child: LiveRun): Promise<void> {
    const { parent } = child.header;
    if (parent === null) return;
    const run = await this.#options.runs.find(parent.runId);
    if (run !== null && isWanted(run, parent)) return;
    const reason = run === null ? "its parent run is gone" : await this.#reasonIn(run, parent);
    if (reason !== null) await this.#cancelChild(child, reason);
  }

  /**
   * Looks for what others have done to the run's family without anybody's noticing: child runs that have ended, or are not known
   * here, and a parent that goes on without this one.
   */
  async review(run: LiveRun): Promise<void> {
    const { runId } = run.header;
    for (const { task, attempt } of [...childRunsUnderWay(run.state)]) {
      if (this.#options.runs.get(childRunId(runId, { task, attempt })) !== undefined) continue;
      const command = childRunCommand(run.state, task, attempt);
      if (command !== null) await this.start(run, command);
    }
    await this.cancelIfOrphaned(run);
  }

  /**
   * Why the parent gave the child up: what it would have been told then (P3). Null when it still waits for it, by what is durable:
   * what is known of it here may be behind that, or ahead.
   */
  async #reasonIn({ header: { runId }, plan }: LiveRun, of: RunParent): Promise<string | null> {
    const state = createRun(indexPlan(plan), runId);
    let reason = "its parent run goes on without it";
    for (const event of await this.#options.runs.readEvents(runId)) {
      for (const command of apply(state, event)) {
        const isIt = command.type === "cancelChildRun" && command.task === of.task;
        if (isIt && command.attempt === of.attempt) reason = command.reason;
      }
    }
    return childRunCommand(state, of.task, of.attempt) === null ? reason : null;
  }

  async #cancelChild(child: LiveRun, reason: string): Promise<void> {
    if (child.isSettled) return;
    const at = this.#options.clock.now();
    await this.#options.record(child, { type: "cancelRequested", at, reason });
  }

  async #depthOf(header: NewRun): Promise<number> {
    let depth = 1;
    for (let { parent } = header; parent !== null && depth < maxRunDepth; depth += 1) {
      parent = (await this.#options.runs.find(parent.runId))?.header.parent ?? null;
    }
    return depth;
  }

  #fail(run: LiveRun, command: StartChildRun, code: string, message: string): Promise<void> {
    const startedAt = this.#options.clock.now();
    const error = { code, message, retryable: false };
    return this.#report(run, command, { error }, { startedAt, worker: "orchestrator" });
  }

  #report(
    run: LiveRun,
    { task, attempt }: Pick<RunParent, "task" | "attempt">,
    outcome: ChildOutcome,
    report: AttemptReport,
  ): Promise<void> {
    const of = { at: this.#options.clock.now(), task, attempt, report };
    return this.#options.record(
      run,
      "error" in outcome
        ? { type: "attemptFailed", ...of, error: outcome.error }
        : { type: "attemptSucceeded", ...of, output: outcome.output },
    );
  }
}

/** Wide enough that children of one parent do not meet: 64 bits. */
export function childRunId(
  parentRunId: string,
  { task, attempt }: Pick<RunParent, "task" | "attempt">,
): string {
  return `${parentRunId}.${contentHash(`${task}#${attempt}`).slice(0, 16)}`;
}

function isWanted({ state }: LiveRun, { task, attempt }: Pick<RunParent, "task" | "attempt">): boolean {
  return childRunCommand(state, task, attempt) !== null;
}

/** What an attempt comes to that is a child run. */
export type ChildOutcome = { readonly output: JsonValue } | { readonly error: TaskError };

/** What a child run failed of may pass, so its parent's step may try again if its policy says so. */
export function childOutcome(runId: string, result: RunResult): ChildOutcome {
  switch (result.status) {
    case "succeeded":
      return { output: result.output };
    case "failed": {
      const { code, message, details } = result.error;
      return {
        error: {
          code,
          message: `Child run ${runId} failed: ${message}`,
          retryable: true,
          details: { ...details, childRunId: runId },
        },
      };
    }
    case "cancelled":
      return {
        error: {
          code: "RUN_CANCELLED",
          message: `Child run ${runId} was cancelled: ${result.reason}.`,
          retryable: false,
          details: { childRunId: runId },
        },
      };
  }
}

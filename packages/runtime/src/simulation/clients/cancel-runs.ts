/** Asks for cancellations, of runs, of single tasks and of child runs, and checks each answer against the disk (E11). */
import type { ScenarioCancel } from "../scenario.ts";
import { ask } from "./ask.ts";
import type { ClientOptions } from "./outside.ts";

interface Target {
  readonly runId: string;
  readonly task?: string;
}

/** Resolves when every cancellation has been answered. */
export async function cancelRuns(options: ClientOptions): Promise<void> {
  await Promise.all(options.scenario.cancels.map((cancel, index) => requestCancel(options, cancel, index)));
}

async function requestCancel(options: ClientOptions, cancel: ScenarioCancel, index: number): Promise<void> {
  const { outside, witness, until, memory } = options;
  const request = `cancel ${index}`;
  await until(cancel.atMs);
  await witness.untilEvents(cancel.run, cancel.events);
  if (memory.answered.has(request)) return;
  const target = targetOf(options, cancel);
  if (target !== null) {
    const { runId, task } = target;
    if (task === undefined) witness.asksToCancel(runId);
    const answer = await ask(options, ["RUN_UNKNOWN"], () => outside.cancel(runId, "simulated", task));
    if ("value" in answer) witness.cancels(runId, task, answer.value);
  }
  memory.answered.add(request);
}

/** Null when there is nothing of the kind yet. */
function targetOf({ witness }: ClientOptions, { run, what, pick }: ScenarioCancel): Target | null {
  if (what === "run") return { runId: run };
  if (what === "child") {
    const children = Array.from(witness.durable.all(), ({ header }) => header).filter(
      ({ parent }) => parent?.runId === run,
    );
    const child = children[pick % children.length];
    return child === undefined ? null : { runId: child.runId };
  }
  const tasks = [...(witness.durable.get(run)?.state.tasks.values() ?? [])];
  const open = tasks.filter(({ settledAt }) => settledAt === null);
  // Most are under way, some are not any more.
  const meant = open.length > 0 && pick % 5 > 0 ? open : tasks;
  const task = meant[pick % meant.length];
  return task === undefined ? null : { runId: run, task: task.id };
}

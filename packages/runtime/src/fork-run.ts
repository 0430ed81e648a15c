/** What a new run begins with that takes over what another one has done: a retry, or a fork. */
import {
  type CarriedOutcome,
  checkRunInput,
  type JsonValue,
  outcomesToCarry,
  type RunEvent,
  tasksToRetry,
} from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { RunFork } from "./ports/store.ts";
import type { RunRecord } from "./run-record.ts";

export interface ForkRun {
  readonly runId: string;
  /** Ids of tasks, or names of steps: they are done again, with all that follows them. */
  readonly from: readonly string[];
  /** The new run's input; that of the original unless given. What it reaches is done again too. */
  readonly input?: JsonValue;
  /**
   * Outcomes that are stated instead of taken from the original, by task id or name of a step: "what if this had said ...".
   */
  readonly stated?: Readonly<Record<string, JsonValue>>;
}

/** How a fork's record begins. */
export interface ForkBeginning {
  readonly forkedFrom: RunFork;
  readonly events: readonly RunEvent[];
}

/** An event holds about this much of carried outcomes: characters of JSON. */
const eventSize = 1_000_000;
/** How many tasks a run's header names. */
const namedTasks = 100;

/** @throws {MycroftError} TASK_UNKNOWN, or INPUT_INVALID when the input does not fit or nothing is changed. */
export function beginFork(record: RunRecord, fork: ForkRun, at: number): ForkBeginning {
  const { plan, state, header } = record;
  const { from, input = state.input, stated = {} } = fork;
  const isChanged = from.length > 0 || fork.input !== undefined || Object.keys(stated).length > 0;
  if (!isChanged) {
    throw new MycroftError(
      "INPUT_INVALID",
      "A fork needs a task to start from, another input, or a stated outcome.",
      {
        details: { field: "from" },
      },
    );
  }
  const misfit = checkRunInput(plan, input);
  if (misfit !== null) {
    throw new MycroftError("INPUT_INVALID", `The fork's input is wrong: ${misfit.message}.`, {
      details: { field: misfit.path.join(".") },
    });
  }
  const statedTasks = Object.keys(stated);
  const carried = outcomesToCarry(state, [...from, ...statedTasks]);
  if ("unknown" in carried) throw taskUnknown(header.runId, carried.unknown);
  const outcomes = [
    ...carried,
    ...Object.entries(stated).flatMap(([name, output]) =>
      tasksMeant(record, name).map((task) => ({ task, inputHash: null, output })),
    ),
  ];
  return {
    forkedFrom: { runId: header.runId, tasks: [...from, ...statedTasks].slice(0, namedTasks) },
    events: [
      ...chunksOf(outcomes).map((chunk) => ({ type: "outcomesCarried", at, outcomes: chunk }) as const),
      { type: "runStarted", at, input },
    ],
  };
}

/** The ids of the tasks that an id, or the name of a step, means. */
function tasksMeant({ state }: RunRecord, name: string): readonly string[] {
  if (state.tasks.has(name)) return [name];
  return [...state.tasks.values()].filter(({ step }) => step.name === name).map(({ id }) => id);
}

/** @throws {MycroftError} RUN_NOT_SETTLED; INPUT_INVALID when nothing in it failed. */
export function beginRetry(record: RunRecord, at: number): ForkBeginning {
  const { runId } = record.header;
  if (record.state.result === null) {
    throw new MycroftError(
      "RUN_NOT_SETTLED",
      `Run ${runId} is still under way; there is nothing to retry yet.`,
      {
        details: { runId },
      },
    );
  }
  const from = tasksToRetry(record.state);
  if (from.length > 0) return beginFork(record, { runId, from }, at);
  throw new MycroftError(
    "INPUT_INVALID",
    `No task of run ${runId} failed or was cancelled; \`mycroft fork ${runId} --from TASK\` does a part again.`,
    { details: { runId } },
  );
}

export function taskUnknown(runId: string, task: string): MycroftError {
  const message = `Run ${runId} has no task or step ${JSON.stringify(task.slice(0, 200))}; \`mycroft show ${runId}\` lists them.`;
  return new MycroftError("TASK_UNKNOWN", message, { details: { runId, task: task.slice(0, 200) } });
}

function chunksOf(outcomes: readonly CarriedOutcome[]): readonly (readonly CarriedOutcome[])[] {
  const chunks: CarriedOutcome[][] = [];
  let left = 0;
  for (const outcome of outcomes) {
    const size = JSON.stringify(outcome).length;
    if (left < size) {
      chunks.push([]);
      left = eventSize;
    }
    chunks.at(-1)?.push(outcome);
    left -= size;
  }
  return chunks;
}

/** For this package's tests: runs a workflow to its end in virtual time, with the engine and nothing else. */
import {
  apply,
  type Command,
  createRun,
  indexPlan,
  type JsonValue,
  type RunEvent,
  type RunResult,
  type StartAttempt,
  type StartChildRun,
} from "@mycroft/engine";
import type { Workflow } from "../index.ts";

export interface Outside {
  /** The output of an attempt; undefined for a failure. */
  readonly answer?: (attempt: StartAttempt) => JsonValue | undefined | Promise<JsonValue | undefined>;
  /** The output of a child run. */
  readonly child?: (run: StartChildRun) => JsonValue;
  /** What comes when nothing is left to do, one after the other; then timers fire, in the order of their times. */
  readonly events?: readonly (RunEvent extends infer Event
    ? Event extends RunEvent
      ? Omit<Event, "at">
      : never
    : never)[];
}

export interface RunThrough {
  /** What each attempt and child run was given, by task. */
  readonly given: ReadonlyMap<string, JsonValue>;
  readonly result: RunResult | null;
  /** When the run settled; it starts at 0, and only timers take time. */
  readonly settledAt: number | null;
}

export async function runThrough(of: Workflow, input: JsonValue, outside: Outside): Promise<RunThrough> {
  const run = createRun(indexPlan(of.plan), "run");
  const given = new Map<string, JsonValue>();
  const events: unknown[] = [...(outside.events ?? [])];
  const timers = new Map<string, number>();
  let now = 0;
  const open: Command[] = [...apply(run, { type: "runStarted", at: 0, input })];
  const take = (event: object) => open.push(...apply(run, { ...event, at: now } as RunEvent));
  while (run.result === null) {
    const command = open.shift();
    if (command === undefined) {
      const [first] = [...timers].sort(([, a], [, b]) => a - b);
      if (events.length > 0) take(events.shift() as object);
      else if (first === undefined) break;
      else {
        const [timer, dueAt] = first;
        timers.delete(timer);
        now = dueAt;
        take({ type: "timerFired", timer });
      }
    } else if (command.type === "setTimer") timers.set(command.timer, command.dueAt);
    else if (command.type === "clearTimer") timers.delete(command.timer);
    else if (command.type === "startAttempt" || command.type === "startChildRun") {
      given.set(command.task, command.input);
      take(await outcomeOf(command, outside));
    }
  }
  return { given, result: run.result, settledAt: run.settledAt };
}

async function outcomeOf(command: StartAttempt | StartChildRun, { answer, child }: Outside): Promise<object> {
  const { task, attempt } = command;
  const output = await (command.type === "startAttempt" ? answer?.(command) : child?.(command));
  if (output !== undefined) return { type: "attemptSucceeded", task, attempt, output };
  const error = { code: "AGENT_ANSWER_INVALID", message: "It failed.", retryable: false };
  return { type: "attemptFailed", task, attempt, error };
}

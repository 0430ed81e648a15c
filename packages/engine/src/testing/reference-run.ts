/**
 * The rules of a run by definition, as naive as can be: it keeps nothing but how attempts ended, and computes
 * everything else anew whenever it is asked. The engine is held to it.
 */

import { defaultTrigger } from "../plan.ts";
import { retryDelayMs } from "../retry-delay.ts";
import type { RunEvent } from "../run-event.ts";
import type {
  Condition,
  Expression,
  JsonValue,
  Path,
  StepDefinition,
  TaskError,
  WorkflowDefinition,
} from "../workflow-definition.ts";

export interface ReferenceTask {
  readonly id: string;
  readonly status: string;
  readonly attempt: number;
  readonly output?: JsonValue;
  readonly error?: TaskError;
  readonly skipped?: string;
}

type Result =
  | { readonly status: "succeeded"; readonly output: JsonValue }
  | { readonly status: "failed"; readonly error: TaskError }
  | { readonly status: "cancelled"; readonly reason: string };

interface Ended {
  readonly at: number;
  readonly outcome: { readonly output: JsonValue } | { readonly error: TaskError };
}

interface Body {
  readonly steps: readonly StepDefinition[];
  readonly output: Expression;
}

/** One instance of a scope. */
interface Place {
  readonly body: Body;
  readonly prefix: string;
  readonly map: string | null;
  readonly item: JsonValue;
  readonly index: number;
  readonly around: Place | null;
}

type Settled = Extract<Verdict, { readonly settled: true }>;
type Verdict =
  | { readonly settled: false; readonly task: ReferenceTask }
  /** `cause` is the task that a failure goes back to. */
  | { readonly settled: true; readonly task: ReferenceTask; readonly cause: ReferenceTask | null };

export class ReferenceRun {
  readonly #workflow: WorkflowDefinition;
  readonly #runId: string;
  #start: { readonly at: number; readonly input: JsonValue } | null = null;
  /** How the attempts of each task ended, and how many of its delays are over. */
  readonly #ended = new Map<string, Ended[]>();
  readonly #delaysOver = new Map<string, number>();
  #stopped: { readonly result: Result; readonly tasks: readonly ReferenceTask[] } | null = null;
  /** Verdicts of the present computation. */
  #known = new Map<string, Verdict>();

  constructor(workflow: WorkflowDefinition, runId: string) {
    this.#workflow = workflow;
    this.#runId = runId;
  }

  /** Whether the event counts. */
  apply(event: RunEvent): boolean {
    if (event.type === "runStarted") {
      if (this.#start !== null) return false;
      this.#start = { at: event.at, input: event.input };
      return true;
    }
    if (this.#start === null || this.result() !== null) return false;
    if (event.type === "cancelRequested") return this.#stop({ status: "cancelled", reason: event.reason });
    if (event.type === "timerFired") return this.#fire(event.timer, event.at);
    const task = this.tasks().find(({ id }) => id === event.task);
    if (task?.status !== "running" || task.attempt !== event.attempt) return false;
    const outcome = event.type === "attemptSucceeded" ? { output: event.output } : { error: event.error };
    this.#ended.set(task.id, [...(this.#ended.get(task.id) ?? []), { at: event.at, outcome }]);
    return true;
  }

  /** In the plan's order, a map's items after the map. */
  tasks(): readonly ReferenceTask[] {
    if (this.#stopped !== null) return this.#stopped.tasks;
    this.#known = new Map();
    return this.#start === null ? [] : this.#tasksAt(this.#root());
  }

  result(): Result | null {
    if (this.#stopped !== null) return this.#stopped.result;
    this.#known = new Map();
    if (this.#start === null) return null;
    const settled = this.#settle(this.#root());
    if (settled === null) return null;
    return "error" in settled ? { status: "failed", ...settled } : { status: "succeeded", ...settled };
  }

  /** What the running attempt of a task is given. */
  inputOf(id: string): JsonValue {
    this.#known = new Map();
    const find = (place: Place): JsonValue | undefined => {
      for (const step of place.body.steps) {
        if (step.kind === "map") {
          const found = this.#itemsOf(step, place)
            ?.map(find)
            .find((input) => input !== undefined);
          if (found !== undefined) return found;
        } else if (place.prefix + step.name === id) return this.#value(step.input, place) ?? null;
      }
      return undefined;
    };
    return find(this.#root()) ?? null;
  }

  #root(): Place {
    const item = this.#start?.input ?? null;
    return { body: this.#workflow, prefix: "", map: null, item, index: 0, around: null };
  }

  #stop(result: Result): boolean {
    const unsettled = new Set(["waiting", "running", "retrying", "expanded"]);
    const tasks = this.tasks().map((task) =>
      unsettled.has(task.status) ? { ...task, status: "cancelled" } : task,
    );
    this.#stopped = { result, tasks };
    return true;
  }

  #fire(timer: string, at: number): boolean {
    const { timeoutMs } = this.#workflow;
    if (timer === "run") {
      if (timeoutMs === undefined || at < (this.#start?.at ?? 0) + timeoutMs) return false;
      const message = `The run took longer than its timeout of ${timeoutMs} ms.`;
      return this.#stop({ status: "failed", error: { code: "RUN_TIMED_OUT", message, retryable: false } });
    }
    const task = this.tasks().find(({ id, attempt }) => timer === `retry:${attempt}:${id}`);
    if (task?.status !== "retrying") return false;
    const step = findStep(this.#workflow.steps, task.id);
    const failedAt = this.#ended.get(task.id)?.at(-1)?.at ?? 0;
    if (step?.kind === "map" || step?.retry === undefined) throw new Error("Only attempts are retried.");
    if (at < failedAt + retryDelayMs(step.retry, this.#runId, task.id, task.attempt)) return false;
    this.#delaysOver.set(task.id, task.attempt);
    return true;
  }

  #tasksAt(place: Place): readonly ReferenceTask[] {
    return place.body.steps.flatMap((step) => {
      const { task } = this.#judge(step, place);
      const items = step.kind === "map" ? this.#itemsOf(step, place) : null;
      return [task, ...(items ?? []).flatMap((item) => this.#tasksAt(item))];
    });
  }

  #judge(step: StepDefinition, place: Place): Verdict {
    const id = place.prefix + step.name;
    const known = this.#known.get(id) ?? this.#judgeAnew(step, place, id);
    this.#known.set(id, known);
    return known;
  }

  #judgeAnew(step: StepDefinition, place: Place, id: string): Verdict {
    const siblings = place.body.steps.filter((other) => mentionsOf(step).has(other.name));
    const needs = siblings.map((other) => this.#judge(other, place));
    const settled = needs.filter((need) => need.settled);
    if (settled.length < needs.length) return { settled: false, task: { id, status: "waiting", attempt: 0 } };
    const blocking = settled.filter(isFailed)[0] ?? settled.find((need) => need.task.status !== "succeeded");
    const cause = settled.filter(isFailed)[0]?.cause ?? null;
    const trigger = step.trigger ?? defaultTrigger(step.kind);
    const skip = (skipped: string): Verdict => {
      return { settled: true, task: { id, status: "skipped", attempt: 0, skipped }, cause };
    };
    if (!lets(trigger, settled)) {
      const because = blocking === undefined ? "" : ` because of "${blocking.task.id}"`;
      return skip(`its trigger rule ${trigger} does not hold${because}`);
    }
    if (step.when !== undefined && !this.#holds(step.when, place)) return skip("its condition does not hold");
    return step.kind === "map" ? this.#judgeMap(step, place, id) : this.#judgeAttempts(step, id);
  }

  #judgeAttempts(step: Exclude<StepDefinition, { kind: "map" }>, id: string): Verdict {
    const ended = this.#ended.get(id) ?? [];
    const outcome = ended.at(-1)?.outcome;
    const attempt = ended.length;
    if (outcome === undefined) return { settled: false, task: { id, status: "running", attempt: 1 } };
    if ("output" in outcome) return succeed(id, attempt, outcome.output);
    const { error } = outcome;
    if (!error.retryable || attempt >= (step.retry?.maxAttempts ?? 1)) return fail(id, attempt, error);
    return this.#delaysOver.get(id) === attempt
      ? { settled: false, task: { id, status: "running", attempt: attempt + 1, error } }
      : { settled: false, task: { id, status: "retrying", attempt, error } };
  }

  #judgeMap(step: Extract<StepDefinition, { kind: "map" }>, place: Place, id: string): Verdict {
    const list = this.#value(step.over, place) ?? null;
    const error = (code: string, problem: string) => {
      return { code, message: `Map step "${id}" ${problem}.`, retryable: false };
    };
    if (!Array.isArray(list)) {
      const type = list === null ? "null" : typeof list;
      return fail(id, 0, error("MAP_NOT_A_LIST", `was given ${type}, not a list`));
    }
    if (list.length > step.maxItems) {
      const problem = `was given ${list.length} items; its limit maxItems is ${step.maxItems}`;
      return fail(id, 0, error("MAP_TOO_LARGE", problem));
    }
    const results = (this.#itemsOf(step, place) ?? []).map((item) => this.#settle(item));
    const settled = results.filter((result) => result !== null);
    if (settled.length < results.length)
      return { settled: false, task: { id, status: "expanded", attempt: 0 } };
    const failed = settled.flatMap((result, index) => ("error" in result ? [{ ...result, index }] : []));
    const allowed = step.maxFailedItems ?? 0;
    if (failed.length <= allowed) {
      return succeed(
        id,
        0,
        settled.map((result) => ("error" in result ? null : result.output)),
      );
    }
    const first = failed[0]?.error;
    const { message, ...rest } = error(
      "MAP_ITEMS_FAILED",
      `had ${failed.length} of its ${settled.length} items fail, and its limit maxFailedItems is ${allowed}`,
    );
    const details = { items: failed.map(({ index }) => index), firstCode: first?.code ?? "" };
    return fail(id, 0, { ...rest, message: `${message} The first: ${first?.message}`, details });
  }

  /** The places of a map's items; null unless the map is expanded. */
  #itemsOf(step: Extract<StepDefinition, { kind: "map" }>, place: Place): readonly Place[] | null {
    const list = this.#value(step.over, place);
    const runs = this.#runs(step, place) && Array.isArray(list) && list.length <= step.maxItems;
    if (!runs) return null;
    return list.map((item: JsonValue, index) => {
      const prefix = `${place.prefix}${step.name}[${index}]/`;
      return { body: step, prefix, map: step.name, item, index, around: place };
    });
  }

  #runs(step: StepDefinition, place: Place): boolean {
    const siblings = place.body.steps.filter((other) => mentionsOf(step).has(other.name));
    const needs = siblings.map((other) => this.#judge(other, place));
    const settled = needs.filter((need) => need.settled);
    if (settled.length < needs.length) return false;
    if (!lets(step.trigger ?? defaultTrigger(step.kind), settled)) return false;
    return step.when === undefined || this.#holds(step.when, place);
  }

  /** What a scope comes to; null while something in it is under way. */
  #settle(place: Place): { readonly output: JsonValue } | { readonly error: TaskError } | null {
    const { steps, output } = place.body;
    const verdicts = steps.map((step) => this.#judge(step, place));
    if (verdicts.some((verdict) => !verdict.settled)) return null;
    for (const [index, verdict] of verdicts.entries()) {
      const name = steps[index]?.name ?? "";
      const isLast = !steps.some((other) => mentionsOf(other).has(name));
      const read = readBy(output);
      const counts = read.outputs.has(name) || (isLast && !read.settled.has(name));
      if (counts && verdict.settled && isFailed(verdict)) return { error: scopeErrorOf(verdict) };
    }
    return { output: this.#value(output, place) ?? null };
  }

  #value(expression: Expression, place: Place): JsonValue | undefined {
    switch (expression.kind) {
      case "const":
        return expression.value;
      case "input":
        return follow(this.#start?.input, expression.path);
      case "item":
        return follow(findPlace(place, expression.of)?.item, expression.path);
      case "index":
        return findPlace(place, expression.of)?.index;
      case "step":
        return follow(this.#see(expression.step, place).task.output, expression.path);
      case "settled": {
        const { task } = this.#see(expression.step, place);
        if (task.status === "succeeded") return { status: "succeeded", output: task.output ?? null };
        if (task.status === "skipped") return { status: "skipped", reason: task.skipped ?? "" };
        return { status: "failed", error: task.error as unknown as JsonValue };
      }
      case "array":
        return expression.items.map((item) => this.#value(item, place) ?? null);
      case "object": {
        const fields = Object.entries(expression.fields).flatMap(([key, field]) => {
          const value = this.#value(field, place);
          return value === undefined ? [] : [[key, value] as const];
        });
        return Object.fromEntries(fields);
      }
    }
  }

  #see(name: string, place: Place): Verdict {
    const step = place.body.steps.find((one) => one.name === name);
    if (step !== undefined) return this.#judge(step, place);
    if (place.around === null) throw new Error(`Nobody sees ${name}.`);
    return this.#see(name, place.around);
  }

  #holds(condition: Condition, place: Place): boolean {
    const value = (expression: Expression) => this.#value(expression, place) ?? null;
    switch (condition.op) {
      case "exists":
        return value(condition.value) !== null;
      case "and":
        return condition.all.every((part) => this.#holds(part, place));
      case "or":
        return condition.all.some((part) => this.#holds(part, place));
      case "not":
        return !this.#holds(condition.condition, place);
      case "in": {
        const list = value(condition.right);
        const wanted = sorted(value(condition.left));
        return Array.isArray(list) && list.some((item: JsonValue) => sorted(item) === wanted);
      }
      case "eq":
        return sorted(value(condition.left)) === sorted(value(condition.right));
      case "ne":
        return sorted(value(condition.left)) !== sorted(value(condition.right));
      default: {
        const [left, right] = [value(condition.left), value(condition.right)];
        const [a, b] = [left as number, right as number];
        const ordered = ["number", "string"].includes(typeof left) && typeof left === typeof right;
        if (!ordered) return false;
        return { lt: a < b, le: a <= b, gt: a > b, ge: a >= b }[condition.op];
      }
    }
  }
}

function succeed(id: string, attempt: number, output: JsonValue): Settled {
  return { settled: true, task: { id, status: "succeeded", attempt, output }, cause: null };
}

function fail(id: string, attempt: number, error: TaskError): Settled {
  const task = { id, status: "failed", attempt, error };
  return { settled: true, task, cause: task };
}

function isFailed(verdict: Settled): boolean {
  return verdict.cause !== null;
}

function scopeErrorOf({ cause }: Settled): TaskError {
  const error = cause?.error;
  if (cause === null || error === undefined) throw new Error("A failure has an error.");
  const message =
    error.code === "MAP_ITEMS_FAILED" ? error.message : `Task "${cause.id}" failed: ${error.message}`;
  return { ...error, message, retryable: false, details: { ...error.details, task: cause.id } };
}

function lets(trigger: string, needs: readonly Settled[]): boolean {
  const succeeded = needs.filter((need) => need.task.status === "succeeded").length;
  if (trigger === "allSuccess") return succeeded === needs.length;
  if (trigger === "anySuccess") return succeeded > 0;
  return trigger === "allDone" || !needs.some(isFailed);
}

/** The names of all steps that a step mentions anywhere, in its body too. */
function mentionsOf(step: StepDefinition): ReadonlySet<string> {
  const { outputs, settled } = readBy(step);
  return new Set([...outputs, ...settled, ...(step.after ?? [])]);
}

/** Walks whatever it is given, down to constants, which may look like anything. */
function readBy(value: unknown): { readonly outputs: Set<string>; readonly settled: Set<string> } {
  const outputs = new Set<string>();
  const settled = new Set<string>();
  const walk = (part: unknown) => {
    if (typeof part !== "object" || part === null) return;
    const { kind, step, after } = part as { kind?: unknown; step?: unknown; after?: unknown };
    if (kind === "const") return;
    if (kind === "step") outputs.add(String(step));
    if (kind === "settled") settled.add(String(step));
    if (Array.isArray(after)) for (const name of after) settled.add(String(name));
    for (const inner of Object.values(part)) walk(inner);
  };
  walk(value);
  return { outputs, settled };
}

function findStep(steps: readonly StepDefinition[], id: string): StepDefinition | undefined {
  const name = id.split("/").at(-1);
  for (const step of steps) {
    if (step.name === name) return step;
    const inner = step.kind === "map" ? findStep(step.steps, id) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function findPlace(place: Place | null, map: string): Place | undefined {
  if (place === null) return undefined;
  return place.map === map ? place : findPlace(place.around, map);
}

function follow(value: JsonValue | undefined, path: Path): JsonValue | undefined {
  const [segment, ...rest] = path;
  if (segment === undefined) return value;
  const isList = Array.isArray(value);
  if (typeof value !== "object" || value === null || isList !== (typeof segment === "number"))
    return undefined;
  const entry = Object.entries(value).find(([key]) => key === String(segment));
  return follow(entry?.[1], rest);
}

function sorted(value: JsonValue): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

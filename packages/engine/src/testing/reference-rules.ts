/** The rules of a run by definition: what becomes of each task, given the facts. Naive, and computed anew when asked. */
import { contentHash } from "../canonical-json.ts";
import { momentOf } from "../moment.ts";
import { defaultChildRetry, defaultRetry, defaultTrigger, planLimits } from "../plan.ts";
import type {
  ApproveStep,
  CallStep,
  ChildRunStep,
  Expression,
  JsonValue,
  MapStep,
  RepeatStep,
  ResolveStep,
  RetryPolicy,
  SleepStep,
  StepDefinition,
  TaskError,
  WaitForStep,
  WorkflowDefinition,
} from "../workflow-definition.ts";
import type { Facts, ReferenceTask } from "./reference-facts.ts";
import { conditionHolds, evaluate, findStep, mentionsOf, type Place, readBy } from "./reference-values.ts";

type Settled = Extract<Verdict, { readonly settled: true }>;
type Verdict =
  | { readonly settled: false; readonly task: ReferenceTask }
  /** `cause` is the task that a failure goes back to. */
  | { readonly settled: true; readonly task: ReferenceTask; readonly cause: ReferenceTask | null };

type End =
  | { readonly output: JsonValue }
  | { readonly error: TaskError; readonly cause: ReferenceTask | null };

type WorkStep = CallStep | ResolveStep | ChildRunStep;

export class ReferenceRules {
  readonly #workflow: WorkflowDefinition;
  readonly #facts: Facts;
  /** Verdicts of the present computation. */
  #known = new Map<string, Verdict>();

  constructor(workflow: WorkflowDefinition, facts: Facts) {
    this.#workflow = workflow;
    this.#facts = facts;
  }

  /** Says that the facts have changed. */
  forget(): void {
    this.#known = new Map();
  }

  /** In the plan's order, what lies in a body after the step that it belongs to. */
  tasks(): readonly ReferenceTask[] {
    return this.#facts.start === null ? [] : this.#tasksAt(this.#root());
  }

  /** What the run comes to; null while something in it is under way. */
  end(): End | null {
    return this.#facts.start === null ? null : this.#settle(this.#root());
  }

  stepOf(id: string): StepDefinition | undefined {
    return findStep(this.#workflow.steps, id);
  }

  /** What the step of a task says where the task is. */
  valueAt(id: string, read: (step: StepDefinition) => Expression | undefined): JsonValue {
    const find = (place: Place): JsonValue | undefined => {
      for (const step of place.body.steps) {
        if (place.prefix + step.name === id) {
          const expression = read(step);
          return expression === undefined ? null : (this.#value(expression, place) ?? null);
        }
        const found = this.#placesIn(step, place)
          .map(find)
          .find((value) => value !== undefined);
        if (found !== undefined) return found;
      }
      return undefined;
    };
    return find(this.#root()) ?? null;
  }

  #root(): Place {
    const item = this.#facts.start?.input ?? null;
    return { body: this.#workflow, prefix: "", owner: null, item, index: 0, around: null };
  }

  #tasksAt(place: Place): readonly ReferenceTask[] {
    return place.body.steps.flatMap((step) => {
      const { task } = this.#judge(step, place);
      const within = this.#facts.cancelled.get(task.id)?.within;
      return [task, ...(within ?? this.#placesIn(step, place).flatMap((inner) => this.#tasksAt(inner)))];
    });
  }

  #judge(step: StepDefinition, place: Place): Verdict {
    const id = place.prefix + step.name;
    const known = this.#known.get(id) ?? this.#judgeAnew(step, place, id);
    this.#known.set(id, known);
    return known;
  }

  #judgeAnew(step: StepDefinition, place: Place, id: string): Verdict {
    const cancelled = this.#facts.cancelled.get(id);
    if (cancelled !== undefined) {
      const message = `It was cancelled: ${cancelled.reason}.`;
      const error = { code: "TASK_CANCELLED", message, retryable: false };
      const task = { id, status: "cancelled", attempt: cancelled.attempt, error };
      return { settled: true, task, cause: task };
    }
    const siblings = place.body.steps.filter((other) => mentionsOf(step).has(other.name));
    const needs = siblings.map((other) => this.#judge(other, place));
    const settled = needs.filter((need) => need.settled);
    if (settled.length < needs.length) return { settled: false, task: { id, status: "waiting", attempt: 0 } };
    const failures = settled.filter(isFailed);
    const blocking = failures[0] ?? settled.find((need) => need.task.status !== "succeeded");
    const skip = (skipped: string): Verdict => {
      const task = { id, status: "skipped", attempt: 0, skipped };
      return { settled: true, task, cause: failures[0]?.cause ?? null };
    };
    const trigger = step.trigger ?? defaultTrigger(step.kind);
    if (!lets(trigger, settled)) {
      const because = blocking === undefined ? "" : ` because of "${blocking.task.id}"`;
      return skip(`its trigger rule ${trigger} does not hold${because}`);
    }
    const value = (expression: Expression) => this.#value(expression, place) ?? null;
    if (step.when !== undefined && !conditionHolds(step.when, value))
      return skip("its condition does not hold");
    return this.#judgeBegun(step, place, id);
  }

  #judgeBegun(step: StepDefinition, place: Place, id: string): Verdict {
    const { now, event, begun } = this.#facts;
    if (!begun.has(id)) begun.set(id, { at: now, event });
    const carried = this.#carried(step, place, id);
    if (carried !== null) return carried;
    switch (step.kind) {
      case "call":
      case "resolve":
      case "run":
        return this.#judgeAttempts(step, id);
      case "map":
        return this.#judgeMap(step, place, id);
      case "repeat":
        return this.#judgeRepeat(step, place, id);
      case "approve":
        return this.#judgeApproval(step, id);
      case "waitFor":
        return this.#judgeWait(step, place, id);
      case "sleep":
        return this.#judgeSleep(step, place, id);
    }
  }

  #carried(step: StepDefinition, place: Place, id: string): Verdict | null {
    const outcome = this.#facts.carried.get(id);
    if (outcome === undefined) return null;
    const read = (expression: Expression | undefined) =>
      expression === undefined ? null : (this.#value(expression, place) ?? null);
    if (outcome.inputHash !== null) {
      if (step.kind === "map" || step.kind === "repeat") return null;
      const decisive =
        step.kind === "waitFor"
          ? [read(step.key), read(step.default)]
          : read(step.kind === "sleep" ? (step.durationMs ?? step.until) : step.input);
      if (contentHash(decisive) !== outcome.inputHash) return null;
    }
    return "error" in outcome ? fail(id, 0, outcome.error) : succeed(id, 0, outcome.output);
  }

  #judgeAttempts(step: WorkStep, id: string): Verdict {
    const ended = this.#facts.ended.get(id) ?? [];
    const outcome = ended.at(-1)?.outcome;
    const attempt = ended.length;
    if (outcome === undefined) return open({ id, status: "running", attempt: 1 });
    if ("output" in outcome) return succeed(id, attempt, outcome.output);
    const { error } = outcome;
    const { maxAttempts, notOn = [] } = retryOf(step);
    if (!error.retryable || notOn.includes(error.code) || attempt >= maxAttempts)
      return fail(id, attempt, error);
    return this.#facts.delaysOver.get(id) === attempt
      ? open({ id, status: "running", attempt: attempt + 1, error })
      : open({ id, status: "retrying", attempt, error });
  }

  #judgeMap(step: MapStep, place: Place, id: string): Verdict {
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
    const results = this.#itemsOf(step, place, list).map((item) => this.#settle(item));
    const settled = results.filter((result) => result !== null);
    if (settled.length < results.length) return open({ id, status: "expanded", attempt: 0 });
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

  #judgeRepeat(step: RepeatStep, place: Place, id: string): Verdict {
    const rounds = this.#roundsOf(step, place);
    const last = rounds.at(-1);
    const end = last === undefined ? null : this.#settle(last);
    if (last === undefined || end === null) return open({ id, status: "expanded", attempt: 0 });
    if ("error" in end) {
      const task = { id, status: "failed", attempt: 0, error: end.error };
      return { settled: true, task, cause: end.cause };
    }
    if (this.#isMet(step, last) || step.atMaxRounds !== "fail") return succeed(id, 0, end.output);
    const message = `Repeat step "${id}" did not meet its condition in ${rounds.length} rounds.`;
    return fail(id, 0, { code: "REPEAT_EXHAUSTED", message, retryable: false });
  }

  #judgeApproval(step: ApproveStep, id: string): Verdict {
    const { verdicts, timesUp } = this.#facts;
    const byDeadline = { verdict: step.default ?? "reject", by: null, comment: null };
    const decided = verdicts.get(id) ?? (timesUp.has(id) ? byDeadline : undefined);
    if (decided === undefined) return open({ id, status: "waitingForApproval", attempt: 0 });
    const { verdict, by, comment } = decided;
    if (verdict === "approve" || step.onReject === "continue") {
      return succeed(id, 0, { approved: verdict === "approve", by, comment });
    }
    const who = by ?? `its deadline of ${step.timeoutMs} ms`;
    const message = `It was rejected by ${who}${comment === null ? "" : `: ${comment}`}.`;
    return fail(id, 0, { code: "APPROVAL_REJECTED", message, retryable: false, details: { by, comment } });
  }

  #judgeWait(step: WaitForStep, place: Place, id: string): Verdict {
    const key = step.key === undefined ? null : (this.#value(step.key, place) ?? null);
    if (step.key !== undefined && typeof key !== "string" && typeof key !== "number") {
      const shown = Array.isArray(key)
        ? "a list"
        : key !== null && typeof key === "object"
          ? "an object"
          : String(key);
      const message = `The key of the signal "${step.signal}" must be text or a number, not ${shown}.`;
      return fail(id, 0, { code: "INPUT_INVALID", message, retryable: false });
    }
    const payload = this.#facts.taken.get(id);
    if (payload !== undefined) return succeed(id, 0, payload);
    if (!this.#facts.timesUp.has(id)) return open({ id, status: "waitingForSignal", attempt: 0 });
    if (step.default !== undefined) return succeed(id, 0, this.#value(step.default, place) ?? null);
    const of = key === null ? "" : ` with the key "${key}"`;
    const message = `No signal "${step.signal}"${of} came within ${step.timeoutMs} ms.`;
    return fail(id, 0, { code: "SIGNAL_TIMED_OUT", message, retryable: false });
  }

  #judgeSleep(step: SleepStep, place: Place, id: string): Verdict {
    const given = this.#value(step.durationMs ?? step.until ?? { kind: "const", value: null }, place) ?? null;
    const dueAt = this.#wakesAt(step, given, id);
    if (dueAt !== null) {
      return this.#facts.timesUp.has(id)
        ? succeed(id, 0, null)
        : open({ id, status: "sleeping", attempt: 0 });
    }
    const isTooFar = typeof given === "string" && step.until !== undefined && momentOf(given) !== null;
    const wanted = isTooFar
      ? `until must lie within ${planLimits.durationMs} ms from now`
      : step.until !== undefined
        ? "until must be a moment such as 2026-01-31T16:00:00-05:00 or 2026-01-31T21:00Z"
        : `durationMs must be a number from 0 to ${planLimits.durationMs}`;
    const hasParts = typeof given === "object" && given !== null;
    const shown = hasParts ? (Array.isArray(given) ? "a list" : "an object") : JSON.stringify(given);
    return fail(id, 0, {
      code: "SLEEP_INVALID",
      message: `The sleep's ${wanted}, not ${shown}.`,
      retryable: false,
    });
  }

  #wakesAt(step: SleepStep, given: JsonValue, id: string): number | null {
    const begunAt = this.#facts.begun.get(id)?.at ?? 0;
    if (step.durationMs !== undefined) {
      const isGood = typeof given === "number" && given >= 0 && given <= planLimits.durationMs;
      return isGood ? begunAt + Math.ceil(given) : null;
    }
    const moment = typeof given === "string" ? momentOf(given) : null;
    return moment === null || moment > begunAt + planLimits.durationMs ? null : moment;
  }

  /** When the timer of a task that waits is due; null when it has none. */
  dueAt(task: ReferenceTask): number | null {
    const step = this.stepOf(task.id);
    const begunAt = this.#facts.begun.get(task.id)?.at ?? 0;
    switch (task.status) {
      case "retrying": {
        const failedAt = this.#facts.ended.get(task.id)?.at(-1)?.at ?? 0;
        return step === undefined || !("retry" in step) ? null : failedAt;
      }
      case "waitingForApproval":
      case "waitingForSignal":
        return step !== undefined && "timeoutMs" in step ? begunAt + (step.timeoutMs ?? 0) : null;
      case "sleeping": {
        if (step?.kind !== "sleep") return null;
        return this.#wakesAt(
          step,
          this.valueAt(task.id, () => step.durationMs ?? step.until),
          task.id,
        );
      }
      default:
        return null;
    }
  }

  /** The instances of a step's body that there are so far. */
  #placesIn(step: StepDefinition, place: Place): readonly Place[] {
    if (step.kind !== "map" && step.kind !== "repeat") return [];
    const { task } = this.#judge(step, place);
    const isStated = this.#facts.carried.get(task.id)?.inputHash === null;
    if (isStated || ["waiting", "skipped", "cancelled"].includes(task.status)) return [];
    if (step.kind === "repeat") return this.#roundsOf(step, place);
    const list = this.#value(step.over, place);
    return Array.isArray(list) && list.length <= step.maxItems ? this.#itemsOf(step, place, list) : [];
  }

  #itemsOf(step: MapStep, place: Place, list: readonly JsonValue[]): readonly Place[] {
    return list.map((item, index) => placeIn(step, place, item, index));
  }

  #roundsOf(step: RepeatStep, place: Place): readonly Place[] {
    const rounds = [placeIn(step, place, this.#value(step.initial, place) ?? null, 0)];
    for (let last = rounds[0]; last !== undefined && rounds.length < step.maxRounds; last = rounds.at(-1)) {
      const end = this.#settle(last);
      if (end === null || "error" in end || this.#isMet(step, last)) break;
      rounds.push(placeIn(step, place, end.output, rounds.length));
    }
    return rounds;
  }

  #isMet(step: RepeatStep, round: Place): boolean {
    return conditionHolds(step.until, (expression) => this.#value(expression, round) ?? null);
  }

  /** What a scope comes to; null while something in it is under way. */
  #settle(place: Place): End | null {
    const { steps, output, until } = place.body;
    const verdicts = steps.map((step) => this.#judge(step, place));
    if (verdicts.some((verdict) => !verdict.settled)) return null;
    for (const [index, verdict] of verdicts.entries()) {
      const name = steps[index]?.name ?? "";
      const isLast = !steps.some((other) => mentionsOf(other).has(name));
      const read = readBy([output, until]);
      const counts = read.outputs.has(name) || (isLast && !read.settled.has(name));
      if (counts && verdict.settled && isFailed(verdict)) {
        return { error: scopeErrorOf(verdict), cause: verdict.cause };
      }
    }
    return { output: this.#value(output, place) ?? null };
  }

  #value(expression: Expression, place: Place): JsonValue | undefined {
    return evaluate(expression, place, (name, from) => this.#see(name, from).task);
  }

  #see(name: string, place: Place): Verdict {
    const step = place.body.steps.find((one) => one.name === name);
    if (step !== undefined) return this.#judge(step, place);
    if (place.around === null) throw new Error(`Nobody sees ${name}.`);
    return this.#see(name, place.around);
  }
}

export function retryOf(step: WorkStep): RetryPolicy {
  return step.retry ?? (step.kind === "run" ? defaultChildRetry : defaultRetry);
}

function placeIn(step: MapStep | RepeatStep, around: Place, item: JsonValue, index: number): Place {
  const prefix = `${around.prefix}${step.name}[${index}]/`;
  return { body: step, prefix, owner: step.name, item, index, around };
}

function open(task: ReferenceTask): Verdict {
  return { settled: false, task };
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

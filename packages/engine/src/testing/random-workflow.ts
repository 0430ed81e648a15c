/**
 * Random workflow definitions that compile: steps of every kind, nested maps and repeats, edges of every kind, all trigger
 * rules, conditions, retries. Steps are handed out in an order in which they cannot always run, as authors may write them.
 */
import type {
  ApproveStep,
  Condition,
  Expression,
  JsonValue,
  MapStep,
  Path,
  RepeatStep,
  RetryPolicy,
  SleepStep,
  StepDefinition,
  TriggerRule,
  WaitForStep,
  WorkflowDefinition,
} from "../workflow-definition.ts";
import { childPlan } from "./steps.ts";
import type { Tape } from "./tape.ts";

const maxNesting = 2;

export const someValues: readonly [JsonValue, ...JsonValue[]] = [
  0,
  null,
  "x",
  true,
  [],
  [1, "x"],
  { a: 1 },
  { a: { b: 2 }, list: [1, 2, 3] },
  { list: [{ a: 1 }, { a: "x", list: [5] }], a: "x" },
  [[1], [2, 3]],
  2.5,
  JSON.parse('{"__proto__": {"a": 1}, "a": null}') as JsonValue,
];

const operators = ["ne", "eq", "lt", "le", "gt", "ge", "in", "exists", "not", "and", "or"] as const;

const somePaths: readonly [Path, ...Path[]] = [[], ["a"], ["list"], ["list", 0], ["a", "b"], ["__proto__"]];

/** A signal of this name is never sent by a host that keeps order: who waits for it has a deadline. */
export const lateSignal = "late";

/** Around the time at which random runs start, past, too far away, and none at all. */
const someMoments = ["2027-01-15T08:00:00.500Z", "2020-02-29T12:00+02:00", "2039-01-01T00:00Z"] as const;

/** What can be referred to from a place. */
interface Sight {
  readonly own: readonly StepDefinition[];
  readonly outer: readonly StepDefinition[];
  /** The enclosing maps and repeats; of items of an unknown type any path can be read. */
  readonly bodies: readonly { readonly name: string; readonly isTyped: boolean; readonly isMap: boolean }[];
}

interface Base {
  readonly name: string;
  readonly after: readonly string[];
  readonly when?: Condition;
}

/** A list for a map to go over. A step's output is certain to be there only if all needs must succeed. */
interface Over {
  readonly over: Expression;
  readonly isTyped: boolean;
  readonly needsSuccess: boolean;
}

export function randomWorkflow(tape: Tape): WorkflowDefinition {
  return new Author(tape).write();
}

class Author {
  readonly #tape: Tape;
  #steps = 0;

  constructor(tape: Tape) {
    this.#tape = tape;
  }

  write(): WorkflowDefinition {
    const sight = { own: [], outer: [], bodies: [] };
    const steps = this.#scope(sight, 1 + this.#tape.draw(9));
    const output = this.#expression({ ...sight, own: steps }, 2);
    const timeoutMs = this.#tape.chance(20) ? { timeoutMs: 20_000 } : {};
    return { name: "random", input: {}, steps: this.#shuffled(steps), output, ...timeoutMs };
  }

  #scope(around: Sight, count: number): StepDefinition[] {
    const steps: StepDefinition[] = [];
    for (let left = count; left > 0; left -= 1) steps.push(this.#step({ ...around, own: [...steps] }));
    return steps;
  }

  #step(sight: Sight): StepDefinition {
    this.#steps += 1;
    const base = { name: `s${this.#steps}`, ...this.#after(sight), ...this.#when(sight) };
    const kinds = ["call", "resolve", "call", "run", "approve", "waitFor", "sleep", "map", "repeat"] as const;
    const kind = this.#tape.pick(kinds);
    switch (kind) {
      case "approve":
        return this.#approve({ ...base, ...this.#trigger(base) }, sight);
      case "waitFor":
        return this.#waitFor({ ...base, ...this.#trigger(base) }, sight);
      case "sleep":
        return { ...base, ...this.#trigger(base), kind, ...this.#sleepTime() };
      case "map":
        if (sight.bodies.length < maxNesting) return this.#map(base, sight);
        break;
      case "repeat":
        if (sight.bodies.length < maxNesting) return this.#repeat({ ...base, ...this.#trigger(base) }, sight);
    }
    const input = this.#expression(sight, 2);
    const attempts = { ...base, ...this.#trigger(base), input, retry: this.#retry() };
    if (kind === "resolve") return { ...attempts, kind, policy: "pool" };
    if (kind === "run") return { ...attempts, kind, workflow: "child", plan: childPlan };
    return { ...attempts, kind: "call", target: { kind: "agent", name: "someone" } };
  }

  #approve(base: Base, sight: Sight): ApproveStep {
    const deadlines: readonly [object, ...Pick<ApproveStep, "timeoutMs" | "default">[]] = [
      {},
      { timeoutMs: 50 },
      { timeoutMs: 5_000, default: "approve" },
    ];
    const deadline: Pick<ApproveStep, "timeoutMs" | "default"> = this.#tape.pick(deadlines);
    const onReject = this.#tape.pick(["fail", "continue"]);
    return { ...base, kind: "approve", input: this.#expression(sight, 1), ...deadline, onReject };
  }

  #waitFor(base: Base, sight: Sight): WaitForStep {
    const signal = this.#tape.pick(["go", "stop", lateSignal]);
    const isTimed = signal === lateSignal || this.#tape.chance(30);
    const fallback = isTimed && this.#tape.chance(50) ? { default: this.#expression(sight, 1) } : {};
    const deadline = isTimed ? { timeoutMs: 100, ...fallback } : {};
    return { ...base, kind: "waitFor", signal, ...this.#key(sight), ...deadline };
  }

  #key({ bodies }: Sight): { readonly key?: Expression } {
    const options: [Expression | null, ...Expression[]] = [
      null,
      { kind: "const", value: "k" },
      { kind: "const", value: 1 },
      { kind: "input", path: ["a"] },
    ];
    for (const { name, isTyped, isMap } of bodies) {
      options.push({ kind: "index", of: name });
      if (isMap && !isTyped) options.push({ kind: "item", of: name, path: [] });
    }
    const key = this.#tape.pick(options);
    return key === null ? {} : { key };
  }

  #sleepTime(): Pick<SleepStep, "durationMs" | "until"> {
    const isMoment = this.#tape.chance(40);
    const isGiven = this.#tape.chance(20);
    const value: JsonValue = isMoment ? this.#tape.pick(someMoments) : this.#tape.pick([0, 10, 0.5, 1_000]);
    const time: Expression = isGiven ? { kind: "input", path: ["a"] } : { kind: "const", value };
    return isMoment ? { until: time } : { durationMs: time };
  }

  #map(base: Base, sight: Sight): MapStep {
    const { over, isTyped, needsSuccess } = this.#over(sight);
    const inner = this.#within(sight, { name: base.name, isTyped, isMap: true });
    const steps = this.#scope(inner, this.#tape.draw(3));
    return {
      ...base,
      ...(needsSuccess ? {} : this.#trigger(base)),
      kind: "map",
      over,
      maxItems: 3 - this.#tape.draw(2),
      maxFailedItems: this.#tape.draw(2),
      steps: this.#shuffled(steps),
      output: this.#expression({ ...inner, own: steps }, 2),
    };
  }

  #repeat(base: Base, sight: Sight): RepeatStep {
    const options: readonly [Expression, Expression] = [
      { kind: "input", path: this.#tape.pick(somePaths) },
      this.#expression(sight, 1),
    ];
    const initial = this.#tape.pick(options);
    const inner = this.#within(sight, { name: base.name, isTyped: initial !== options[0], isMap: false });
    const steps = this.#scope(inner, 1 + this.#tape.draw(2));
    const seen = { ...inner, own: steps };
    return {
      ...base,
      kind: "repeat",
      initial,
      maxRounds: 3 - this.#tape.draw(2),
      atMaxRounds: this.#tape.pick(["succeed", "fail"]),
      steps: this.#shuffled(steps),
      output: this.#expression(seen, 2),
      until: this.#condition(seen, 1),
    };
  }

  #within({ own, outer, bodies }: Sight, body: Sight["bodies"][number]): Sight {
    return { own: [], outer: [...outer, ...own], bodies: [...bodies, body] };
  }

  #over(sight: Sight): Over {
    const options: [Over, ...Over[]] = [
      { over: { kind: "input", path: ["list"] }, isTyped: false, needsSuccess: false },
      { over: { kind: "input", path: ["a"] }, isTyped: false, needsSuccess: false },
      { over: { kind: "const", value: [7, "x"] }, isTyped: true, needsSuccess: false },
      { over: { kind: "array", items: [this.#expression(sight, 1)] }, isTyped: true, needsSuccess: false },
    ];
    for (const { name, isTyped, isMap } of sight.bodies) {
      const over = { kind: "item", of: name, path: ["list"] } as const;
      if (isMap && !isTyped) options.push({ over, isTyped, needsSuccess: false });
    }
    for (const step of sight.own) {
      const isTyped = step.kind === "map";
      if (!isTyped && !givesAnything(step)) continue;
      const path = isTyped ? [] : this.#tape.pick([["list"], []]);
      options.push({ over: { kind: "step", step: step.name, path }, isTyped, needsSuccess: true });
    }
    return this.#tape.pick(options);
  }

  #after({ own }: Sight): { readonly after: readonly string[] } {
    return { after: own.filter(() => this.#tape.chance(25)).map((step) => step.name) };
  }

  #trigger({ after }: { readonly after: readonly string[] }): { readonly trigger?: TriggerRule } {
    const trigger = this.#tape.pick([null, "allSuccess", "allDone", "noneFailed", "anySuccess"] as const);
    return trigger === null || (trigger === "anySuccess" && after.length === 0) ? {} : { trigger };
  }

  #when(sight: Sight): { readonly when?: Condition } {
    return this.#tape.chance(25) ? { when: this.#condition(sight, 2) } : {};
  }

  #condition(sight: Sight, depth: number): Condition {
    const op = this.#tape.pick(operators);
    switch (op) {
      case "exists":
        return { op, value: this.#reference(sight) };
      case "and":
      case "or":
        if (depth === 0) break;
        return { op, all: [this.#condition(sight, depth - 1), this.#condition(sight, depth - 1)] };
      case "not":
        if (depth === 0) break;
        return { op, condition: this.#condition(sight, depth - 1) };
      default:
        return { op, left: this.#reference(sight), right: this.#expression(sight, 1) };
    }
    return { op: "exists", value: this.#reference(sight) };
  }

  #expression(sight: Sight, depth: number): Expression {
    const kind = this.#tape.pick(["reference", "const", "object", "array"]);
    if (kind === "const") return { kind, value: this.#tape.pick(someValues) };
    if (kind === "reference" || depth === 0) return this.#reference(sight);
    const parts = [this.#expression(sight, depth - 1), this.#expression(sight, depth - 1)];
    if (kind === "array") return { kind, items: parts };
    return {
      kind: "object",
      fields: Object.fromEntries(parts.map((part, index) => [index === 0 ? "z" : "a", part])),
    };
  }

  /** Anything whose value the data decide. */
  #reference({ own, outer, bodies }: Sight): Expression {
    const options: [Expression, ...Expression[]] = [{ kind: "input", path: this.#tape.pick(somePaths) }];
    for (const step of [...own, ...own, ...outer]) {
      options.push(
        { kind: "step", step: step.name, path: this.#tape.pick(pathsInto(step)) },
        { kind: "settled", step: step.name },
        {
          kind: "settled",
          step: step.name,
          path: this.#tape.pick<Path>([["status"], ["error", "code"], ["output"]]),
        },
      );
    }
    for (const { name, isTyped } of bodies) {
      options.push({ kind: "item", of: name, path: isTyped ? [] : this.#tape.pick(somePaths) });
      options.push({ kind: "index", of: name });
    }
    return this.#tape.pick(options);
  }

  #retry(): RetryPolicy {
    return {
      maxAttempts: 1 + this.#tape.draw(2),
      initialDelayMs: this.#tape.pick([0, 10, 1_000]),
      factor: this.#tape.pick([1, 1.5, 10]),
      maxDelayMs: 2_000,
      jitter: this.#tape.pick([0, 0.5, 1]),
      ...(this.#tape.chance(20) ? { notOn: ["NO_DATA"] } : {}),
    };
  }

  #shuffled(steps: readonly StepDefinition[]): StepDefinition[] {
    const left = [...steps];
    const shuffled: StepDefinition[] = [];
    while (left.length > 0) shuffled.push(...left.splice(this.#tape.draw(left.length - 1), 1));
    return shuffled;
  }
}

function pathsInto(step: StepDefinition): readonly [Path, ...Path[]] {
  if (givesAnything(step)) return somePaths;
  return step.kind === "approve" ? [[], ["approved"], ["by"]] : [[]];
}

/** Of an output of an unknown type, any path can be read. */
function givesAnything({ kind }: StepDefinition): boolean {
  return kind === "call" || kind === "resolve" || kind === "run" || kind === "waitFor";
}

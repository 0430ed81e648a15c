/**
 * Random workflow definitions that compile: nested maps, edges of every kind, all trigger rules, conditions, retries.
 * Steps are handed out in an order in which they cannot always run, as authors may write them.
 */
import type {
  Condition,
  Expression,
  JsonValue,
  MapStep,
  Path,
  RetryPolicy,
  StepDefinition,
  TriggerRule,
  WorkflowDefinition,
} from "../workflow-definition.ts";
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

/** What can be referred to from a place. */
interface Sight {
  readonly own: readonly StepDefinition[];
  readonly outer: readonly StepDefinition[];
  /** The enclosing maps; of items of an unknown type any path can be read. */
  readonly maps: readonly { readonly name: string; readonly isTyped: boolean }[];
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
    const sight = { own: [], outer: [], maps: [] };
    const steps = this.#scope(sight, 1 + this.#tape.draw(5));
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
    const name = `s${this.#steps}`;
    const kinds = ["call", "resolve", "map"] as const;
    const kind =
      sight.maps.length < maxNesting ? this.#tape.pick(kinds) : this.#tape.pick(["call", "resolve"]);
    const base = { name, ...this.#after(sight), ...this.#when(sight) };
    if (kind === "map") return this.#map(base, sight);
    const input = this.#expression(sight, 2);
    const attempts = { ...base, ...this.#trigger(base), input, retry: this.#retry() };
    if (kind === "resolve") return { ...attempts, kind, policy: "pool" };
    return { ...attempts, kind, target: { kind: "agent", name: "someone" } };
  }

  #map(base: { readonly name: string; readonly after: readonly string[] }, sight: Sight): MapStep {
    const { over, isTyped, needsSuccess } = this.#over(sight);
    const inner = {
      own: [],
      outer: [...sight.outer, ...sight.own],
      maps: [...sight.maps, { name: base.name, isTyped }],
    };
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

  #over(sight: Sight): Over {
    const options: [Over, ...Over[]] = [
      { over: { kind: "input", path: ["list"] }, isTyped: false, needsSuccess: false },
      { over: { kind: "input", path: ["a"] }, isTyped: false, needsSuccess: false },
      { over: { kind: "const", value: [7, "x"] }, isTyped: true, needsSuccess: false },
      { over: { kind: "array", items: [this.#expression(sight, 1)] }, isTyped: true, needsSuccess: false },
    ];
    for (const { name, isTyped } of sight.maps) {
      const over = { kind: "item", of: name, path: ["list"] } as const;
      if (!isTyped) options.push({ over, isTyped, needsSuccess: false });
    }
    for (const step of sight.own) {
      const isTyped = step.kind === "map";
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
  #reference({ own, outer, maps }: Sight): Expression {
    const options: [Expression, ...Expression[]] = [{ kind: "input", path: this.#tape.pick(somePaths) }];
    for (const step of [...own, ...own, ...outer]) {
      const path = step.kind === "map" ? [] : this.#tape.pick(somePaths);
      options.push({ kind: "step", step: step.name, path }, { kind: "settled", step: step.name });
    }
    for (const { name, isTyped } of maps) {
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
    };
  }

  #shuffled(steps: readonly StepDefinition[]): StepDefinition[] {
    const left = [...steps];
    const shuffled: StepDefinition[] = [];
    while (left.length > 0) shuffled.push(...left.splice(this.#tape.draw(left.length - 1), 1));
    return shuffled;
  }
}

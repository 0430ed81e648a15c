/**
 * Random workflows that compile, of every kind of step, trigger rule, condition, retry and timeout that the engine has.
 * They stay small, since thousands of them are run.
 */
import type {
  Condition,
  Expression,
  MapStep,
  RetryPolicy,
  StepDefinition,
  TriggerRule,
  WorkflowDefinition,
} from "@mycroft/engine";
import { someAgents } from "./agents.ts";
import type { SeededRandom } from "./seeded-random.ts";

const maxNesting = 2;
const attemptTimeoutsMs = [2_000, 5_000, 30_000] as const;

/** What can be referred to from a place. */
interface Sight {
  readonly own: readonly StepDefinition[];
  readonly outer: readonly StepDefinition[];
  readonly maps: readonly string[];
}

export function randomWorkflow(random: SeededRandom, name: string): WorkflowDefinition {
  return new Author(random).write(name);
}

class Author {
  readonly #random: SeededRandom;
  #steps = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  write(name: string): WorkflowDefinition {
    const steps = this.#scope({ own: [], outer: [], maps: [] }, 1 + this.#random.below(7));
    const output = this.#expression({ own: steps, outer: [], maps: [] });
    // A tight one may end the run before its work does; a wide one is met by clocks that jump.
    const timeoutMs = this.#random.chance(0.25) ? { timeoutMs: this.#random.pick([20_000, 3_600_000]) } : {};
    return { name, input: {}, steps, output, ...timeoutMs };
  }

  #scope(around: Sight, count: number): readonly StepDefinition[] {
    const steps: StepDefinition[] = [];
    for (let left = count; left > 0; left -= 1) steps.push(this.#step({ ...around, own: [...steps] }));
    return steps;
  }

  #step(sight: Sight): StepDefinition {
    this.#steps += 1;
    const after = sight.own.filter(() => this.#random.chance(0.3)).map((step) => step.name);
    const when = this.#random.chance(0.2) ? { when: this.#condition(sight) } : {};
    const base = { name: `s${this.#steps}`, after, ...when };
    if (sight.maps.length < maxNesting && this.#random.chance(0.2)) return this.#map(base, sight);
    const work = {
      ...base,
      ...this.#trigger(after.length > 0),
      input: this.#expression(sight),
      retry: this.#retry(),
      timeoutMs: this.#random.pick(attemptTimeoutsMs),
    };
    if (this.#random.chance(0.25)) return { ...work, kind: "resolve", policy: this.#random.pick(someAgents) };
    return { ...work, kind: "call", target: { kind: "agent", name: this.#random.pick(someAgents) } };
  }

  #map(base: { readonly name: string; readonly after: readonly string[] }, sight: Sight): MapStep {
    const inner = {
      own: [],
      outer: [...sight.outer, ...sight.own],
      maps: [...sight.maps, base.name],
    };
    const steps = this.#scope(inner, 1 + this.#random.below(3));
    return {
      ...base,
      kind: "map",
      over: this.#list(sight),
      maxItems: 4,
      maxFailedItems: this.#random.below(4),
      steps,
      output: this.#expression({ ...inner, own: steps }),
    };
  }

  #list({ own, maps }: Sight): Expression {
    const options: [Expression, ...Expression[]] = [{ kind: "input", path: ["list"] }];
    for (const step of own) {
      options.push({ kind: "step", step: step.name, path: step.kind === "map" ? [] : ["list"] });
    }
    if (maps.length === 0) options.push({ kind: "const", value: [1, 2] });
    return this.#random.pick(options);
  }

  #trigger(hasNeeds: boolean): { readonly trigger?: TriggerRule } {
    const trigger = this.#random.pick([null, null, "allDone", "noneFailed", "anySuccess"] as const);
    return trigger === null || (trigger === "anySuccess" && !hasNeeds) ? {} : { trigger };
  }

  #condition(sight: Sight): Condition {
    const size = this.#reference(sight);
    const isLarge = { op: "gt", left: size, right: { kind: "const", value: 1 } } as const;
    const exists = { op: "exists", value: this.#reference(sight) } as const;
    return this.#random.pick<Condition>([
      exists,
      isLarge,
      { op: "not", condition: isLarge },
      { op: "or", all: [isLarge, exists] },
    ]);
  }

  #expression(sight: Sight): Expression {
    if (this.#random.chance(0.5)) return this.#reference(sight);
    return { kind: "array", items: [this.#reference(sight), this.#reference(sight)] };
  }

  /** Anything whose value the data decide. */
  #reference({ own, outer, maps }: Sight): Expression {
    const options: [Expression, ...Expression[]] = [{ kind: "input", path: ["size"] }];
    for (const step of [...own, ...own, ...outer]) {
      const path = step.kind === "map" ? [] : this.#random.pick([[], ["size"]] as const);
      options.push({ kind: "step", step: step.name, path }, { kind: "settled", step: step.name });
    }
    for (const map of maps) options.push({ kind: "item", of: map, path: [] }, { kind: "index", of: map });
    return this.#random.pick(options);
  }

  #retry(): RetryPolicy {
    return {
      maxAttempts: 1 + this.#random.below(3),
      initialDelayMs: this.#random.pick([0, 500, 5_000]),
      factor: 2,
      maxDelayMs: 20_000,
      jitter: this.#random.pick([0, 0.5]),
    };
  }
}

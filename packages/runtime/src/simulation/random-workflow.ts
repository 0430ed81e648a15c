/**
 * Random workflows that compile, of every kind of step, trigger rule, condition, retry and timeout that the engine has.
 * They stay small, since thousands of them are run.
 */
import type {
  CallStep,
  Condition,
  Expression,
  MapStep,
  RepeatStep,
  RetryPolicy,
  StepDefinition,
  TriggerRule,
  WorkflowDefinition,
} from "@mycroft/engine";
import { someAgents } from "./agents.ts";
import { randomWait } from "./random-waits.ts";
import type { SeededRandom } from "./seeded-random.ts";

const maxNesting = 2;
const attemptTimeoutsMs = [2_000, 5_000, 30_000] as const;
/** Far less than any timeout. */
const heartbeatTimeoutMs = 1_000;

/** What a workflow may use. */
export interface Palette {
  /** The names of the workflows that it may run as child runs. */
  readonly children: readonly string[];
  /** Pools beside the one that is always there. */
  readonly pools: readonly string[];
  /** Whether some of its steps wait: for people, signals, or time. */
  readonly waits: boolean;
  readonly repeats: boolean;
  readonly heartbeats: boolean;
  readonly mostSteps: number;
}

/** What can be referred to from a place. */
interface Sight {
  readonly own: readonly StepDefinition[];
  readonly outer: readonly StepDefinition[];
  /** The steps in whose bodies the place lies. */
  readonly bodies: readonly string[];
}

type Base = Pick<StepDefinition, "name"> & { readonly after: readonly string[]; readonly when?: Condition };

/** Stands where the hash of a child's plan belongs, which the definitions together decide: see `compilePlans`. */
const anyPlan = "0".repeat(64);

export function randomWorkflow(random: SeededRandom, name: string, palette: Palette): WorkflowDefinition {
  return new Author(random, palette).write(name);
}

class Author {
  readonly #random: SeededRandom;
  readonly #palette: Palette;
  #steps = 0;

  constructor(random: SeededRandom, palette: Palette) {
    this.#random = random;
    this.#palette = palette;
  }

  write(name: string): WorkflowDefinition {
    const steps = this.#scope(
      { own: [], outer: [], bodies: [] },
      1 + this.#random.below(this.#palette.mostSteps),
    );
    const output = this.#expression({ own: steps, outer: [], bodies: [] });
    // A tight one may end the run before its work does; a wide one is met by clocks that jump.
    const timeoutMs = this.#random.chance(0.2) ? { timeoutMs: this.#random.pick([20_000, 3_600_000]) } : {};
    const tags = this.#random.chance(0.3) ? { tags: [`about-${name}`] } : {};
    return { name, input: {}, steps, output, ...timeoutMs, ...tags };
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
    if (sight.bodies.length < maxNesting) {
      if (this.#random.chance(0.15)) return this.#map(base, sight);
      if (this.#palette.repeats && this.#random.chance(0.25)) return this.#repeat(base, sight);
    }
    if (this.#palette.waits && this.#random.chance(0.4)) {
      return { ...randomWait(this.#random, base, this.#place(sight)), ...this.#trigger(after.length > 0) };
    }
    const child = this.#palette.children[this.#random.below(this.#palette.children.length)];
    if (child !== undefined && this.#random.chance(0.4)) return this.#run(base, child, sight);
    return this.#work(base, sight);
  }

  #place(sight: Sight) {
    return { bodies: sight.bodies, expression: () => this.#expression(sight) };
  }

  #work(base: Base, sight: Sight): StepDefinition {
    const work = {
      ...base,
      ...this.#trigger(base.after.length > 0),
      input: this.#expression(sight),
      retry: this.#retry(),
      timeoutMs: this.#random.pick(attemptTimeoutsMs),
      ...this.#dispatch(),
    };
    if (this.#random.chance(0.25)) return { ...work, kind: "resolve", policy: this.#random.pick(someAgents) };
    return { ...work, kind: "call", target: { kind: "agent", name: this.#random.pick(someAgents) } };
  }

  #dispatch(): Pick<CallStep, "pool" | "priority" | "heartbeatTimeoutMs"> {
    const { pools, heartbeats } = this.#palette;
    const pool = pools[this.#random.below(pools.length)];
    return {
      ...(pool === undefined || this.#random.chance(0.3) ? {} : { pool }),
      ...(pool === undefined ? {} : { priority: this.#random.below(5) - 2 }),
      ...(heartbeats && this.#random.chance(0.5) ? { heartbeatTimeoutMs } : {}),
    };
  }

  #run(base: Base, workflow: string, sight: Sight): StepDefinition {
    const retry = { maxAttempts: 1 + this.#random.below(2), initialDelayMs: this.#random.pick([0, 5_000]) };
    return {
      ...base,
      ...this.#trigger(base.after.length > 0),
      kind: "run",
      workflow,
      plan: anyPlan,
      input: this.#expression(sight),
      retry: { ...this.#retry(), ...retry },
    };
  }

  #map(base: Base, sight: Sight): MapStep {
    return {
      ...base,
      kind: "map",
      over: this.#list(sight),
      maxItems: 4,
      maxFailedItems: this.#random.below(4),
      ...this.#body(base, sight).body,
    };
  }

  #repeat(base: Base, sight: Sight): RepeatStep {
    const { body, inner } = this.#body(base, sight);
    return {
      ...base,
      ...this.#trigger(base.after.length > 0),
      kind: "repeat",
      initial: this.#expression(sight),
      until: this.#condition(inner),
      maxRounds: 1 + this.#random.below(4),
      atMaxRounds: this.#random.pick(["succeed", "succeed", "fail"]),
      ...body,
    };
  }

  #body(base: Base, sight: Sight) {
    const place = {
      own: [],
      outer: [...sight.outer, ...sight.own],
      bodies: [...sight.bodies, base.name],
    };
    const steps = this.#scope(place, 1 + this.#random.below(3));
    const inner = { ...place, own: steps };
    return { inner, body: { steps, output: this.#expression(inner) } };
  }

  #list({ own, bodies }: Sight): Expression {
    const options: [Expression, ...Expression[]] = [{ kind: "input", path: ["list"] }];
    for (const step of own) {
      if (step.kind === "map") options.push({ kind: "step", step: step.name, path: [] });
      else if (givesAnything(step)) options.push({ kind: "step", step: step.name, path: ["list"] });
    }
    if (bodies.length === 0) options.push({ kind: "const", value: [1, 2] });
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
  #reference({ own, outer, bodies }: Sight): Expression {
    const options: [Expression, ...Expression[]] = [{ kind: "input", path: ["size"] }];
    for (const step of [...own, ...own, ...outer]) {
      const path = givesAnything(step) ? this.#random.pick([[], ["size"]] as const) : [];
      options.push({ kind: "step", step: step.name, path }, { kind: "settled", step: step.name });
    }
    for (const of of bodies) options.push({ kind: "item", of, path: [] }, { kind: "index", of });
    return this.#random.pick(options);
  }

  #retry(): RetryPolicy {
    const notOn = this.#random.chance(0.1) ? { notOn: [this.#random.pick(retriedCodes)] } : {};
    return {
      maxAttempts: 1 + this.#random.below(3),
      initialDelayMs: this.#random.pick([0, 500, 5_000]),
      factor: 2,
      maxDelayMs: 20_000,
      jitter: this.#random.pick([0, 0.5]),
      ...notOn,
    };
  }
}

const retriedCodes = ["TASK_FAILED", "ATTEMPT_TIMED_OUT"] as const;

/** Whether nothing is known of the type of its output, so that anything may be read of it. */
function givesAnything({ kind }: StepDefinition): boolean {
  return kind === "call" || kind === "resolve" || kind === "run" || kind === "waitFor";
}

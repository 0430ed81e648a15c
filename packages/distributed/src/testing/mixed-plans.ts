/**
 * Small workflows of many kinds, made so that what a run comes to follows from its id and input alone: not from time, nor from
 * who does what first, nor from how often processes and servers die meanwhile.
 */
import {
  type CallStep,
  compile,
  type Expression,
  type JsonValue,
  type Plan,
  type RetryPolicy,
  type StepDefinition,
  type WorkflowDefinition,
} from "@mycroft/engine";

/** The pool of few slots that some steps are in. */
export const narrowPool = "narrow";

/** What the functions do: `mixed-functions.ts`. */
export type MixedFunction = "work" | "shaky" | "slow" | "silent" | "added";

/** Deadlines that nothing is in time for; all others are far away. */
const soonMs = 12;

const retry: RetryPolicy = { maxAttempts: 6, initialDelayMs: 3, factor: 1, maxDelayMs: 3, jitter: 0.5 };

const constant = (value: JsonValue): Expression => ({ kind: "const", value });
const input: Expression = { kind: "input", path: [] };
const output = (step: string): Expression => ({ kind: "step", step, path: [] });
const item = (of: string): Expression => ({ kind: "item", of, path: [] });
const list = (...items: readonly Expression[]): Expression => ({ kind: "array", items });

function call(
  name: string,
  called: MixedFunction,
  given: Expression,
  more: Partial<CallStep> = {},
): StepDefinition {
  return { kind: "call", name, target: { kind: "function", name: called }, input: given, retry, ...more };
}

function run(name: string, { workflow, hash }: Plan, given: Expression): StepDefinition {
  return { kind: "run", name, workflow: workflow.name, plan: hash, input: given };
}

function plan(
  name: string,
  steps: readonly StepDefinition[],
  gives: Expression,
  more: Partial<WorkflowDefinition> = {},
): Plan {
  return compile({ name, input: {}, steps, output: gives, ...more });
}

const chain = plan(
  "chain",
  [
    call("one", "work", input),
    call("two", "work", output("one")),
    call("three", "shaky", output("two")),
    call("four", "work", output("three")),
  ],
  output("four"),
);

/** As somebody deploys it later: a step more, of a function that older workers have not. */
const chainOfNextVersion = plan(
  "chain",
  [
    call("one", "work", input),
    call("two", "work", output("one")),
    call("added", "added", output("two")),
    call("three", "shaky", output("added")),
  ],
  output("three"),
);

/** A step that is in a worker's hands for long enough that the worker can be ended meanwhile. */
const slow = plan(
  "slow",
  [
    call("before", "work", input),
    call("slow", "slow", output("before")),
    call("after", "work", output("slow")),
  ],
  output("after"),
);

const branches = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** One, eight, one. */
const fan = plan(
  "fan",
  [
    call("first", "work", input),
    ...branches.map((name) => call(name, "work", list(output("first"), constant(name)))),
    call("last", "work", list(...branches.map(output))),
  ],
  output("last"),
);

/** A map over a pool of few slots. */
const panel = plan(
  "panel",
  [
    {
      kind: "map",
      name: "items",
      over: input,
      maxItems: 10,
      steps: [
        call("left", "work", item("items"), { pool: narrowPool, priority: 2 }),
        call("right", "shaky", output("left")),
      ],
      output: output("right"),
    },
    call("last", "work", output("items")),
  ],
  output("last"),
);

/** Attempts that fail and are made again. */
const shaky = plan(
  "shaky",
  ["one", "two", "three"].map((name) => call(name, "shaky", list(input, constant(name)))),
  list(output("one"), output("two"), output("three")),
);

const leaf = plan(
  "leaf",
  [
    call("before", "shaky", input),
    { kind: "sleep", name: "nap", durationMs: constant(2), after: ["before"] },
    call("after", "work", output("before"), { after: ["nap"] }),
  ],
  output("after"),
);

const middle = plan(
  "middle",
  [call("first", "work", input), run("leaf", leaf, output("first"))],
  output("leaf"),
);

/** Child runs of child runs. */
const family = plan(
  "family",
  [
    call("first", "work", input),
    run("left", middle, output("first")),
    run("right", leaf, output("first")),
    call("last", "work", list(output("left"), output("right"))),
  ],
  output("last"),
);

/** Waits for two people, of whom one refuses. */
const asked = plan(
  "asked",
  [
    call("prepare", "work", input),
    { kind: "approve", name: "yes", input: output("prepare") },
    { kind: "approve", name: "no", input: output("prepare"), onReject: "continue" },
    call("last", "work", list(output("yes"), output("no"))),
  ],
  output("last"),
);

/** Waits for signals that come sooner or later, and for one that never comes. */
const told = plan(
  "told",
  [
    call("prepare", "work", input),
    { kind: "waitFor", name: "early", signal: "news" },
    { kind: "waitFor", name: "vote", signal: "vote", key: constant("a"), after: ["prepare"] },
    { kind: "waitFor", name: "missed", signal: "never", timeoutMs: soonMs, default: constant("nobody") },
    call("last", "work", list(output("early"), output("vote"), output("missed"))),
  ],
  output("last"),
);

const sleepy = plan(
  "sleepy",
  [
    { kind: "sleep", name: "nap", durationMs: constant(soonMs) },
    call("work", "shaky", input, { after: ["nap"] }),
    { kind: "sleep", name: "again", durationMs: constant(3 * soonMs), after: ["work"] },
    call("last", "work", output("work"), { after: ["again"] }),
  ],
  output("last"),
);

/** Is cancelled from outside, with an attempt in flight, and below it a child run with another one. */
const stuck = plan(
  "stuck",
  [call("before", "work", input), call("silent", "silent", output("before"))],
  output("silent"),
);
const stopped = plan(
  "stopped",
  [
    call("before", "work", input),
    run("child", stuck, output("before")),
    call("silent", "silent", output("before")),
    call("after", "work", output("silent")),
  ],
  output("after"),
);

/** All that runs of a workflow need: its own plan first, then those of its child runs. */
export const plansOf = {
  chain: [chain],
  slow: [slow],
  fan: [fan],
  panel: [panel],
  shaky: [shaky],
  family: [family, middle, leaf],
  asked: [asked],
  told: [told],
  sleepy: [sleepy],
  stopped: [stopped, stuck],
} as const satisfies Readonly<Record<string, readonly [Plan, ...Plan[]]>>;

export type MixedWorkflow = keyof typeof plansOf;

/** Takes the place of `plansOf.chain` with the next version. */
export const nextChain: Plan = chainOfNextVersion;

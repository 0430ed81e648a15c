/**
 * Workflows of every kind of step, small, and made so that what a run of them comes to depends on nothing but its id
 * and input: not on time, nor on what is done first, nor on how often a process dies meanwhile.
 */
import {
  type CallStep,
  compile,
  type Expression,
  type JsonValue,
  type PathSegment,
  type Plan,
  type RetryPolicy,
  type StepDefinition,
  type WorkflowDefinition,
} from "@mycroft/engine";

/** The pool of few slots that some steps are in, and the agent that may not be called often. */
export const narrowPool = "narrow";
export const limitedAgent = "limited";

/** Deadlines and timeouts that are always met; all others are far away. */
const soonMs = 12;
const dayMs = 86_400_000;

const retry: RetryPolicy = { maxAttempts: 6, initialDelayMs: 3, factor: 1, maxDelayMs: 3, jitter: 0.5 };
const twice: RetryPolicy = { ...retry, maxAttempts: 2 };

const constant = (value: JsonValue): Expression => ({ kind: "const", value });
const input = (...path: readonly PathSegment[]): Expression => ({ kind: "input", path });
const output = (step: string, ...path: readonly PathSegment[]): Expression => ({ kind: "step", step, path });
const settled = (step: string): Expression => ({ kind: "settled", step });
const item = (of: string): Expression => ({ kind: "item", of, path: [] });
const list = (...items: readonly Expression[]): Expression => ({ kind: "array", items });

/** What the functions do: `mixed-gateway.ts`. */
type FunctionName = "work" | "risky" | "coin" | "large" | "argue" | "silent" | "halt" | "drop" | "fragile";

function call(
  name: string,
  called: FunctionName,
  given: Expression,
  more: Partial<CallStep> = {},
): StepDefinition {
  return { kind: "call", name, target: { kind: "function", name: called }, input: given, retry, ...more };
}

function run(name: string, plan: Plan, given: Expression): StepDefinition {
  return { kind: "run", name, workflow: plan.workflow.name, plan: plan.hash, input: given };
}

function plan(
  name: string,
  steps: readonly StepDefinition[],
  gives: Expression,
  more: Partial<WorkflowDefinition> = {},
): Plan {
  return compile({ name, input: {}, steps, output: gives, ...more });
}

/** A fan-out, items that fail, a pool, priorities, an agent that is limited in its rate, a policy, a large output. */
const panel = plan(
  "panel",
  [
    call("first", "work", input()),
    {
      kind: "map",
      name: "items",
      over: input(),
      maxItems: 100,
      maxFailedItems: 100,
      steps: [
        call("left", "risky", item("items"), { after: ["first"], pool: narrowPool, priority: 2 }),
        call("right", "risky", output("left")),
      ],
      output: output("right"),
    },
    {
      kind: "call",
      name: "expert",
      target: { kind: "agent", name: limitedAgent },
      input: output("first"),
      retry,
      pool: narrowPool,
    },
    {
      kind: "resolve",
      name: "verdict",
      policy: "pool",
      input: list(output("items"), output("expert")),
      retry,
    },
    call("last", "large", output("verdict")),
  ],
  output("last"),
  { tags: ["wide"] },
);

/** Rounds, and a question that is asked twice, of which the second answer may be the first one. */
const debate = plan(
  "debate",
  [
    call("opening", "work", input()),
    {
      kind: "repeat",
      name: "rounds",
      after: ["opening"],
      initial: input("rounds"),
      until: { op: "le", left: output("argue", "value"), right: constant(0) },
      maxRounds: 10,
      steps: [call("argue", "argue", item("rounds")), call("echo", "work", output("argue"))],
      output: output("argue", "value"),
    },
    call("asked", "large", constant("the same"), { after: ["rounds"], cacheTtlMs: dayMs }),
    call("asked-again", "large", constant("the same"), { after: ["asked"], cacheTtlMs: dayMs }),
  ],
  list(output("rounds"), output("asked-again")),
);

const leaf = plan(
  "leaf",
  [
    call("before", "work", input()),
    { kind: "waitFor", name: "nudge", signal: "nudge", after: ["before"] },
    call("after", "large", output("nudge")),
  ],
  output("after"),
);

const middle = plan(
  "middle",
  [
    call("chance", "coin", input()),
    run("leaf", leaf, output("chance")),
    { kind: "approve", name: "consent", input: output("leaf"), after: ["leaf"] },
  ],
  list(output("leaf"), output("consent")),
);

/** Child runs of child runs. Some children fail, and are tried again as other children. */
const family = plan(
  "family",
  [
    call("first", "work", input()),
    { ...run("child", middle, output("first")), retry: { ...retry, maxAttempts: 3 } } as StepDefinition,
    call("last", "work", settled("child"), { trigger: "allDone" }),
  ],
  output("last"),
);

/** Waits for people and signals: answered, and come to their deadline. */
const people = plan(
  "people",
  [
    call("prepare", "work", input()),
    { kind: "waitFor", name: "early", signal: "early", after: ["prepare"] },
    {
      kind: "map",
      name: "votes",
      over: constant(["a", "b"]),
      maxItems: 2,
      steps: [{ kind: "waitFor", name: "vote", signal: "vote", key: item("votes") }],
      output: output("vote"),
    },
    { kind: "waitFor", name: "tick", signal: "tick" },
    { kind: "waitFor", name: "tock", signal: "tick", after: ["tick"] },
    { kind: "approve", name: "yes", input: output("prepare") },
    { kind: "approve", name: "no", input: output("prepare"), onReject: "continue" },
    { kind: "approve", name: "late", input: constant(null), timeoutMs: soonMs, default: "approve" },
    { kind: "waitFor", name: "quiet", signal: "never", timeoutMs: soonMs, default: constant("nobody") },
    { kind: "waitFor", name: "missed", signal: "never", key: constant(1), timeoutMs: soonMs },
    call("last", "work", list(output("early"), output("votes"), output("tock"), settled("missed")), {
      after: ["yes", "no", "late", "quiet", "tick"],
      trigger: "allDone",
    }),
  ],
  list(output("last"), output("no"), output("late"), output("quiet")),
);

/** Sleeps, retries, attempts that never answer or fall silent, what is skipped, failures that others live with. */
const sleepy = plan(
  "sleepy",
  [
    { kind: "sleep", name: "nap", durationMs: constant(soonMs) },
    { kind: "sleep", name: "past", until: constant("2010-01-04T09:00:00Z") },
    call("silent", "silent", constant(null), { timeoutMs: soonMs, retry: twice, after: ["nap"] }),
    call("mute", "silent", constant(null), { heartbeatTimeoutMs: soonMs, retry: twice, after: ["past"] }),
    call("hopeless", "risky", settled("silent"), {
      retry: { ...retry, notOn: ["TASK_FAILED"] },
      trigger: "allDone",
    }),
    call("skipped", "work", constant(null), {
      when: { op: "exists", value: output("hopeless", "absent") },
      after: ["nap"],
    }),
    call("last", "work", list(settled("silent"), settled("mute"), settled("hopeless"), settled("skipped")), {
      trigger: "allDone",
    }),
  ],
  output("last"),
);

const stuck = plan(
  "stuck",
  [
    call("before", "work", input()),
    call("halt", "halt", output("before")),
    call("after", "work", output("halt")),
  ],
  output("after"),
);
const stoppable = plan(
  "stoppable",
  [call("before", "work", input()), run("stuck", stuck, output("before"))],
  output("stuck"),
);
/** Is cancelled, with its child runs, from within. */
const stopped = plan(
  "stopped",
  [call("before", "work", input()), run("child", stoppable, output("before"))],
  output("child"),
);

/** One of its tasks is cancelled. */
const dropped = plan(
  "dropped",
  [
    call("before", "work", input()),
    call("drop", "drop", output("before")),
    call("after", "work", settled("drop"), { trigger: "allDone" }),
  ],
  output("after"),
);

/** Fails, unless it is a retry. */
const failing = plan(
  "failing",
  [
    call("sound", "large", input()),
    call("fragile", "fragile", output("sound")),
    call("last", "work", output("fragile")),
  ],
  output("last"),
);

/** Runs out of time. */
const hasty = plan(
  "hasty",
  [{ kind: "waitFor", name: "never", signal: "never" }, call("last", "work", output("never"))],
  output("last"),
  { timeoutMs: soonMs },
);

/** What schedules and backfills run. */
const daily = plan(
  "daily",
  [
    call("first", "work", input()),
    { kind: "sleep", name: "nap", durationMs: constant(1), after: ["first"] },
    call("last", "work", output("first"), { after: ["nap"] }),
  ],
  output("last"),
);

/** All that runs of a workflow need: its own plan first, then those of its child runs. */
export const plansOf = {
  panel: [panel],
  debate: [debate],
  family: [family, middle, leaf],
  people: [people],
  sleepy: [sleepy],
  stopped: [stopped, stoppable, stuck],
  dropped: [dropped],
  failing: [failing],
  hasty: [hasty],
  daily: [daily],
} as const satisfies Readonly<Record<string, readonly [Plan, ...Plan[]]>>;

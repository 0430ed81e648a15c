/**
 * A workflow as its author states it: steps that refer to each other by name. This is what `compile` checks
 * and turns into a plan. It is plain JSON, whoever wrote it: the SDK's builder, a file, or a person.
 */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** The subset of JSON Schema (2020-12) that type checking between steps understands; the rest is carried along. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** A step into a value: a property name or a list index. */
export type PathSegment = string | number;
export type Path = readonly PathSegment[];

/**
 * Where a step's input comes from. References carry data and order: a step needs every step it refers to. A value
 * that is not there (an absent property, the output of a step that was skipped or failed) is left out of an
 * object and is null anywhere else.
 */
export type Expression =
  | { readonly kind: "const"; readonly value: JsonValue }
  | { readonly kind: "input"; readonly path: Path }
  /**
   * What the enclosing step named `of` is working on: a map's item and its index; what the round before gave in a
   * repeat, and the round's number from 0.
   */
  | { readonly kind: "item"; readonly of: string; readonly path: Path }
  | { readonly kind: "index"; readonly of: string }
  /** A step's output. */
  | { readonly kind: "step"; readonly step: string; readonly path: Path }
  /** How a step settled, as data: see `SettledValue`; without a path, all of it. */
  | { readonly kind: "settled"; readonly step: string; readonly path?: Path }
  | { readonly kind: "object"; readonly fields: Readonly<Record<string, Expression>> }
  | { readonly kind: "array"; readonly items: readonly Expression[] };

/** What a `settled` expression gives. */
export type SettledValue =
  | { readonly status: "succeeded"; readonly output: JsonValue }
  | { readonly status: "failed"; readonly error: TaskError }
  | { readonly status: "skipped"; readonly reason: string };

/** A failure as the record carries it. `code` comes from the error table, or from the agent. */
export interface TaskError {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly details?: { readonly [key: string]: JsonValue };
}

export type ComparisonOperator = "eq" | "ne" | "lt" | "le" | "gt" | "ge";

/** A condition is data, so that it can be seen before it runs and evaluated alike everywhere. */
export type Condition =
  | { readonly op: ComparisonOperator; readonly left: Expression; readonly right: Expression }
  | { readonly op: "in"; readonly left: Expression; readonly right: Expression }
  | { readonly op: "exists"; readonly value: Expression }
  | { readonly op: "and" | "or"; readonly all: readonly Condition[] }
  | { readonly op: "not"; readonly condition: Condition };

/** When a step may run, given how the steps that it needs have settled (E2). */
export type TriggerRule = "allSuccess" | "allDone" | "anySuccess" | "noneFailed";

/** Exponential backoff (E3): attempt n+1 starts `min(maxDelayMs, initialDelayMs * factor^(n-1))` after attempt n failed, less jitter. */
export interface RetryPolicy {
  /** Attempts in all, the first included: 1 to 100. */
  readonly maxAttempts: number;
  readonly initialDelayMs: number;
  readonly factor: number;
  readonly maxDelayMs: number;
  /** The share of the delay that jitter may take away: 0 (none) to 1. */
  readonly jitter: number;
  /** Codes of errors after which there is no other attempt, whatever the error says of itself. */
  readonly notOn?: readonly string[];
}

interface StepBase {
  /** Unique in the workflow; letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  /** Steps to wait for without taking data from them. */
  readonly after?: readonly string[];
  readonly trigger?: TriggerRule;
  readonly when?: Condition;
  /** Words to find steps by. They change nothing. */
  readonly tags?: readonly string[];
}

interface AttemptSettings {
  readonly retry?: RetryPolicy;
  /** The longest that one attempt may take (E4). */
  readonly timeoutMs?: number;
  /** The longest that an attempt may go without a heartbeat; without it, none is asked for. */
  readonly heartbeatTimeoutMs?: number;
  /** The pool whose slots the attempts take; `default` unless given. */
  readonly pool?: string;
  /** Higher is sooner: -100 to 100; 0 unless given. */
  readonly priority?: number;
  /** For how long an output may stand in for that of an equal request; not at all unless given. */
  readonly cacheTtlMs?: number;
}

/** What a call step calls: an agent (asked for its opinion) or a function. */
export type CallTarget = { readonly kind: "agent" | "function"; readonly name: string };

export interface CallStep extends StepBase, AttemptSettings {
  readonly kind: "call";
  readonly target: CallTarget;
  readonly input: Expression;
  readonly inputSchema?: JsonSchema;
  readonly outputSchema?: JsonSchema;
}

/** Resolves opinions into one by a named policy. Runs by default however its needs settled (`allDone`). */
export interface ResolveStep extends StepBase, AttemptSettings {
  readonly kind: "resolve";
  readonly policy: string;
  readonly input: Expression;
  readonly inputSchema?: JsonSchema;
  readonly outputSchema?: JsonSchema;
}

/** Runs its body once for each item of a list (E5). Gives the list of the bodies' outputs, in order. */
export interface MapStep extends StepBase {
  readonly kind: "map";
  readonly over: Expression;
  /** More items than this are an error, not a surprise: 1 to 100,000. */
  readonly maxItems: number;
  /** How many items may fail; their output is null. */
  readonly maxFailedItems?: number;
  readonly steps: readonly StepDefinition[];
  readonly output: Expression;
}

/**
 * Runs its body in rounds, one after the other, until a condition holds or there were `maxRounds` (E6). Each round sees
 * what the round before gave (`initial`, in the first). Gives what the last round gave.
 */
export interface RepeatStep extends StepBase {
  readonly kind: "repeat";
  readonly initial: Expression;
  /** Looked at after each round, in its scope. */
  readonly until: Condition;
  /** 1 to 1,000. */
  readonly maxRounds: number;
  /** What it means when the condition does not hold after the last round: `succeed` unless given. */
  readonly atMaxRounds?: "succeed" | "fail";
  readonly steps: readonly StepDefinition[];
  readonly output: Expression;
}

/** Runs another workflow as a run of its own, pinned to its plan (E7). Gives that run's output. */
export interface ChildRunStep extends StepBase {
  readonly kind: "run";
  readonly workflow: string;
  /** The hash of the child's plan. */
  readonly plan: string;
  readonly input: Expression;
  readonly inputSchema?: JsonSchema;
  readonly outputSchema?: JsonSchema;
  /** One attempt unless given. Each is a run of its own. */
  readonly retry?: RetryPolicy;
}

export type Verdict = "approve" | "reject";

/** Waits for a person's verdict (E8). Gives `{ approved, by, comment }`; `by` is null when its deadline decided. */
export interface ApproveStep extends StepBase {
  readonly kind: "approve";
  /** What the person is shown. */
  readonly input: Expression;
  /** How long it waits; for ever unless given. */
  readonly timeoutMs?: number;
  /** The verdict when the time is over, `reject` unless given; not without `timeoutMs`. */
  readonly default?: Verdict;
  /** Whether a rejection fails the step (with APPROVAL_REJECTED) or is its output: `fail` unless given. */
  readonly onReject?: "fail" | "continue";
}

/** Waits for a named signal (E9), also one that came before. Gives the signal's payload. */
export interface WaitForStep extends StepBase {
  readonly kind: "waitFor";
  readonly signal: string;
  /** Text or a number (else the step fails): only a signal with this key is taken; without it, only one without a key. */
  readonly key?: Expression;
  readonly outputSchema?: JsonSchema;
  /** How long it waits; for ever unless given. */
  readonly timeoutMs?: number;
  /** What it gives when the time is over; without it, the step then fails with SIGNAL_TIMED_OUT. Not without `timeoutMs`. */
  readonly default?: Expression;
}

/** Waits for a time, as a duration in milliseconds or as a moment: an ISO 8601 date and time with its offset. Gives null. */
export interface SleepStep extends StepBase {
  readonly kind: "sleep";
  readonly durationMs?: Expression;
  readonly until?: Expression;
}

export type StepDefinition =
  | CallStep
  | ResolveStep
  | MapStep
  | RepeatStep
  | ChildRunStep
  | ApproveStep
  | WaitForStep
  | SleepStep;

export interface WorkflowDefinition {
  readonly name: string;
  readonly input: JsonSchema;
  readonly steps: readonly StepDefinition[];
  readonly output: Expression;
  /** The longest that a whole run may take (E4). */
  readonly timeoutMs?: number;
  /** Words that every run of it is found by. */
  readonly tags?: readonly string[];
}

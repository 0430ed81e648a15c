/** Steps that wait: for a person's verdict (E8), for a signal (E9), and for a time. */
import type { ApproveStep, SleepStep, Verdict, WaitForStep } from "@mycroft/engine";
import { z } from "zod";
import { stepError } from "./assembly.ts";
import { toJsonSchema } from "./json-schema.ts";
import { type Owner, refStateOf } from "./ref.ts";
import { checkOptionNames, defineStepBase, type StepOptions, stepOptionNames } from "./step-options.ts";
import { type Template, toExpression } from "./template.ts";

/** What an `approve` gives. */
export interface Approval {
  readonly approved: boolean;
  /** Who decided; null when the deadline did. */
  readonly by: string | null;
  readonly comment: string | null;
}

export interface ApproveOptions extends StepOptions {
  /** How long it waits; for ever unless given. */
  readonly timeoutMs?: number;
  /** The verdict when the time is over, `reject` unless given; not without `timeoutMs`. */
  readonly default?: Verdict;
  /** Whether a rejection fails the step (with APPROVAL_REJECTED) or is its output: `fail` unless given. */
  readonly onReject?: "fail" | "continue";
}

export interface WaitForOptions<Payload> extends StepOptions {
  readonly signal: string;
  /** Of the payload. A signal is taken as it is sent: fields with a default must be in it. */
  readonly schema: z.ZodType<Payload>;
  /** Only a signal with this key is taken; unless given, only one without a key. */
  readonly key?: Template<string | number>;
  /** How long it waits; for ever unless given. */
  readonly timeoutMs?: number;
  /** What it gives when the time is over; unless given, it then fails with SIGNAL_TIMED_OUT. Not without `timeoutMs`. */
  readonly default?: Template<NoInfer<Payload>>;
}

/** How long, in milliseconds up to 366 days; or until when: an ISO 8601 date and time with its offset. */
export type SleepTime =
  | { readonly durationMs: Template<number>; readonly until?: never }
  | { readonly until: Template<string>; readonly durationMs?: never };

const approveOptionNames = [...stepOptionNames, "timeoutMs", "default", "onReject"] as const;
const waitForOptionNames = [...stepOptionNames, "signal", "schema", "key", "timeoutMs", "default"] as const;

/** @throws {MycroftError} PLAN_INVALID: an option that does not exist. */
export function defineApprove(
  name: string,
  shown: unknown,
  options: ApproveOptions,
  owner: Owner,
): ApproveStep {
  checkOptionNames(options, approveOptionNames, name, owner);
  const { timeoutMs, default: verdict, onReject } = options;
  return {
    ...defineStepBase(name, options, owner),
    kind: "approve",
    input: toExpression(shown, { owner, step: name, field: "input" }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(verdict === undefined ? {} : { default: verdict }),
    ...(onReject === undefined ? {} : { onReject }),
  };
}

/** @throws {MycroftError} PLAN_INVALID: an option that does not exist, no signal, or a schema that is none. */
export function defineWaitFor<Payload>(
  name: string,
  options: WaitForOptions<Payload>,
  owner: Owner,
): WaitForStep {
  checkOptionNames(options, waitForOptionNames, name, owner);
  const { signal, schema, key, timeoutMs, default: fallback } = options ?? {};
  if (!(schema instanceof z.ZodType)) {
    throw stepError(name, "needs a zod schema of the signal's payload: { signal, schema }", owner);
  }
  return {
    ...defineStepBase(name, options, owner),
    kind: "waitFor",
    signal,
    outputSchema: toJsonSchema(schema, "output", `the payload of signal "${signal}"`),
    ...expressionOf(key, "key", name, owner),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...expressionOf(fallback, "default", name, owner),
  };
}

/** @throws {MycroftError} PLAN_INVALID when it is no time, or in other units. */
export function defineSleep(name: string, time: SleepTime, options: StepOptions, owner: Owner): SleepStep {
  checkOptionNames(options, stepOptionNames, name, owner);
  if (typeof time !== "object" || time === null || refStateOf(time) !== undefined)
    throw stepError(name, "needs a time: { durationMs } or { until }", owner);
  checkOptionNames(time, ["durationMs", "until"], name, owner);
  return {
    ...defineStepBase(name, options, owner),
    kind: "sleep",
    ...expressionOf(time.durationMs, "durationMs", name, owner),
    ...expressionOf(time.until, "until", name, owner),
  };
}

/** A field that may be left out. */
function expressionOf(value: unknown, field: string, step: string, owner: Owner) {
  return value === undefined ? {} : { [field]: toExpression(value, { owner, step, field }) };
}

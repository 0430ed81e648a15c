/** What the steps of a graph do, as data and in words. */
import type { StepDefinition, Verdict } from "@mycroft/engine";
import { durationText } from "../text/time-text.ts";
import type { ExpressionText } from "./expression-text.ts";

/** What a step does that has no body. Texts are expressions of the plan as people read them. */
export type PlainWork =
  | { readonly kind: "ask"; readonly agents: readonly string[] }
  | { readonly kind: "call"; readonly target: string }
  | { readonly kind: "resolve"; readonly policy: string }
  | { readonly kind: "run"; readonly workflow: string; readonly planHash: string }
  | {
      readonly kind: "approve";
      /** Null when it waits for ever. */
      readonly timeoutMs: number | null;
      readonly default: Verdict;
      readonly onReject: "fail" | "continue";
    }
  | {
      readonly kind: "waitFor";
      readonly signal: string;
      readonly key: string | null;
      readonly timeoutMs: number | null;
      /** Null when it fails. */
      readonly default: string | null;
    }
  | { readonly kind: "sleep"; readonly duration: string | null; readonly until: string | null };

/** What a step does that has a body, without the body. */
export type BodyWork =
  | {
      readonly kind: "map";
      readonly over: string;
      readonly maxItems: number;
      readonly maxFailedItems: number;
    }
  | {
      readonly kind: "repeat";
      readonly initial: string;
      readonly until: string;
      readonly maxRounds: number;
      readonly atMaxRounds: "succeed" | "fail";
    };

type StepOf<Kind extends StepDefinition["kind"]> = Extract<StepDefinition, { readonly kind: Kind }>;

/** @param askings the steps of one `ask`, when the step is one of them. */
export function plainWork(
  step: Exclude<StepDefinition, StepOf<"map" | "repeat">>,
  askings: readonly StepDefinition[],
  text: ExpressionText,
): PlainWork {
  switch (step.kind) {
    case "call":
      if (step.target.kind === "function") return { kind: "call", target: step.target.name };
      return {
        kind: "ask",
        agents: askings.flatMap((one) => (one.kind === "call" ? [one.target.name] : [])),
      };
    case "resolve":
      return { kind: "resolve", policy: step.policy };
    case "run":
      return { kind: "run", workflow: step.workflow, planHash: step.plan };
    case "approve": {
      const { timeoutMs = null, default: verdict = "reject", onReject = "fail" } = step;
      return { kind: "approve", timeoutMs, default: verdict, onReject };
    }
    case "waitFor": {
      const { signal, key, timeoutMs = null, default: fallback } = step;
      const textOf = (expression: typeof key) => (expression === undefined ? null : text.of(expression));
      return { kind: "waitFor", signal, key: textOf(key), timeoutMs, default: textOf(fallback) };
    }
    case "sleep": {
      const { durationMs, until } = step;
      const isKnown = durationMs?.kind === "const" && typeof durationMs.value === "number";
      const duration = durationMs === undefined ? null : `${text.of(durationMs)} ms`;
      return {
        kind: "sleep",
        duration: isKnown ? durationText(Number(durationMs.value)) : duration,
        until: until === undefined ? null : text.of(until),
      };
    }
  }
}

export function bodyWork(step: StepOf<"map" | "repeat">, text: ExpressionText): BodyWork {
  if (step.kind === "map") {
    const { over, maxItems, maxFailedItems = 0 } = step;
    return { kind: "map", over: text.of(over), maxItems, maxFailedItems };
  }
  const { initial, until, maxRounds, atMaxRounds = "succeed" } = step;
  return {
    kind: "repeat",
    initial: text.of(initial),
    until: text.ofCondition(until),
    maxRounds,
    atMaxRounds,
  };
}

const hashDigits = 12;
const verdictTexts: Readonly<Record<Verdict, string>> = { approve: "approved", reject: "rejected" };

/** What a step does, in a few words. */
export function workText(work: PlainWork | BodyWork): string {
  switch (work.kind) {
    case "ask":
      return `ask ${work.agents.join(", ")}`;
    case "call":
      return `call ${work.target}`;
    case "resolve":
      return `resolve with ${work.policy}`;
    case "map": {
      const failures = work.maxFailedItems === 0 ? "" : `, up to ${work.maxFailedItems} may fail`;
      return `for each of ${work.over} (at most ${work.maxItems.toLocaleString("en")}${failures})`;
    }
    case "repeat": {
      const atEnd = work.atMaxRounds === "fail" ? ", then it fails" : "";
      const limit = `(at most ${work.maxRounds.toLocaleString("en")}${atEnd})`;
      return `in rounds from ${work.initial} until ${work.until} ${limit}`;
    }
    case "run":
      return `run the workflow ${work.workflow} (plan ${work.planHash.slice(0, hashDigits)})`;
    case "approve":
      return `wait for a person's verdict${deadlineText(work.timeoutMs, verdictTexts[work.default])}`;
    case "waitFor": {
      const key = work.key === null ? "" : ` with the key ${work.key}`;
      const otherwise = work.default === null ? "it fails" : work.default;
      return `wait for the signal ${work.signal}${key}${deadlineText(work.timeoutMs, otherwise)}`;
    }
    case "sleep":
      return work.until === null ? `sleep for ${work.duration}` : `sleep until ${work.until}`;
  }
}

function deadlineText(timeoutMs: number | null, then: string): string {
  return timeoutMs === null ? "" : ` (at most ${durationText(timeoutMs)}, then ${then})`;
}

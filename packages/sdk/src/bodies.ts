/** Steps that have bodies: `map` (E5) runs its body once for each item of a list, `repeat` (E6) in rounds. */
import { type MapStep, planLimits, type RepeatStep, type StepDefinition } from "@mycroft/engine";
import { stepError } from "./assembly.ts";
import { type Condition, defineCondition } from "./condition.ts";
import { makeRef, type Owner, type Ref, refStateOf } from "./ref.ts";
import type { MapBuilder, RepeatBuilder, StepBuilder } from "./step-builder.ts";
import {
  checkOptionNames,
  defineStepBase,
  type MapOptions,
  mapOptionNames,
  type RepeatOptions,
  repeatOptionNames,
} from "./step-options.ts";
import { type AnyTemplate, toExpression } from "./template.ts";

/** A scope and the builder that fills it. */
export interface OpenScope {
  readonly steps: readonly StepDefinition[];
  readonly builder: StepBuilder;
}

export function defineMap<Item>(
  name: string,
  over: unknown,
  body: (m: MapBuilder<Item>) => AnyTemplate,
  options: MapOptions,
  owner: Owner,
  openBody: () => OpenScope,
): MapStep {
  checkOptionNames(options, mapOptionNames, name, owner);
  if (typeof body !== "function") throw stepError(name, "needs a body: (m) => ...", owner);
  const { steps, builder } = openBody();
  const item = makeRef<Ref<Item>>({ owner, expression: { kind: "item", of: name, path: [] } });
  const returned = body({ ...builder, item, index: indexOf(name, owner) });
  const { maxItems = planLimits.mapItems, maxFailedItems } = options;
  return {
    ...defineStepBase(name, options, owner),
    kind: "map",
    over: toExpression(over, { owner, step: name, field: "over" }),
    maxItems,
    ...(maxFailedItems === undefined ? {} : { maxFailedItems }),
    steps,
    output: toExpression(returned, { owner, step: name, field: "output" }),
  };
}

/** What the body of a `repeat` returns, whatever is carried from round to round. */
interface AnyRound {
  readonly output: unknown;
  readonly until: Condition;
}

export function defineRepeat<Carried>(
  name: string,
  initial: unknown,
  body: (r: RepeatBuilder<Carried>) => AnyRound,
  options: RepeatOptions,
  owner: Owner,
  openBody: () => OpenScope,
): RepeatStep {
  checkOptionNames(options, repeatOptionNames, name, owner);
  if (typeof body !== "function") throw stepError(name, "needs a body: (r) => ({ output, until })", owner);
  const { steps, builder } = openBody();
  const previous = makeRef<Ref<Carried>>({ owner, expression: { kind: "item", of: name, path: [] } });
  const { output, until } = readRound(
    body({ ...builder, previous, round: indexOf(name, owner) }),
    name,
    owner,
  );
  // Where there are none, the engine says which one is missing.
  const { maxRounds, atMaxRounds, ...base } = options ?? {};
  return {
    ...defineStepBase(name, base, owner),
    kind: "repeat",
    initial: toExpression(initial, { owner, step: name, field: "initial" }),
    until: defineCondition(until, (operand) => toExpression(operand, { owner, step: name, field: "until" })),
    maxRounds,
    ...(atMaxRounds === undefined ? {} : { atMaxRounds }),
    steps,
    output: toExpression(output, { owner, step: name, field: "output" }),
  };
}

function readRound(returned: unknown, step: string, owner: Owner): AnyRound {
  const isPlain = typeof returned === "object" && returned !== null && refStateOf(returned) === undefined;
  if (isPlain && "output" in returned && "until" in returned) return returned as AnyRound;
  const hint = returned instanceof Promise ? " (do not write async here)" : "";
  throw stepError(step, `needs a body that returns { output, until }${hint}`, owner);
}

/** The number of the item or round. */
function indexOf(step: string, owner: Owner): Ref<number> {
  return makeRef<Ref<number>>({ owner, expression: { kind: "index", of: step } });
}

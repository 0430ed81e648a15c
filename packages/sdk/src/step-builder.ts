/**
 * The hands with which an author places steps: each method adds a step to one scope (a workflow or a map's body) and
 * returns a typed reference to what the step will give. Another kind of step is another method here.
 */
import { type MapStep, planLimits, type StepDefinition } from "@mycroft/engine";
import type { Policy, Resolution } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import { entityName } from "@mycroft/protocol";
import type { AgentDefinition, FunctionDefinition } from "./agent.ts";
import { toJsonSchema } from "./json-schema.ts";
import {
  defineAsk,
  defineResolve,
  type Opinions,
  type RequestTemplate,
  type ResolveOptions,
} from "./opinions.ts";
import { makeRef, type Owner, type Ref, type RefTo, type Step } from "./ref.ts";
import {
  type AttemptOptions,
  attemptOptionNames,
  checkOptionNames,
  defineAttemptBase,
  defineStepBase,
  mapOptionNames,
  type StepOptions,
} from "./step-options.ts";
import { type AnyTemplate, type Template, toExpression, type ValueOf } from "./template.ts";

/** What a caller of a function may write; a function that does not say takes what it computes with. */
type GivenTo<Input, Given> = unknown extends Given ? Input : Given;

export interface MapOptions extends StepOptions {
  /** More items than this fail the step: 1 to 100,000, which is also the default. */
  readonly maxItems?: number;
  /** How many items may fail; what they give is null. 0 unless given. */
  readonly maxFailedItems?: number;
}

type ItemOutput<Returned, Options> = Options extends { readonly maxFailedItems: number }
  ? ValueOf<Returned> | null
  : ValueOf<Returned>;

export interface StepBuilder {
  /** Calls a function. `input` is the function's input with references anywhere inside. */
  call<Input, Output, Given>(
    name: string,
    target: FunctionDefinition<Input, Output, Given>,
    input: Template<NoInfer<GivenTo<Input, Given>>>,
    options?: AttemptOptions,
  ): Step<Output>;

  /** Asks agents, each in a step of its own named `name.agent`, all at once. `options` holds for each of them. */
  ask(
    name: string,
    agents: readonly (string | AgentDefinition)[],
    request: RequestTemplate,
    options?: AttemptOptions,
  ): Opinions;

  /** Resolves the opinions of an `ask` into one. Agents that failed or were skipped count as abstentions. */
  resolve(name: string, opinions: Opinions, options: ResolveOptions): Step<Resolution>;

  /**
   * Runs `body`'s steps once for each item of a list, at most `maxItems`; gives the list of what the body returns, in
   * the items' order. Steps of the body can be referred to inside the body only.
   */
  map<Item, const Returned extends AnyTemplate, const Options extends MapOptions = MapOptions>(
    name: string,
    over: RefTo<Item[]> | readonly Template<Item>[],
    body: (m: MapBuilder<Item>) => Returned,
    options?: Options,
  ): Step<ItemOutput<Returned, Options>[]>;
}

export interface MapBuilder<Item> extends StepBuilder {
  /** The item that this instance of the body works on. */
  readonly item: Ref<Item>;
  /** Its place in the list, from 0. */
  readonly index: Ref<number>;
}

/** What is common to all scopes of the workflow that is being built. */
export interface Assembly {
  readonly owner: Owner;
  readonly agents: Map<string, AgentDefinition>;
  readonly functions: Map<string, FunctionDefinition>;
  readonly policies: Map<string, Policy>;
  /** Set when the author's function has returned: later additions would be lost. */
  closed: boolean;
}

interface OpenScope {
  readonly steps: readonly StepDefinition[];
  readonly builder: StepBuilder;
}

/** An empty scope and the builder that fills it. The methods need no `this`. */
export function openScope(assembly: Assembly): OpenScope {
  const { owner } = assembly;
  const steps: StepDefinition[] = [];
  const add = (step: StepDefinition) => {
    checkStep(step.name, assembly);
    steps.push(step);
  };
  const builder: StepBuilder = {
    call(name, target, input, options = {}) {
      checkOptionNames(options, attemptOptionNames, name, owner);
      if (target?.kind !== "function")
        throw stepError(name, "calls something that defineFunction() did not make", owner);
      keep(assembly.functions, target, name, owner);
      add({
        ...defineAttemptBase(name, options, owner),
        kind: "call",
        target: { kind: "function", name: target.name },
        input: toExpression(input, { owner, step: name, field: "input" }),
        inputSchema: toJsonSchema(target.input, "input", `the input of function "${target.name}"`),
        outputSchema: toJsonSchema(target.output, "output", `the output of function "${target.name}"`),
      });
      return outputOf(name, owner);
    },
    ask(name, agents, request, options = {}) {
      const asked = defineAsk(name, agents, request, options, owner);
      for (const agent of agents) if (typeof agent === "object") keep(assembly.agents, agent, name, owner);
      for (const step of asked.steps) add(step);
      return asked.opinions;
    },
    resolve(name, opinions, options) {
      const step = defineResolve(name, opinions, options, owner);
      if (typeof options.policy === "object") keep(assembly.policies, options.policy, name, owner);
      add(step);
      return outputOf(name, owner);
    },
    map(name, over, body, options) {
      const step = defineMap(name, over, body, options ?? {}, assembly);
      add(step);
      return outputOf(name, owner);
    },
  };
  return { steps, builder };
}

function defineMap<Item>(
  name: string,
  over: unknown,
  body: (m: MapBuilder<Item>) => AnyTemplate,
  options: MapOptions,
  assembly: Assembly,
): MapStep {
  const { owner } = assembly;
  checkOptionNames(options, mapOptionNames, name, owner);
  if (typeof body !== "function") throw stepError(name, "needs a body: (m) => ...", owner);
  const { steps, builder } = openScope(assembly);
  const item = makeRef<Ref<Item>>({ owner, expression: { kind: "item", of: name, path: [] } });
  const index = makeRef<Ref<number>>({ owner, expression: { kind: "index", of: name } });
  const returned = body({ ...builder, item, index });
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

function outputOf<R extends RefTo<unknown>>(step: string, owner: Owner): R {
  return makeRef<R>({ owner, expression: { kind: "step", step, path: [] } });
}

function checkStep(name: string, { owner, closed }: Assembly): void {
  if (closed) {
    throw stepError(
      name,
      "was added after the author's function had returned; steps are added within it",
      owner,
    );
  }
  const parsed = entityName.safeParse(name);
  if (parsed.success) return;
  throw stepError(name, `has a bad name: ${parsed.error.issues[0]?.message}`, owner);
}

/** Two definitions of one name would make it a matter of luck which of them runs. */
function keep<T extends { readonly name: string }>(
  kept: Map<string, T>,
  one: T,
  step: string,
  owner: Owner,
): void {
  const other = kept.get(one.name);
  if (other !== undefined && other !== one) {
    throw stepError(
      step,
      `uses another "${one.name}" than the steps before it; rename one of the two`,
      owner,
    );
  }
  kept.set(one.name, one);
}

function stepError(step: string, message: string, owner: Owner): MycroftError {
  return new MycroftError(
    "PLAN_INVALID",
    `Workflow "${owner.workflow}": step ${JSON.stringify(step)} ${message}.`,
    {
      details: { workflow: owner.workflow, step },
    },
  );
}

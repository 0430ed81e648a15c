/**
 * The hands with which an author places steps: each method adds a step to one scope (a workflow, or the body of a map or
 * repeat) and returns a typed reference to what the step will give. Another kind of step is another method here.
 */
import type { Resolution } from "@mycroft/ensemble";
import type { AgentDefinition, FunctionDefinition } from "./agent.ts";
import type { Condition } from "./condition.ts";
import type { Opinions, RequestTemplate, ResolveOptions } from "./opinions.ts";
import type { Ref, RefTo, Step } from "./ref.ts";
import type { AttemptOptions, MapOptions, RepeatOptions, RunOptions, StepOptions } from "./step-options.ts";
import type { AnyTemplate, FirstOf, OrNull, Template, ValueOf } from "./template.ts";
import type { Approval, ApproveOptions, SleepTime, WaitForOptions } from "./waits.ts";
import type { Workflow } from "./workflow.ts";

/** What a caller may write; a function that does not say takes what it computes with. */
type GivenTo<Input, Given> = unknown extends Given ? Input : Given;

type ItemOutput<Returned, Options> = Options extends { readonly maxFailedItems: number }
  ? ValueOf<Returned> | null
  : OrNull<ValueOf<Returned>>;

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

  /**
   * Runs `body`'s steps in rounds, one after the other, until its condition holds or there were `maxRounds`. A round sees
   * what the round before gave as `r.previous`: `initial` in the first, whose type must have room for what rounds give,
   * as in `null as View | null`. Gives what the last round gave. Steps of the body can be referred to inside it only.
   */
  repeat<Initial, const Returned extends Round<OrNull<FirstOf<NoInfer<Initial>>>>>(
    name: string,
    initial: Initial & AnyTemplate,
    body: (r: RepeatBuilder<OrNull<FirstOf<Initial>>>) => Returned,
    options: RepeatOptions,
  ): Step<OrNull<ValueOf<Returned["output"]>>>;

  /**
   * Runs another workflow, as it is now, as a run of its own; gives that run's output. `input` is the workflow's input
   * with references anywhere inside.
   */
  run<Input, Output, Given>(
    name: string,
    workflow: Workflow<Input, Output, Given>,
    input: Template<NoInfer<GivenTo<Input, Given>>>,
    options?: RunOptions,
  ): Step<OrNull<Output>>;

  /**
   * Waits for a person's verdict on what is `shown`. A rejection fails the step, unless `onReject` is `continue`; `by` is
   * null when the deadline decided.
   */
  approve(name: string, shown: AnyTemplate, options?: ApproveOptions): Step<Approval>;

  /** Waits for a named signal, also one that came before; gives its payload. */
  waitFor<Payload>(name: string, options: WaitForOptions<Payload>): Step<OrNull<Payload>>;

  /** Waits for a time. */
  sleep(name: string, time: SleepTime, options?: StepOptions): Step<null>;
}

export interface MapBuilder<Item> extends StepBuilder {
  /** The item that this instance of the body works on. */
  readonly item: Ref<Item>;
  /** Its place in the list, from 0. */
  readonly index: Ref<number>;
}

export interface RepeatBuilder<Carried> extends StepBuilder {
  /** What the round before gave; in the first round, what the repeat began with. */
  readonly previous: Ref<Carried>;
  /** The round's number, from 0. */
  readonly round: Ref<number>;
}

/** What the body of a `repeat` returns. */
export interface Round<Carried> {
  /** What the round gives: to the next one, or as the output of the step when there is none. */
  readonly output: Template<Carried>;
  /** Looked at when the steps of the round have settled: whether it was the last one. */
  readonly until: Condition;
}

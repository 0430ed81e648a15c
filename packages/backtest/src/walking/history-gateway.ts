/**
 * Reaches agents, functions and policies for a walk through history, many times faster than a gateway that serves runs:
 * what is pure is asked once, and what has been checked is not checked again. Whatever is out of the ordinary (an agent
 * that throws, an answer that does not fit, a target that is not there) goes to the ordinary gateway, so that the outcome
 * is the one that a live run would have. Upholds P5 (a day's gateway sees no later day) and P6.
 */
import type { JsonValue, SettledValue } from "@mycroft/engine";
import { type Policy, resolve } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import { createInProcessGateway } from "@mycroft/gateways";
import {
  applyRiskLimits,
  builtInFunctions,
  priceFacts,
  type RiskLimits,
  riskLimitsSchema,
} from "@mycroft/investing";
import { type OpinionRequest, opinionRequestSchema, type View } from "@mycroft/protocol";
import type {
  AttemptControl,
  AttemptOutcome,
  AttemptRequest,
  DirectGateway,
  Gateway,
} from "@mycroft/runtime";
import {
  type AgentAnswer,
  type AgentDefinition,
  type FunctionContext,
  type FunctionDefinition,
  type MarketData,
  type MarketView,
  noLog,
  noMessages,
} from "@mycroft/sdk";
import type { Forecast } from "./day-score.ts";
import { copyOf, viewOf } from "./read-view.ts";

export interface HistoryGatewayOptions {
  readonly agents: readonly AgentDefinition[];
  readonly functions: readonly FunctionDefinition[];
  readonly policies: readonly Policy[];
  readonly market: MarketData;
}

/** What an agent said of a subject on the day. */
export interface DayView {
  readonly agent: string;
  readonly view: View;
}

type Outcome = AttemptOutcome | Promise<AttemptOutcome>;

/**
 * One for all days and variants: agents are functions of a view and a request, so that an opinion holds for all variants of
 * a day. Days are opened one at a time, in any order.
 */
export class HistoryGateway {
  readonly #agents: ReadonlyMap<string, AgentDefinition>;
  readonly #functions: ReadonlyMap<string, FunctionDefinition>;
  readonly #policies: ReadonlyMap<string, Policy>;
  readonly #market: MarketData;
  readonly #ordinary: Gateway;
  readonly #names: readonly string[];
  readonly #policyList: readonly Policy[];
  readonly #asking = new Map<string, FunctionContext["ask"]>();
  #day = "";
  #view: MarketView;
  #requests = new DayRequests();
  #resolved = new Map<string, Forecast>();
  /** Resolutions and price facts that were made on the day, and the limits that were read. */
  #made = new Set<unknown>();
  #limits = new Map<unknown, RiskLimits | null>();
  /** The views of the day: a policy that is handed one of them need not check it. */
  #views = new Map<unknown, DayView>();
  #leftOutViews = new Map<unknown, DayView>();

  constructor(options: HistoryGatewayOptions) {
    this.#agents = new Map(options.agents.map((agent) => [agent.name, agent]));
    this.#functions = new Map(options.functions.map((one) => [one.name, one]));
    this.#policies = new Map(options.policies.map((policy) => [policy.name, policy]));
    this.#policyList = options.policies;
    this.#market = options.market;
    this.#ordinary = createInProcessGateway(options);
    this.#names = [...this.#agents.keys()].sort();
    this.#view = options.market.asOf(options.market.firstDate);
  }

  /** Forgets the day before. */
  openDay(asOf: string): void {
    this.#day = asOf;
    this.#view = this.#market.asOf(asOf);
    this.#requests = new DayRequests();
    this.#made = new Set();
    this.#limits = new Map();
    this.#views = new Map();
  }

  /** Forgets what was resolved before. */
  openVariant(): void {
    this.#resolved = new Map();
    this.#leftOutViews = new Map();
  }

  /** What policies came to since the variant was opened: of a subject that was resolved more than once, the last. */
  resolved(): Iterable<Forecast> {
    return this.#resolved.values();
  }

  /** All opinions and abstentions that were given on the day, in the order in which they were asked for. */
  dayViews(): readonly DayView[] {
    return [...this.#views.values()];
  }

  /** The day's gateway for a variant; agents that are left out abstain. */
  variant(without: readonly string[]): DirectGateway {
    return { execute: (request, control) => this.#execute(request, control, without) };
  }

  #execute(request: AttemptRequest, control: AttemptControl, without: readonly string[]): Outcome {
    if (request.asOf !== this.#day) {
      throw new MycroftError("INTERNAL", `A run of ${request.asOf} was driven on the day ${this.#day}.`);
    }
    const { kind, name } = request.target;
    switch (kind) {
      case "agent":
        return without.includes(name) ? this.#leftOut(request) : this.#ask(request, control);
      case "policy":
        return this.#resolve(request, control);
      case "function":
        return this.#call(request, control, without);
    }
  }

  #ask(request: AttemptRequest, control: AttemptControl): Outcome {
    const agent = this.#agents.get(request.target.name);
    const asked = this.#requests.read(request.input);
    if (agent === undefined || asked === null || asked.request.asOf > this.#day) {
      return this.#ordinary.execute(request, control);
    }
    let answer = asked.answers.get(agent.name);
    if (answer === undefined) {
      answer = this.#askOnce(agent, asked.request, request, control);
      asked.answers.set(agent.name, answer);
    }
    return answer;
  }

  #askOnce(
    agent: AgentDefinition,
    asked: OpinionRequest,
    request: AttemptRequest,
    control: AttemptControl,
  ): Outcome {
    let answer: AgentAnswer | Promise<AgentAnswer>;
    try {
      answer = agent.opinion(copyOf(asked), this.#context(asked.asOf, control, request.idempotencyKey));
    } catch {
      return this.#ordinary.execute(request, control);
    }
    if (answer instanceof Promise) {
      return answer.then(
        (given) => this.#accept(agent, asked, given, request, control),
        () => this.#ordinary.execute(request, control),
      );
    }
    return this.#accept(agent, asked, answer, request, control);
  }

  #accept(
    agent: AgentDefinition,
    asked: OpinionRequest,
    answer: unknown,
    request: AttemptRequest,
    control: AttemptControl,
  ): Outcome {
    const view = viewOf(agent, asked, answer);
    if (view === null) return this.#ordinary.execute(request, control);
    this.#views.set(view, { agent: agent.name, view });
    return { ok: true, output: view as unknown as JsonValue, version: agent.version };
  }

  #leftOut({ target, input }: AttemptRequest): Outcome {
    const { subject, asOf, horizonDays } = opinionRequestSchema.parse(input);
    const version = this.#agents.get(target.name)?.version ?? "unknown";
    const reason = "It is left out of this variant of the backtest.";
    const view = {
      type: "abstention",
      agent: target.name,
      version,
      subject,
      asOf,
      horizonDays,
      reason,
    } as const;
    this.#leftOutViews.set(view, { agent: target.name, view });
    return { ok: true, output: view, version };
  }

  #resolve(request: AttemptRequest, control: AttemptControl): Outcome {
    const policy = this.#policies.get(request.target.name);
    const question = policy === undefined ? null : this.#questionOf(request.input);
    if (policy === undefined || question === null) return this.#ordinary.execute(request, control);
    try {
      const output = resolve(policy, question);
      this.#made.add(output);
      if (output.probabilities === null) this.#resolved.delete(output.subject);
      else this.#resolved.set(output.subject, { ...output, probabilities: output.probabilities });
      return { ok: true, output: output as unknown as JsonValue, version: policy.version };
    } catch {
      return this.#ordinary.execute(request, control);
    }
  }

  /** The request to the policy, when all its views are opinions or abstentions that were checked here. */
  #questionOf(input: JsonValue): object | null {
    if (typeof input !== "object" || input === null || Array.isArray(input)) return null;
    const given: unknown = Reflect.get(input, "views");
    if (!Array.isArray(given)) return null;
    const views: unknown[] = [];
    for (const { agent, settled } of given as { agent: unknown; settled: SettledValue | undefined }[]) {
      if (settled?.status !== "succeeded") return null;
      const own = this.#views.get(settled.output) ?? this.#leftOutViews.get(settled.output);
      if (own === undefined || own.agent !== agent) return null;
      views.push(own.view);
    }
    return { ...input, views };
  }

  #call(request: AttemptRequest, control: AttemptControl, without: readonly string[]): Outcome {
    const called = this.#functions.get(request.target.name);
    // Only those that come with Mycroft are known to leave their input alone and to give what they say.
    if (called === undefined || !builtInFunctions.has(called))
      return this.#ordinary.execute(request, control);
    const input = this.#readInput(called, request.input);
    if (input === null) return this.#ordinary.execute(request, control);
    const context: FunctionContext = {
      ...this.#context(this.#day, control, request.idempotencyKey),
      agents: this.#names,
      policies: this.#policyList,
      ask: this.#askOf(without),
    };
    const succeed = (output: unknown): AttemptOutcome => {
      if (called === priceFacts) this.#made.add(output);
      return { ok: true, output: output as JsonValue, version: called.version };
    };
    try {
      const output = called.run(input, context);
      if (!(output instanceof Promise)) return succeed(output);
      return output.then(succeed, () => this.#ordinary.execute(request, control));
    } catch {
      return this.#ordinary.execute(request, control);
    }
  }

  /** The function's input, read as its schema says; null when it does not fit. */
  #readInput(called: FunctionDefinition, given: JsonValue): unknown {
    if (called === applyRiskLimits) {
      const { resolution, facts, limits, ...rest } = given as Readonly<Record<string, JsonValue | undefined>>;
      // Both were made by such functions and are as they were: only the limits come from elsewhere, the same for all.
      if (this.#made.has(resolution) && this.#made.has(facts) && Object.keys(rest).length === 0) {
        const read = this.#limitsOf(limits);
        if (read !== null) return { resolution, facts, limits: read };
      }
    }
    const parsed = called.input.safeParse(given);
    return parsed.success ? parsed.data : null;
  }

  #limitsOf(given: JsonValue | undefined): RiskLimits | null {
    let limits = this.#limits.get(given);
    if (limits === undefined) {
      limits = riskLimitsSchema.prefault({}).safeParse(given).data ?? null;
      this.#limits.set(given, limits);
    }
    return limits;
  }

  #context(asOf: string, control: AttemptControl, idempotencyKey: string) {
    const market = asOf === this.#day ? this.#view : this.#market.asOf(asOf);
    const { signal, heartbeat } = control;
    return { market, signal, heartbeat, idempotencyKey, log: noLog, messages: noMessages };
  }

  /** The same function from day to day: what it said of the past may be remembered (see `pastOpinionsOf`). */
  #askOf(without: readonly string[]): FunctionContext["ask"] {
    const key = without.join("|");
    const known = this.#asking.get(key);
    if (known !== undefined) return known;
    const ask: FunctionContext["ask"] = async (name, request) => {
      const agent = this.#agents.get(name);
      const isLate = request.asOf > this.#day;
      if (agent === undefined || isLate) {
        throw new MycroftError(
          isLate ? "LOOK_AHEAD" : "AGENT_UNKNOWN",
          `${name} cannot be asked as of ${request.asOf}.`,
        );
      }
      if (without.includes(name)) return { type: "abstention", reason: "It is left out." };
      const answer = await agent.opinion(
        copyOf(request),
        this.#context(request.asOf, quiet, `${this.#day}/${name}`),
      );
      const view = viewOf(agent, request, answer);
      if (view === null)
        throw new MycroftError("AGENT_ANSWER_INVALID", `The answer of agent ${name} does not fit.`);
      return answer;
    };
    this.#asking.set(key, ask);
    return ask;
  }
}

interface Asked {
  readonly request: OpinionRequest;
  /** By agent. */
  readonly answers: Map<string, Outcome>;
}

/** The questions of a day: agents are mostly asked the same one about a subject, which is read and kept once. */
class DayRequests {
  readonly #latest = new Map<unknown, { readonly input: object; readonly asked: Asked }>();
  readonly #all = new Map<string, Asked>();

  /** Null for what is no request. */
  read(input: JsonValue): Asked | null {
    if (typeof input !== "object" || input === null) return null;
    const subject: unknown = Reflect.get(input, "subject");
    const latest = this.#latest.get(subject);
    if (latest !== undefined && isSameQuestion(latest.input, input)) return latest.asked;
    const parsed = opinionRequestSchema.safeParse(input);
    if (!parsed.success) return null;
    const { asOf, horizonDays, outcomes } = parsed.data;
    const key = JSON.stringify([parsed.data.subject, asOf, horizonDays, outcomes]);
    const asked = this.#all.get(key) ?? { request: parsed.data, answers: new Map() };
    this.#all.set(key, asked);
    this.#latest.set(subject, { input, asked });
    return asked;
  }
}

/** Of requests without nested parts, or with the very same ones. */
function isSameQuestion(a: object, b: object): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  for (const name of names) if (Reflect.get(a, name) !== Reflect.get(b, name)) return false;
  return true;
}

const quiet: AttemptControl = { signal: new AbortController().signal, heartbeat: () => {} };

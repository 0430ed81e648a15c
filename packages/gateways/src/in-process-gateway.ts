/** Reaches agents, functions and policies that live in this process. Upholds P5 and P7; whatever goes wrong is an outcome. */
import type { JsonValue } from "@mycroft/engine";
import { type Policy, resolve } from "@mycroft/ensemble";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { type OpinionRequest, parseWith } from "@mycroft/protocol";
import type {
  AttemptControl,
  AttemptMessages,
  AttemptOutcome,
  AttemptRequest,
  Messenger,
} from "@mycroft/runtime";
import type { AgentDefinition, FunctionDefinition, MarketData } from "@mycroft/sdk";
import { answerOf, askAgent, type CallScope, callContext } from "./ask-agent.ts";
import { withViews } from "./settled-views.ts";
import { toJson } from "./to-json.ts";
import type { VersionedGateway } from "./versioned-gateway.ts";

export interface InProcessGatewayOptions {
  readonly agents: readonly AgentDefinition[];
  readonly functions: readonly FunctionDefinition[];
  readonly policies: readonly Policy[];
  /** Null for a project without market data. */
  readonly market: MarketData | null;
  /** The way from agent to agent; there is none unless given. Who hears and answers is said by `serveAgents`. */
  readonly messenger?: Messenger | undefined;
}

/** @returns a gateway that serves exactly what the options hold. */
export function createInProcessGateway(options: InProcessGatewayOptions): VersionedGateway {
  const targets = new Targets(options);
  return {
    versionOf: (target) => targets.versionOf(target),
    async execute(request, control) {
      const { market, messenger } = options;
      const { asOf, idempotencyKey } = request;
      let version: string | undefined;
      try {
        const target = targets.find(request.target);
        version = target.version;
        const reach = messenger === undefined ? null : reachFrom(messenger, request, control);
        const { name } = request.target;
        const scope = { asOf, market, control, idempotencyKey, target: name, reach };
        const output = await target.call(request.input, scope);
        const what = `The output of ${request.target.kind} ${request.target.name}`;
        return { ok: true, output: toJson(output, what), version };
      } catch (thrown) {
        return failure(thrown, request, version);
      }
    },
  };
}

/** One for an attempt, whoever is at work on it: its limits are shared. */
function reachFrom(messenger: Messenger, request: AttemptRequest, control: AttemptControl) {
  let messages: AttemptMessages | null = null;
  return (): AttemptMessages => {
    messages ??= messenger.attempt(request, control);
    return messages;
  };
}

/** Something that can be called, whatever kind it is of. */
interface Target {
  readonly version: string;
  readonly call: (input: JsonValue, scope: CallScope) => Promise<unknown>;
}

class Targets {
  readonly #agents: ReadonlyMap<string, AgentDefinition>;
  readonly #functions: ReadonlyMap<string, FunctionDefinition>;
  readonly #policies: ReadonlyMap<string, Policy>;

  constructor({ agents, functions, policies }: InProcessGatewayOptions) {
    this.#agents = new Map(agents.map((agent) => [agent.name, agent]));
    this.#functions = new Map(functions.map((one) => [one.name, one]));
    this.#policies = new Map(policies.map((policy) => [policy.name, policy]));
  }

  /** @throws {MycroftError} AGENT_UNKNOWN, FUNCTION_UNKNOWN or POLICY_UNKNOWN, with the names that exist. */
  find({ kind, name }: AttemptRequest["target"]): Target {
    switch (kind) {
      case "agent": {
        const agent = this.#agent(name);
        return { version: agent.version, call: (input, scope) => askAgent(agent, input, scope) };
      }
      case "function": {
        const found = this.#functions.get(name) ?? notFound("FUNCTION_UNKNOWN", kind, name, this.#functions);
        return { version: found.version, call: (input, scope) => this.#callFunction(found, input, scope) };
      }
      case "policy": {
        const policy = this.#policies.get(name) ?? notFound("POLICY_UNKNOWN", kind, name, this.#policies);
        return { version: policy.version, call: async (input) => resolve(policy, withViews(input)) };
      }
    }
  }

  versionOf({ kind, name }: AttemptRequest["target"]): string | null {
    const targets = { agent: this.#agents, function: this.#functions, policy: this.#policies };
    return targets[kind].get(name)?.version ?? null;
  }

  #agent(name: string): AgentDefinition {
    return this.#agents.get(name) ?? notFound("AGENT_UNKNOWN", "agent", name, this.#agents);
  }

  async #callFunction(called: FunctionDefinition, given: JsonValue, scope: CallScope): Promise<unknown> {
    const { name, version } = called;
    // A copy: the given value belongs to the run's state, and a function may do with its input what it likes.
    const copy: unknown = structuredClone(given);
    const input = parseWith(called.input, copy, `The input of function ${name} ${version}`);
    const context = Object.assign(callContext(scope, name, scope.asOf), {
      agents: [...this.#agents.keys()].sort(),
      policies: [...this.#policies.values()],
      ask: async (agent: string, request: OpinionRequest) =>
        answerOf(await askAgent(this.#agent(agent), request, scope)),
    });
    const output = await called.run(input, context);
    return parseWith(called.output, output, `The output of function ${name} ${version}`, "OUTPUT_INVALID");
  }
}

function notFound(
  code: "AGENT_UNKNOWN" | "FUNCTION_UNKNOWN" | "POLICY_UNKNOWN",
  kind: string,
  name: string,
  known: ReadonlyMap<string, unknown>,
): never {
  const names = [...known.keys()].sort();
  const exist = names.length === 0 ? "there is none at all" : `there are ${names.join(", ")}`;
  throw new MycroftError(code, `This project has no ${kind} named ${JSON.stringify(name)}; ${exist}.`, {
    details: { kind, name, known: names },
  });
}

function failure(thrown: unknown, request: AttemptRequest, version: string | undefined): AttemptOutcome {
  const { kind, name } = request.target;
  const error = asMycroftError(thrown, "TASK_FAILED");
  const record = error.toRecord();
  const message =
    error.message === "" ? `The ${kind} ${name} threw an error without a message.` : error.message;
  return {
    ok: false,
    error: {
      code: record.code,
      message: message.slice(0, 10_000),
      retryable: record.retryable,
      ...(record.details === undefined ? {} : { details: safeDetails(record.details) }),
    },
    ...(version === undefined ? {} : { version }),
  };
}

/** Details may hold anything; what is not JSON must not make a failure fail. */
function safeDetails(details: Readonly<Record<string, unknown>>): { readonly [key: string]: JsonValue } {
  try {
    const json = toJson(details, "details");
    return typeof json === "object" && json !== null && !Array.isArray(json)
      ? Object.fromEntries(Object.entries(json))
      : {};
  } catch {
    return {};
  }
}

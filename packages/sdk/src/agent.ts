/** Agents and functions as their authors write them. */
import type { Policy } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import { type AgentAnswer, entityName, type OpinionRequest } from "@mycroft/protocol";
import { z } from "zod";
import type { CallContext } from "./call-context.ts";
import { type Answering, checkReachable, type TopicSubscription } from "./reachability.ts";

/** What an agent is given besides the request: the market is bound to the request's `asOf`. */
export type AgentContext = CallContext;

export interface FunctionContext extends CallContext {
  /** Asks an agent of the same project, bound to at most the run's `asOf`. */
  readonly ask: (agent: string, request: OpinionRequest) => Promise<AgentAnswer>;
  /** The names of the project's agents, sorted. */
  readonly agents: readonly string[];
  /** The policies by which its workflows resolve, those that come with Mycroft among them. */
  readonly policies: readonly Policy[];
}

export interface AgentDefinition {
  readonly kind: "agent";
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly capabilities: readonly string[];
  readonly opinion: (request: OpinionRequest, context: AgentContext) => AgentAnswer | Promise<AgentAnswer>;
  /** What it hears of: made by `onMessage`; nothing unless given. */
  readonly subscriptions?: readonly TopicSubscription[];
  /** How it answers other agents; it takes no questions unless given. */
  readonly answers?: Answering;
}

/**
 * An agent is one function from a request to an opinion or an abstention; it may also hear messages, and answer what other
 * agents ask.
 * @throws {MycroftError} INPUT_INVALID when the name, version, capabilities, subscriptions or answers are not well formed.
 */
export function defineAgent<Question, Answer>(
  agent: Omit<AgentDefinition, "kind" | "description" | "answers"> & {
    readonly description?: string;
    readonly answers?: Answering<Question, Answer>;
  },
): AgentDefinition {
  checkNamed("agent", agent);
  checkReachable(agent);
  const capabilities = z.array(z.string().min(1).max(100)).max(50).safeParse(agent.capabilities);
  if (!capabilities.success || typeof agent.opinion !== "function") {
    throw new MycroftError(
      "INPUT_INVALID",
      `Agent "${agent.name}" needs capabilities (a list of at most 50 words) and a function named opinion.`,
      { details: { agent: agent.name } },
    );
  }
  return { ...agent, kind: "agent", description: agent.description ?? "" };
}

/** An answer that says: I cannot judge, because of `reason`. */
export function abstain(reason: string): AgentAnswer {
  return { type: "abstention", reason };
}

/** `Given` is what a caller may write: fields with a default may be left out of it. */
export interface FunctionDefinition<Input = unknown, Output = unknown, Given = unknown> {
  readonly kind: "function";
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** A pure function is computed again when a run is replayed; the answer of any other is taken from the record. */
  readonly pure: boolean;
  readonly input: z.ZodType<Input, Given>;
  readonly output: z.ZodType<Output>;
  // A method, so that functions of different inputs fit in one list; hosts parse the input before they call it.
  run(input: Input, context: FunctionContext): Output | Promise<Output>;
}

/**
 * A function that call steps can call. Input and output are checked against their schemas at every call.
 * @throws {MycroftError} INPUT_INVALID when the name, the version or a schema is not well formed.
 */
export function defineFunction<Input, Output, Given = unknown>(
  definition: Omit<FunctionDefinition<Input, Output, Given>, "kind" | "description" | "pure"> & {
    readonly description?: string;
    readonly pure?: boolean;
  },
): FunctionDefinition<Input, Output, Given> {
  checkNamed("function", definition);
  const { input, output, run } = definition;
  if (!(input instanceof z.ZodType) || !(output instanceof z.ZodType) || typeof run !== "function") {
    throw new MycroftError(
      "INPUT_INVALID",
      `Function "${definition.name}" needs zod schemas named input and output, and a function named run.`,
      { details: { function: definition.name } },
    );
  }
  return {
    ...definition,
    kind: "function",
    description: definition.description ?? "",
    pure: definition.pure ?? false,
  };
}

const namedShape = z.looseObject({
  name: entityName,
  version: z.string().min(1).max(100),
  description: z.string().optional(),
});

/** Definitions need not be TypeScript: nothing of them is taken for granted. */
function checkNamed(kind: "agent" | "function", given: unknown): void {
  const parsed = namedShape.safeParse(given);
  if (parsed.success) return;
  const name: unknown = typeof given === "object" && given !== null ? Reflect.get(given, "name") : undefined;
  const shown = typeof name === "string" ? ` ${JSON.stringify(name.slice(0, 100))}` : "";
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".") ?? "";
  throw new MycroftError(
    "INPUT_INVALID",
    `The ${kind}${shown} has a bad ${field === "" ? "definition" : field}: ${issue?.message}.`,
    { details: { kind, ...(typeof name === "string" ? { name: name.slice(0, 100) } : {}), field } },
  );
}

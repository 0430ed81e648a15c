/**
 * Asking agents and resolving what they say. An `ask` is one call step per agent; its handle remembers who was asked
 * what, so that `resolve` can hand the policy the question together with how each asking settled: an agent that
 * failed counts as an abstention, it does not take the run down (P7).
 */
import type { CallStep, Expression, ResolveStep } from "@mycroft/engine";
import {
  type AgentRecord,
  type AgentsKnown,
  defaultPolicyName,
  type Guardrails,
  type Policy,
  type PolicySettings,
  policies,
} from "@mycroft/ensemble";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { opinionRequestSchema, type View, viewSchema } from "@mycroft/protocol";
import type { z } from "zod";
import type { AgentDefinition } from "./agent.ts";
import { toJsonSchema } from "./json-schema.ts";
import { makeRef, type Owner, type RefTo, refStateOf, type Step } from "./ref.ts";
import { resolutionSchema } from "./resolution-schema.ts";
import {
  type AttemptOptions,
  attemptOptionNames,
  checkOptionNames,
  defineAttemptBase,
} from "./step-options.ts";
import { type FieldTemplate, toExpression } from "./template.ts";

declare const opinionsMark: unique symbol;

/** The askings of one `ask`: taken by `resolve`, and readable by other steps as a list of views in the agents' order. */
export type Opinions = Step<View[]> & {
  /** Exists for the compiler alone. */
  readonly [opinionsMark]: true;
};

type GivenRequest = z.input<typeof opinionRequestSchema>;

/** What agents are asked; each property may be a reference. */
export type RequestTemplate = { readonly [K in keyof GivenRequest]: FieldTemplate<GivenRequest[K]> };

export interface ResolveOptions extends AttemptOptions {
  /** The policy, or its name, that makes one resolution out of the opinions; `defaultPolicyName` unless given. */
  readonly policy?: string | Policy;
  /** How many opinions (abstentions do not count) there must be for a resolution: 1 to the number of agents. */
  readonly quorum: number | RefTo<number>;
  /** What is known of the agents' past opinions, for policies that learn. */
  readonly record?: FieldTemplate<readonly AgentRecord[] | AgentsKnown | undefined>;
  /** The policy's own settings. */
  readonly settings?: FieldTemplate<PolicySettings | undefined>;
  /** What is set around the policy: vetoes, thresholds of conflict, bounds. The resolution's `action` tells what to do. */
  readonly guardrails?: FieldTemplate<Guardrails | undefined>;
}

const resolveOptionNames = [
  ...attemptOptionNames,
  "policy",
  "quorum",
  "record",
  "settings",
  "guardrails",
] as const;

interface Asked {
  readonly owner: Owner;
  readonly request: RequestTemplate;
  readonly askings: readonly { readonly agent: string; readonly step: string }[];
}

const askedBy = new WeakMap<object, Asked>();

/** @throws {MycroftError} PLAN_INVALID when no agent is named, one is named twice, or the request is no object. */
export function defineAsk(
  name: string,
  agents: readonly (string | AgentDefinition)[],
  request: RequestTemplate,
  options: AttemptOptions,
  owner: Owner,
): { readonly steps: readonly CallStep[]; readonly opinions: Opinions } {
  checkOptionNames(options, attemptOptionNames, name, owner);
  if (typeof request !== "object" || request === null || refStateOf(request) !== undefined) {
    throw stepError(name, "what agents are asked must be written as { subject, asOf, ... }", owner);
  }
  const askings = namesOfAgents(agents, name, owner).map((agent) => ({ agent, step: `${name}.${agent}` }));
  const steps = askings.map(
    ({ agent, step }): CallStep => ({
      ...defineAttemptBase(step, options, owner),
      kind: "call",
      target: { kind: "agent", name: agent },
      input: toExpression(request, { owner, step, field: "input" }),
      inputSchema: toJsonSchema(opinionRequestSchema, "input", "an opinion request"),
      outputSchema: toJsonSchema(viewSchema, "output", "a view"),
    }),
  );
  const items = askings.map(({ step }) => ({ kind: "step", step, path: [] }) as const);
  const opinions = makeRef<Opinions>({ owner, expression: { kind: "array", items } });
  askedBy.set(opinions, { owner, request: { ...request }, askings });
  return { steps, opinions };
}

/**
 * @throws {MycroftError} PLAN_INVALID when `opinions` did not come from `ask` or the quorum cannot be met;
 *   POLICY_INVALID when the settings are no settings of the policy.
 */
export function defineResolve(
  name: string,
  opinions: Opinions,
  options: ResolveOptions,
  owner: Owner,
): ResolveStep {
  if (typeof options !== "object" || options === null)
    throw stepError(name, "resolve needs options: { quorum: ... }", owner);
  checkOptionNames(options, resolveOptionNames, name, owner);
  const asked = askedBy.get(opinions);
  if (asked === undefined)
    throw stepError(name, "resolve takes what ask gives, and was given something else", owner);
  const { policy = defaultPolicyName, quorum, record, settings, guardrails } = options;
  if (typeof policy !== "string" && typeof policy?.configure !== "function") {
    throw stepError(name, "policy must be the name of a policy, or a policy", owner);
  }
  checkQuorum(quorum, asked.askings.length, name, owner);
  const template = {
    ...questionOf(asked.request),
    quorum,
    record,
    settings,
    guardrails,
    views: viewsOf(asked),
  };
  const input = toExpression(template, { owner, step: name, field: "input" });
  checkSettings(policy, settingsIn(input), name, owner);
  return {
    ...defineAttemptBase(name, options, owner),
    kind: "resolve",
    policy: typeof policy === "string" ? policy : policy.name,
    input,
    outputSchema: toJsonSchema(resolutionSchema, "output", "a resolution"),
  };
}

/** Settings that are known now are checked now; those of a policy that only the host knows are checked there. */
function checkSettings(
  policy: string | Policy,
  settings: Expression | undefined,
  step: string,
  owner: Owner,
): void {
  const known = typeof policy === "string" ? policies.find(({ name }) => name === policy) : policy;
  if (settings !== undefined && settings.kind !== "const") return;
  try {
    known?.configure(settings?.value);
  } catch (thrown) {
    const { code, message, details } = asMycroftError(thrown, "POLICY_INVALID");
    const place = { workflow: owner.workflow, step };
    throw new MycroftError(code, `Workflow "${owner.workflow}", step "${step}": ${message}`, {
      details: { ...place, ...details },
      cause: thrown,
    });
  }
}

function settingsIn(input: Expression): Expression | undefined {
  return input.kind === "object" ? input.fields["settings"] : undefined;
}

/** The agents' request, with the default horizon written out: a policy is never left to guess what was asked. */
function questionOf({ subject, asOf, horizonDays, outcomes }: RequestTemplate) {
  const horizon = horizonDays ?? opinionRequestSchema.shape.horizonDays.parse(undefined);
  return { subject, asOf, horizonDays: horizon, outcomes };
}

/** Settled, not read: an asking that failed must reach the policy as the abstention that it is. */
function viewsOf({ owner, askings }: Asked) {
  return askings.map(({ agent, step }) => {
    return { agent, settled: makeRef({ owner, expression: { kind: "settled", step } }) };
  });
}

function namesOfAgents(
  agents: readonly (string | AgentDefinition)[],
  step: string,
  owner: Owner,
): readonly string[] {
  if (!Array.isArray(agents) || agents.length === 0)
    throw stepError(step, "ask needs a list of agents", owner);
  const names = agents.map((agent: string | AgentDefinition | null | undefined, index) => {
    if (typeof agent === "string") return agent;
    if (agent?.kind === "agent") return agent.name;
    throw stepError(step, `agents[${index}] is neither a name nor made by defineAgent()`, owner);
  });
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw stepError(step, `ask names the agent "${repeated}" twice`, owner);
  return names;
}

function checkQuorum(quorum: number | RefTo<number>, askings: number, step: string, owner: Owner): void {
  if (refStateOf(quorum) !== undefined) return;
  if (typeof quorum === "number" && Number.isInteger(quorum) && quorum >= 1 && quorum <= askings) return;
  throw stepError(
    step,
    `quorum must be a whole number from 1 to ${askings}, the number of agents asked, not ${String(quorum)}`,
    owner,
  );
}

function stepError(step: string, message: string, owner: Owner): MycroftError {
  return new MycroftError("PLAN_INVALID", `Workflow "${owner.workflow}", step "${step}": ${message}.`, {
    details: { workflow: owner.workflow, step },
  });
}

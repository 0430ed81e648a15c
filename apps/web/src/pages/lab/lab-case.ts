/**
 * One case of the Lab: a question to the policies, exactly as a workflow's resolve step would put it, and the ways in which
 * a person changes it. A case that nobody has changed is resolved from the very request that was recorded (P6).
 */
import type {
  Abstention,
  AgentRecord,
  AgentsKnown,
  Fact,
  Guardrails,
  Opinion,
  ResolveRequest,
  View,
} from "@mycroft/ensemble";
import { moveProbability, uniform } from "./probabilities.ts";

export interface LabCase {
  readonly request: ResolveRequest;
  /** Whose settings and learned state the request holds; null in a case that no policy was asked. */
  readonly policy: string | null;
  /** The place of the outcome that followed; null when it is not known. */
  readonly outcome: number | null;
  /** What those who abstain at the moment had said, so that they can say it again. */
  readonly aside: readonly Opinion[];
}

export const labLimits = {
  agents: 8,
  outcomes: 7,
  /** A real case may have more agents than a person would make up; more than this is no page any more. */
  shownAgents: 24,
  /** Of a real case; PCR6 and a page of sliders have had enough by then. */
  shownOutcomes: 11,
} as const;

const madeUp = { subject: "MADE-UP", asOf: "2026-01-02", horizonDays: 28 } as const;

export function newCase(
  agents: readonly { readonly name: string; readonly probabilities: readonly number[] }[],
  outcomes: readonly string[] = ["down", "flat", "up"],
): LabCase {
  const views = agents.map(({ name, probabilities }) => opinionOf(name, probabilities, outcomes, madeUp));
  return {
    request: { ...madeUp, outcomes, quorum: 1, views },
    policy: null,
    outcome: null,
    aside: [],
  };
}

function opinionOf(
  agent: string,
  probabilities: readonly number[],
  outcomes: readonly string[],
  { subject, asOf, horizonDays }: Pick<ResolveRequest, "subject" | "asOf" | "horizonDays">,
): Opinion {
  return {
    type: "opinion",
    agent,
    version: "1",
    subject,
    asOf,
    horizonDays,
    outcomes: [...outcomes],
    probabilities: [...probabilities],
    rationale: "Set by hand.",
    evidence: [],
  };
}

/** The outcomes that the case is about: stated, or those of its first opinion. */
export function outcomesOf({ request, aside }: LabCase): readonly string[] {
  if (request.outcomes !== undefined) return request.outcomes;
  const first = [...request.views, ...aside].find((view) => view.type === "opinion");
  return first?.type === "opinion" ? first.outcomes : ["down", "flat", "up"];
}

/** What is known of the agents, in the one form of the two that a request may have. */
export function knownOf(request: ResolveRequest): AgentsKnown {
  const { record = [] } = request;
  return isList(record) ? { agents: record } : record;
}

function isList(record: readonly AgentRecord[] | AgentsKnown): record is readonly AgentRecord[] {
  return Array.isArray(record);
}

/** @param base the distribution that the move began with. */
export function setProbability(
  given: LabCase,
  agent: string,
  base: readonly number[],
  outcome: number,
  to: number,
): LabCase {
  return changeOpinion(given, agent, { probabilities: [...moveProbability(base, outcome, to)] });
}

export function setEvidence(given: LabCase, agent: string, evidence: readonly Fact[]): LabCase {
  return changeOpinion(given, agent, { evidence: [...evidence] });
}

/** @param confidence null: none is stated. */
export function setConfidence(given: LabCase, agent: string, confidence: number | null): LabCase {
  return changeOpinion(given, agent, { confidence: confidence ?? undefined });
}

/** @param dataAsOf null: it does not say. */
export function setDataDay(given: LabCase, agent: string, dataAsOf: string | null): LabCase {
  return changeOpinion(given, agent, { dataAsOf: dataAsOf ?? undefined });
}

function changeOpinion(given: LabCase, agent: string, change: Partial<Opinion>): LabCase {
  return changeViews(given, (view) =>
    view.agent === agent && view.type === "opinion" ? withoutUndefined({ ...view, ...change }) : view,
  );
}

/** JSON has no undefined, and the reader of a request does not take it for a field that is left out. */
function withoutUndefined(opinion: Opinion): Opinion {
  const { confidence, dataAsOf, ...rest } = opinion;
  return {
    ...rest,
    ...(confidence !== undefined && { confidence }),
    ...(dataAsOf !== undefined && { dataAsOf }),
  };
}

function changeViews(given: LabCase, change: (view: View) => View): LabCase {
  return { ...given, request: { ...given.request, views: given.request.views.map(change) } };
}

/** An agent stops to have an opinion, or has the one again that it had. */
export function setAbstaining(given: LabCase, agent: string, abstains: boolean): LabCase {
  const view = given.request.views.find((one) => one.agent === agent);
  if (view === undefined || (view.type === "abstention") === abstains) return given;
  if (view.type === "opinion") {
    const { subject, asOf, horizonDays, version } = view;
    const reason = "Set to abstain by hand.";
    const abstention: Abstention = {
      type: "abstention",
      agent,
      version,
      subject,
      asOf,
      horizonDays,
      reason,
    };
    const changed = changeViews(given, (one) => (one.agent === agent ? abstention : one));
    return { ...changed, aside: [...given.aside.filter((one) => one.agent !== agent), view] };
  }
  const outcomes = outcomesOf(given);
  const kept = given.aside.find((one) => one.agent === agent);
  const opinion = kept ?? opinionOf(agent, uniform(outcomes.length), outcomes, given.request);
  const changed = changeViews(given, (one) => (one.agent === agent ? opinion : one));
  return { ...changed, aside: given.aside.filter((one) => one.agent !== agent) };
}

/** One more agent, without a preference; the case as it is when it has as many as the Lab takes. */
export function addAgent(given: LabCase): LabCase {
  const { request } = given;
  if (request.views.length >= labLimits.agents) return given;
  const names = new Set(request.views.map(({ agent }) => agent));
  let number = request.views.length + 1;
  while (names.has(`agent-${number}`)) number += 1;
  const outcomes = outcomesOf(given);
  const view = opinionOf(`agent-${number}`, uniform(outcomes.length), outcomes, request);
  return { ...given, request: { ...request, views: [...request.views, view] } };
}

/** The case as it is when it has but two. */
export function removeAgent(given: LabCase, agent: string): LabCase {
  const { request } = given;
  if (request.views.length <= 2) return given;
  const views = request.views.filter((view) => view.agent !== agent);
  const aside = given.aside.filter((view) => view.agent !== agent);
  return withRecord({ ...given, aside, request: { ...request, views } }, agent, null);
}

/** The case as it is when the name is empty, too long or taken. */
export function renameAgent(given: LabCase, agent: string, name: string): LabCase {
  const taken = given.request.views.some((view) => view.agent === name);
  if (taken || name.trim() === "" || name.length > 100) return given;
  const renamed = <Named extends { readonly agent: string }>(one: Named): Named =>
    one.agent === agent ? { ...one, agent: name } : one;
  const known = knownOf(given.request);
  const changed = changeViews(given, renamed);
  return {
    ...changed,
    aside: given.aside.map(renamed),
    request: { ...changed.request, record: { ...known, agents: known.agents.map(renamed) } },
  };
}

/** @param record null: it has none. */
export function setRecord(
  given: LabCase,
  agent: string,
  record: { readonly scored: number; readonly meanScore: number } | null,
): LabCase {
  if (record === null) return withRecord(given, agent, null);
  const before = knownOf(given.request).agents.find((one) => one.agent === agent);
  const { asOf } = given.request;
  return withRecord(given, agent, { from: asOf, to: asOf, ...before, agent, ...record });
}

function withRecord(given: LabCase, agent: string, record: AgentRecord | null): LabCase {
  const known = knownOf(given.request);
  if (record === null && !known.agents.some((one) => one.agent === agent)) return given;
  const others = known.agents.filter((one) => one.agent !== agent);
  const agents = record === null ? others : [...others, record];
  return { ...given, request: { ...given.request, record: { ...known, agents } } };
}

/** @param guardrails null: none are set. */
export function setGuardrails(given: LabCase, guardrails: Guardrails | null): LabCase {
  const { guardrails: _, ...request } = given.request;
  return { ...given, request: guardrails === null ? request : { ...request, guardrails } };
}

export function setQuorum(given: LabCase, quorum: number): LabCase {
  return { ...given, request: { ...given.request, quorum } };
}

/** Other outcomes: what is said of the same places stays, and what falls away is shared out. */
export function setOutcomes(given: LabCase, outcomes: readonly string[]): LabCase {
  const fitted = (opinion: Opinion): Opinion => ({
    ...opinion,
    outcomes: [...outcomes],
    probabilities: [...fitTo(opinion.probabilities, outcomes.length)],
  });
  const changed = changeViews(given, (view) => (view.type === "opinion" ? fitted(view) : view));
  const isKnown = given.outcome !== null && given.outcome < outcomes.length;
  return {
    ...changed,
    request: { ...changed.request, outcomes },
    outcome: isKnown ? given.outcome : null,
    aside: given.aside.map(fitted),
  };
}

function fitTo(probabilities: readonly number[], size: number): readonly number[] {
  if (size === probabilities.length) return probabilities;
  const kept = Array.from({ length: size }, (_, index) => probabilities[index] ?? 0);
  const sum = kept.reduce((total, probability) => total + probability, 0);
  if (sum === 0) return uniform(size);
  // The last place takes what rounding leaves over, as when a person moves it to where it is.
  return moveProbability(
    kept.map((probability) => probability / sum),
    size - 1,
    (kept.at(-1) ?? 0) / sum,
  );
}

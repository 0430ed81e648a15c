/** A decision with all that led to it, and what followed where that is known by now. */
import { contentHash, type JsonValue } from "@mycroft/engine";
import type { AbstainedAgent, Opinion, ResolveRequest, StatedOpinion, View } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import { findOutcome, outcomes } from "@mycroft/investing";
import type { DecisionDetail } from "@mycroft/protocol";
import { type SubjectDecision, type TaskStory, wordDecision } from "@mycroft/record";
import type { MarketData } from "@mycroft/sdk";
import { z } from "zod";
import { boundedJson } from "../runs/bounded-json.ts";
import { hashInTurns } from "../turns/hash-in-turns.ts";
import type { Turns } from "../turns/turns.ts";
import { AskedTasks } from "./asked-tasks.ts";
import { findOrigins } from "./decision-origins.ts";
import { decisionSummary } from "./decision-summary.ts";
import type { FoldedRun } from "./folded-run.ts";
import { eachWholeDecision } from "./whole-decisions.ts";

export interface DecisionDetailOptions {
  /** Of the resolve step. */
  readonly task: string;
  /** What followed is looked up there, if it is the run's own data. */
  readonly market: MarketData | null;
  readonly turns: Turns;
}

/** @throws {MycroftError} NOT_FOUND when the run decided nothing there. */
export async function decisionDetail(
  record: FoldedRun,
  { task, market, turns }: DecisionDetailOptions,
): Promise<DecisionDetail> {
  const { timeline } = record;
  const resolve = timeline.tasks.find(({ id }) => id === task);
  const [found] = notNull(await turns.take(eachWholeDecision(timeline, task)));
  if (found === undefined || resolve === undefined) {
    const decided = notNull(await turns.take(eachWholeDecision(timeline)));
    throw undecided(record.header.runId, task, decided);
  }
  const { subject, resolution, evidence, decision, position } = found;
  const input = resolveInput.safeParse(resolve.attempts.at(-1)?.input).data ?? {};
  const { headline, sections } = wordDecision(found);
  return {
    summary: decisionSummary(
      { ...record.header, status: record.state.result?.status ?? record.header.status },
      found,
      resolve.settledAt ?? record.header.createdAt,
    ),
    resolution: { ...resolution },
    evidence: evidence.map(({ agent, facts }) => ({ agent, facts: facts.map((fact) => ({ ...fact })) })),
    askedIn: [...new AskedTasks(timeline).of(resolve)],
    ...findOrigins(timeline, resolve, subject, input.record),
    statedTilt: decision?.statedTilt ?? null,
    rulings: decision?.rulings.map((ruling) => ({ ...ruling })) ?? [],
    position: position === null ? null : positionView(position),
    explanation: {
      headline,
      sections: sections.map(({ title, sentences }) => ({ title, sentences: [...sentences] })),
    },
    hashes: await hashesOf(record, found, turns),
    outcome: outcomeOf(record, found, market),
    request: requestOf(found, resolve, input),
  };
}

function notNull(decisions: readonly (SubjectDecision | null)[]): readonly SubjectDecision[] {
  return decisions.filter((one) => one !== null);
}

function undecided(runId: string, task: string, decided: readonly SubjectDecision[]): MycroftError {
  const known = decided.slice(0, 5).map((one) => one.task);
  const more = decided.length > known.length ? ` and ${decided.length - known.length} more` : "";
  const hint = known.length === 0 ? "It has no decision." : `It decided in ${known.join(", ")}${more}.`;
  return new MycroftError(
    "NOT_FOUND",
    `Run ${runId} has no decision in the task ${JSON.stringify(task.slice(0, 200))}. ${hint}`,
    { details: { runId, task: task.slice(0, 200), known } },
  );
}

/** What a resolve step may be told beside the views. */
const resolveInput = z.object({
  record: z.unknown().optional(),
  settings: z.unknown().optional(),
  guardrails: z.unknown().optional(),
});
type ResolveInput = Partial<z.infer<typeof resolveInput>>;

function positionView({
  weight,
  tilt,
  annualVolatility,
  adjustments,
}: NonNullable<SubjectDecision["position"]>) {
  return { weight, tilt, annualVolatility, adjustments: adjustments.map((one) => ({ ...one })) };
}

async function hashesOf(
  { header, state }: FoldedRun,
  { resolution }: SubjectDecision,
  turns: Turns,
): Promise<DecisionDetail["hashes"]> {
  return {
    plan: header.planHash,
    data: header.provenance.dataHash ?? null,
    input: contentHash(state.input),
    // That of the run's result, as `decisionHash` has it.
    decision: state.result === null ? null : await hashInTurns(state.result as unknown as JsonValue, turns),
    resolution: contentHash(resolution as unknown as JsonValue),
    codeVersion: header.provenance.codeVersion,
  };
}

/** Opinions over other outcomes than down, flat and up have no outcome that is defined here. */
function outcomeOf(
  { header }: FoldedRun,
  { subject, resolution }: SubjectDecision,
  market: MarketData | null,
): DecisionDetail["outcome"] {
  if (market === null || header.provenance.dataHash !== market.hash) return null;
  if (resolution.outcomes.join() !== outcomes.join()) return null;
  const view = market.asOf(market.lastDate);
  if (!view.symbols().includes(subject)) return null;
  const found = findOutcome(view, subject, resolution.asOf, resolution.horizonDays);
  if (found === null) return null;
  const { index, logReturn, to } = found;
  return { date: to, index, name: outcomes[index], return: Math.expm1(logReturn) };
}

/**
 * The question as the policy had it: agents that failed are among the abstentions, as they were for it. Null for what was
 * stated by a person instead of resolved.
 */
function requestOf(
  { resolution, evidence }: SubjectDecision,
  resolve: TaskStory,
  { record, settings, guardrails }: ResolveInput,
): DecisionDetail["request"] {
  if (resolve.attempts.length === 0) return null;
  const { subject, asOf, horizonDays, quorum } = resolution;
  const about = { subject, asOf, horizonDays };
  const facts = new Map(evidence.map((one) => [one.agent, one.facts]));
  const views: readonly View[] = [
    ...resolution.opinions.map((stated): Opinion => {
      const evidence = [...(facts.get(stated.agent) ?? [])];
      return { ...opinionOf(stated), ...about, outcomes: [...resolution.outcomes], evidence };
    }),
    ...resolution.abstentions.map((one): View => ({ ...abstentionOf(one), ...about })),
  ];
  const request: Record<keyof ResolveRequest, unknown> = {
    ...about,
    outcomes: resolution.outcomes,
    quorum: quorum.needed,
    views,
    record,
    settings,
    guardrails,
  };
  // Fields without a value are left out, as JSON has it.
  return boundedJson(JSON.parse(JSON.stringify(request)) as JsonValue);
}

function opinionOf({ agent, version, probabilities, rationale, confidence, dataAsOf }: StatedOpinion) {
  return {
    type: "opinion" as const,
    agent,
    version,
    probabilities: [...probabilities],
    rationale,
    ...(confidence === null ? {} : { confidence }),
    ...(dataAsOf === null ? {} : { dataAsOf }),
  };
}

function abstentionOf({ agent, version, reason, code }: AbstainedAgent) {
  return { type: "abstention", agent, version, reason, ...(code === null ? {} : { code }) } as const;
}

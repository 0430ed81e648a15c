/** What a learner remembers, as plain JSON, and how it is read back without trust (P7). */
import { MycroftError } from "@mycroft/errors";
import { roundingNoise, sumInOrder } from "../distribution.ts";
import {
  inside,
  type Place,
  placeOf,
  readDate,
  readList,
  readName,
  readNumber,
  readObject,
  readText,
  rejection,
} from "../json-reader.ts";
import { ensembleLimits } from "../limits.ts";
import { findLoss, type Loss, type LossName, readLoss } from "./loss.ts";
import type { RuleState } from "./online-rule.ts";
import { mostRemembered, readRuleState, rememberedNumber } from "./rule-memory.ts";

export type LearnerState = {
  readonly format: 1;
  readonly policy: { readonly name: string; readonly version: string; readonly settings: unknown };
  /** Null until the first forecast shows of which kind forecasts are. */
  readonly loss: { readonly name: LossName; readonly level: number | null } | null;
  /** Whether regrets are of the loss's gradient at the pool (usual), or of the loss itself. */
  readonly gradient: boolean;
  readonly pendingCases: number;
  /** The day of the last outcomes that were learned, `YYYY-MM-DD`; null before the first. */
  readonly learnedOn: string | null;
  /** The day of the last forecast; null before the first. */
  readonly forecastOn: string | null;
  readonly counts: LearnerCounts;
  /** In the order in which they were first met; the rule knows them by their places in this list. */
  readonly agents: readonly LearnedAgent[];
  /** Null for policies that learn nothing. */
  readonly rule: RuleState | null;
  /** Forecasts whose outcomes are not known yet, the oldest first. */
  readonly pending: readonly PendingCase[];
};

export type LearnerCounts = {
  /** Days on which something was learned. */
  readonly rounds: number;
  /** Cases that were forecast, and how many of them were learned from. */
  readonly forecast: number;
  readonly learned: number;
  /** Cases that were dropped before their outcome came, as more than `pendingCases` were pending. */
  readonly dropped: number;
  /** Outcomes of cases that were never forecast, already learned from, or dropped. */
  readonly unmatched: number;
};

/** What is known of an agent. */
export type LearnedAgent = {
  readonly agent: string;
  /** How many of its forecasts have been scored. */
  readonly scored: number;
  /** The sum of their losses. */
  readonly totalLoss: number;
  /** The rounds in which it was awake. */
  readonly rounds: number;
  /** The sum over rounds of the ensemble's loss less its own, as the rule sees them; above 0 it did better. */
  readonly regret: number;
  /** The days of the first and last outcome that it was scored on; null before the first. */
  readonly from: string | null;
  readonly to: string | null;
};

export type PendingCase = {
  readonly id: string;
  /** The day on which it was forecast. */
  readonly on: string;
  /** Places in the list of agents, in order of the agents' names. */
  readonly agents: readonly number[];
  readonly forecasts: readonly (readonly number[])[];
  readonly pooled: readonly number[];
  /** Absent for a case without one. */
  readonly context?: string;
};

/**
 * The same knowledge without the cases that wait for their outcomes: all that a resolve step needs, and much smaller.
 * A learner that is resumed from it will count those outcomes as unmatched.
 */
export function withoutPending(state: LearnerState): LearnerState {
  return { ...state, pending: [] };
}

/** @throws {MycroftError} POLICY_INVALID when the state was learned by another policy, or another version of it. */
export function checkLearnedBy(
  policy: { readonly name: string; readonly version: string },
  { policy: by }: Pick<LearnerState, "policy">,
): void {
  if (policy.name === by.name && policy.version === by.version) return;
  throw new MycroftError(
    "POLICY_INVALID",
    `The state was learned by policy ${by.name} ${by.version}; ${policy.name} ${policy.version} cannot go on from it.`,
    { details: { policy: policy.name, version: policy.version, learnedBy: `${by.name} ${by.version}` } },
  );
}

/** @throws {MycroftError} INPUT_INVALID or LIMIT_EXCEEDED, naming the field, the value and the limit. */
export function readLearnerState(value: unknown, place: Place = placeOf("learned")): LearnerState {
  const fields = readObject<keyof LearnerState>(value, place);
  const at = (field: keyof LearnerState): Place => inside(place, field);
  if (fields.format !== 1) throw rejection("INPUT_INVALID", at("format"), fields.format, "1");
  const agents = readList(fields.agents, at("agents"), ensembleLimits.learnerAgents).map((agent, index) =>
    readAgent(agent, inside(at("agents"), index)),
  );
  checkOnceEach(agents, at("agents"));
  const rule = fields.rule === null ? null : readRuleState(fields.rule, at("rule"));
  if (rule !== null && rule.size !== agents.length) {
    throw rejection(
      "INPUT_INVALID",
      inside(at("rule"), "size"),
      rule.size,
      `the number of agents, ${agents.length}`,
    );
  }
  if (typeof fields.gradient !== "boolean") {
    throw rejection("INPUT_INVALID", at("gradient"), fields.gradient, "true or false");
  }
  const loss = fields.loss === null ? null : readLossOf(fields.loss, at("loss"));
  return {
    format: 1,
    policy: readPolicy(fields.policy, at("policy")),
    loss,
    gradient: fields.gradient,
    pendingCases: readPendingLimit(fields.pendingCases, at("pendingCases")),
    learnedOn: readDateOrNull(fields.learnedOn, at("learnedOn")),
    forecastOn: readDateOrNull(fields.forecastOn, at("forecastOn")),
    counts: readCounts(fields.counts, at("counts")),
    agents,
    rule,
    pending: readAllPending(fields.pending, at("pending"), {
      agents: agents.length,
      kind: loss === null ? null : findLoss(loss.name).forecasts,
    }),
  };
}

interface PendingGround {
  /** How many agents there are. */
  readonly agents: number;
  /** Null before the first forecast. */
  readonly kind: Loss["forecasts"] | null;
}

function readAllPending(value: unknown, place: Place, ground: PendingGround): readonly PendingCase[] {
  const seen = new Set<string>();
  return readList(value, place, ensembleLimits.pendingCases).map((item, index) => {
    const at = inside(place, index);
    const pending = readPending(item, at, ground);
    if (seen.has(pending.id))
      throw rejection("INPUT_INVALID", inside(at, "id"), pending.id, "there once only");
    seen.add(pending.id);
    return pending;
  });
}

export function readPendingLimit(value: unknown, place: Place): number {
  return readNumber(value, place, { min: 1, max: ensembleLimits.pendingCases, integer: true });
}

function checkOnceEach(agents: readonly LearnedAgent[], place: Place): void {
  const seen = new Set<string>();
  agents.forEach(({ agent }, index) => {
    if (seen.has(agent))
      throw rejection("INPUT_INVALID", inside(inside(place, index), "agent"), agent, "there once only");
    seen.add(agent);
  });
}

function readPolicy(value: unknown, place: Place): LearnerState["policy"] {
  const fields = readObject<"name" | "version" | "settings">(value, place);
  return {
    name: readName(fields.name, inside(place, "name")),
    version: readName(fields.version, inside(place, "version")),
    settings: fields.settings,
  };
}

function readLossOf(value: unknown, place: Place): LearnerState["loss"] {
  const fields = readObject<"name" | "level">(value, place);
  const { name, level } = readLoss(fields.name, fields.level, inside(place, "name"));
  return { name, level };
}

function readDateOrNull(value: unknown, place: Place): string | null {
  return value === null ? null : readDate(value, place);
}

const countRange = { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true } as const;

function readCounts(value: unknown, place: Place): LearnerCounts {
  const fields = readObject<keyof LearnerCounts>(value, place);
  const count = (field: keyof LearnerCounts): number =>
    readNumber(fields[field], inside(place, field), countRange);
  return {
    rounds: count("rounds"),
    forecast: count("forecast"),
    learned: count("learned"),
    dropped: count("dropped"),
    unmatched: count("unmatched"),
  };
}

function readAgent(value: unknown, place: Place): LearnedAgent {
  const fields = readObject<keyof LearnedAgent>(value, place);
  const agent = readName(fields.agent, inside(place, "agent"));
  const at = (field: keyof LearnedAgent): Place => inside(place, field, agent);
  const scored = readNumber(fields.scored, at("scored"), countRange);
  const from = readDateOrNull(fields.from, at("from"));
  const to = readDateOrNull(fields.to, at("to"));
  if ((from === null) !== (scored === 0))
    throw rejection("INPUT_INVALID", at("from"), from, "there once it has been scored");
  if ((to === null) !== (scored === 0))
    throw rejection("INPUT_INVALID", at("to"), to, "there once it has been scored");
  return {
    agent,
    scored,
    totalLoss: readNumber(fields.totalLoss, at("totalLoss"), { min: 0, max: mostRemembered }),
    rounds: readNumber(fields.rounds, at("rounds"), countRange),
    regret: readNumber(fields.regret, at("regret"), rememberedNumber),
    from,
    to,
  };
}

function readPending(value: unknown, place: Place, { agents, kind }: PendingGround): PendingCase {
  const fields = readObject<keyof PendingCase>(value, place);
  const at = (field: keyof PendingCase): Place => inside(place, field);
  if (kind === null) throw rejection("INPUT_INVALID", place, value, "absent while there is no loss");
  const pooled = readRow(fields.pooled, at("pooled"), kind);
  const indices = readList(fields.agents, at("agents"), agents).map((item, index) =>
    readNumber(item, inside(at("agents"), index), { min: 0, max: agents - 1, integer: true }),
  );
  const repeated = indices.findIndex((agent, index) => indices.indexOf(agent) !== index);
  if (repeated !== -1) {
    throw rejection("INPUT_INVALID", inside(at("agents"), repeated), indices[repeated], "there once only");
  }
  const forecasts = readList(fields.forecasts, at("forecasts"), agents).map((item, index) => {
    const row = readRow(item, inside(at("forecasts"), index), kind);
    if (row.length === pooled.length) return row;
    throw rejection("INPUT_INVALID", inside(at("forecasts"), index), row, `a list of ${pooled.length}`);
  });
  if (forecasts.length !== indices.length || indices.length === 0) {
    throw rejection(
      "INPUT_INVALID",
      at("forecasts"),
      forecasts,
      "a list with one for each of at least one agent",
    );
  }
  return {
    id: readText(fields.id, at("id"), ensembleLimits.caseIdLength),
    on: readDate(fields.on, at("on")),
    agents: indices,
    forecasts,
    pooled,
    ...(fields.context !== undefined && { context: readName(fields.context, at("context")) }),
  };
}

/** A distribution, or a list of one point. What was pooled may end a rounding beyond its bounds. */
function readRow(value: unknown, place: Place, kind: Loss["forecasts"]): number[] {
  const { pointMagnitude, outcomes, probabilitySumTolerance } = ensembleLimits;
  const most = (kind === "points" ? pointMagnitude : 1) * (1 + roundingNoise);
  const least = kind === "points" ? -most : -roundingNoise;
  const row = readList(value, place, kind === "points" ? 1 : outcomes).map((item, index) =>
    readNumber(item, inside(place, index), { min: least, max: most }),
  );
  if (row.length < (kind === "points" ? 1 : 2)) {
    throw rejection("INPUT_INVALID", place, row, kind === "points" ? "a list of 1" : "a list of at least 2");
  }
  const sum = sumInOrder(row);
  if (kind === "points" || Math.abs(sum - 1) <= probabilitySumTolerance) return row;
  throw rejection("INPUT_INVALID", inside(place, "sum"), sum, `1, within ${probabilitySumTolerance}`);
}

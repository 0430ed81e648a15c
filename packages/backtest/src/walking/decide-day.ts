/** One day of a backtest: every variant of the workflow is run on it, and every agent's opinions are acted on alone. */
import type { JsonValue, RunEvent, RunResult } from "@mycroft/engine";
import {
  decideAlone,
  factsAt,
  type PriceFacts,
  portfolioSettingsSchema,
  riskLimitsSchema,
} from "@mycroft/investing";
import type { View } from "@mycroft/protocol";
import { type DrivenRun, decisionHash, driveRun } from "@mycroft/runtime";
import type { MarketView } from "@mycroft/sdk";
import { z } from "zod";
import type { DayRecord, DayStrategy, DayVariant } from "../record/day-record.ts";
import type { BacktestPlan } from "../settings/backtest-settings.ts";
import type { Variant } from "../settings/variants.ts";
import { inCanonicalOrder } from "./canonical-order.ts";
import { DayOutcomes, scoreDay } from "./day-score.ts";
import type { HistoryGateway } from "./history-gateway.ts";

/** What a day's runs are called on record. */
export function dayRunId(backtest: string, date: string, variant: number): string {
  return `${backtest}.${date}.${variant}`;
}

/** The input that the workflow is given on a day. @throws {MycroftError} INPUT_INVALID. */
export function dayInput({ workflow, settings }: BacktestPlan, today: MarketView): JsonValue {
  const known = today.symbols();
  const universe =
    settings.universe === null ? known : settings.universe.filter((one) => known.includes(one));
  return workflow.parseInput({ ...settings.input, asOf: today.asOf, universe }) as JsonValue;
}

/** Runs one variant on the day that the gateway has open. */
export function driveVariant(
  plan: BacktestPlan,
  {
    index,
    input,
    date,
    onEvent,
  }: { index: number; input: JsonValue; date: string; onEvent?: (event: RunEvent) => void },
  gateway: HistoryGateway,
): Promise<DrivenRun> {
  const variant = plan.variants[index] as Variant;
  return driveRun({
    plan: variant.plan,
    childPlans: variant.childPlans,
    input,
    gateway: gateway.variant(variant.without),
    asOf: date,
    runId: dayRunId(plan.id, date, index),
    ...(onEvent === undefined ? {} : { onEvent }),
  });
}

/** @param end the view at the end of the backtest, against which the day's forecasts are scored. */
export async function decideDay(
  plan: BacktestPlan,
  date: string,
  gateway: HistoryGateway,
  end: MarketView,
): Promise<DayRecord> {
  const today = plan.data.asOf(date);
  const input = dayInput(plan, today);
  const followed = new DayOutcomes(end, date);
  gateway.openDay(date);
  const variants: DayVariant[] = [];
  for (const index of plan.variants.keys()) {
    gateway.openVariant();
    const { result } = await driveVariant(plan, { index, input, date }, gateway);
    const hash = hashOf(result);
    const score = scoreDay(gateway.resolved(), followed);
    if (result.status === "succeeded") variants.push({ hash, weights: weightsIn(result.output), score });
    else {
      const failure = result.status === "failed" ? result.error.code : "RUN_CANCELLED";
      variants.push({ hash, weights: null, score, failure });
    }
  }
  const views = gateway.dayViews().map(({ view }) => view);
  return {
    date,
    companies: today.symbols().length,
    opinions: views.filter(({ type }) => type === "opinion").length,
    variants,
    alone: actAlone(views, { input, today, followed }),
  };
}

/** The decision hash, as a live run's. */
function hashOf(result: RunResult): string {
  return decisionHash(inCanonicalOrder(result as unknown as JsonValue) as unknown as RunResult);
}

const portfolioShape = z.object({
  positions: z.array(z.object({ subject: z.string(), weight: z.number().min(-1).max(1) })),
});
const outputShape = z.union([portfolioShape, z.object({ portfolio: portfolioShape })]);

/** The weights of a workflow's output: a portfolio as `constructPortfolio` gives it, or an object that has one. */
function weightsIn(output: JsonValue): Record<string, number> | null {
  const parsed = outputShape.safeParse(output);
  if (!parsed.success) return null;
  const { positions } = "portfolio" in parsed.data ? parsed.data.portfolio : parsed.data;
  return weightsOf(positions);
}

function weightsOf(
  positions: readonly { readonly subject: string; readonly weight: number }[],
): Record<string, number> {
  return Object.fromEntries(
    positions.filter(({ weight }) => weight !== 0).map(({ subject, weight }) => [subject, weight]),
  );
}

interface Surroundings {
  readonly input: JsonValue;
  readonly today: MarketView;
  readonly followed: DayOutcomes;
}

const settingsShape = z.object({
  limits: riskLimitsSchema.prefault({}),
  portfolio: portfolioSettingsSchema.prefault({}),
});

/** Each agent as if there were no other: the run's own limits and portfolio rule, on what it said in the run. */
function actAlone(
  views: readonly View[],
  { input, today, followed }: Surroundings,
): Record<string, DayStrategy> {
  // A workflow of somebody else's may mean something else by these names: then the defaults hold.
  const parsed = settingsShape.safeParse(input);
  const { limits, portfolio } = parsed.success ? parsed.data : settingsShape.parse({});
  const facts = new Map<string, PriceFacts>();
  const byAgent = new Map<string, Map<string, View>>();
  for (const view of views) {
    // Asked more than once about a subject, what it said last counts.
    const own = byAgent.get(view.agent) ?? new Map<string, View>();
    byAgent.set(view.agent, own.set(view.subject, view));
    if (!facts.has(view.subject)) facts.set(view.subject, factsAt(today, view.subject, today.asOf));
  }
  const agents = [...byAgent.keys()].sort();
  return Object.fromEntries(
    agents.map((agent) => {
      const opinions = [...(byAgent.get(agent)?.values() ?? [])].filter((view) => view.type === "opinion");
      const positions = decideAlone(opinions, facts, { limits, portfolio });
      return [agent, { weights: weightsOf(positions), score: scoreDay(opinions, followed) }];
    }),
  );
}

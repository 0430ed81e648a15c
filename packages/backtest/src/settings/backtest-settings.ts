/** What a backtest is asked, checked once. Two backtests of equal settings, data and plans are one and the same. */
import { contentHash, type JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { parseWith } from "@mycroft/protocol";
import { entityName, type MarketData, symbol, tradingDate, type Workflow } from "@mycroft/sdk";
import { z } from "zod";
import { type Variant, variantsOf } from "./variants.ts";

const maxVariants = 50;

const settingsSchema = z.strictObject({
  /** The first and the last day on which a decision may be taken; the data's unless given. */
  from: tradingDate,
  to: tradingDate,
  /** A decision on every N-th trading day, or on the first of all and the first one of each week or month. */
  cadence: z.union([z.number().int().min(1).max(1_000), z.enum(["weekly", "monthly"])]).default(1),
  /** The companies; null for all that are known on the day. */
  universe: z.array(symbol).min(1).max(5_000).nullable().default(null),
  /** The rest of the workflow's input. */
  input: z.record(z.string(), z.json()).default({}),
  policies: z
    .array(
      z.union([entityName, z.strictObject({ policy: entityName, settings: z.record(z.string(), z.json()) })]),
    )
    .max(maxVariants)
    .default([]),
  without: z.array(entityName).max(maxVariants).default([]),
  /** Of what is traded, in hundredths of a percent. */
  costBps: z.number().min(0).max(10_000).default(5),
  slippageBps: z.number().min(0).max(10_000).default(5),
  /** Of the bootstrap; nothing else is random. */
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
});

export type BacktestSettings = z.infer<typeof settingsSchema>;
export type GivenSettings = Partial<z.input<typeof settingsSchema>>;

/** A backtest before it runs: what is decided on which days, by what. */
export interface BacktestPlan {
  /** Follows from all the rest. */
  readonly id: string;
  readonly settings: BacktestSettings;
  readonly workflow: Workflow;
  readonly variants: readonly Variant[];
  readonly data: MarketData;
  /** The days on which decisions are taken, at their ends. */
  readonly days: readonly string[];
  /** All days with prices from `from` to `to`. */
  readonly tradingDays: readonly string[];
}

const idDigits = 16;

/**
 * @throws {MycroftError} INPUT_INVALID, naming the field; DATE_OUT_OF_RANGE or DATA_EMPTY when the range holds fewer than two
 *   days with prices; PLAN_INVALID.
 */
export function planBacktest(workflow: Workflow, data: MarketData, given: GivenSettings): BacktestPlan {
  const bounds = { from: data.firstDate, to: data.lastDate };
  const settings = parseWith(settingsSchema, { ...bounds, ...given }, "A backtest's settings");
  checkInput(settings.input);
  if (settings.from > settings.to || settings.to > data.lastDate) {
    throw new MycroftError(
      "DATE_OUT_OF_RANGE",
      `A backtest goes from a day to a later one within the data, which ends on ${data.lastDate}; it was asked to go from ${settings.from} to ${settings.to}.`,
      { details: { from: settings.from, to: settings.to, lastDate: data.lastDate } },
    );
  }
  const tradingDays = daysWithPrices(data, settings.from, settings.to);
  if (tradingDays.length < 2) {
    throw new MycroftError(
      "DATA_EMPTY",
      `Days with prices from ${settings.from} to ${settings.to}: ${tradingDays.length}. A backtest needs two.`,
    );
  }
  const variants = variantsOf(workflow, settings);
  const days = tradingDays.filter((day, index) => isDecisionDay(settings.cadence, day, index, tradingDays));
  const plans = variants.map(({ name, plan, without }) => ({ name, plan: plan.hash, without: [...without] }));
  const identity = { settings, plans, dataHash: data.hash, workflow: workflow.name };
  const id = `bt-${contentHash(identity as unknown as JsonValue).slice(0, idDigits)}`;
  return { id, settings, workflow, variants, data, days, tradingDays };
}

function checkInput(input: BacktestSettings["input"]): void {
  const taken = ["asOf", "universe"].find((name) => name in input);
  if (taken === undefined) return;
  throw new MycroftError(
    "INPUT_INVALID",
    `A backtest gives the workflow its ${taken} each day; leave it out of the input.`,
    {
      details: { field: `input.${taken}` },
    },
  );
}

function daysWithPrices(data: MarketData, from: string, to: string): readonly string[] {
  const view = data.asOf(to);
  const days = new Set<string>();
  for (const company of view.symbols()) {
    const series = view.series(company);
    for (let index = series.length - 1; index >= 0; index -= 1) {
      const { date } = series.bar(index);
      if (date < from) break;
      days.add(date);
    }
  }
  return [...days].sort();
}

function isDecisionDay(
  cadence: BacktestSettings["cadence"],
  day: string,
  index: number,
  days: readonly string[],
): boolean {
  if (typeof cadence === "number") return index % cadence === 0;
  const before = days[index - 1];
  // The first trading day of a week or month is known on the day itself; the last is known only afterwards.
  return before === undefined || periodOf(cadence, before) !== periodOf(cadence, day);
}

const msPerDay = 86_400_000;

function periodOf(cadence: "weekly" | "monthly", day: string): string {
  if (cadence === "monthly") return day.slice(0, 7);
  // 1970-01-01 was a Thursday: weeks begin on Mondays.
  return String(Math.floor((Date.parse(day) / msPerDay + 3) / 7));
}

/** A backtest's settings in a few words. */
import type { BacktestSummary } from "@mycroft/protocol";

/** What the settings of a backtest hold, as far as a page tells it; read without trust, since older records may lack some. */
export interface ShownSettings {
  readonly from: string;
  readonly to: string;
  readonly cadence: string;
  readonly policies: readonly string[];
  readonly without: readonly string[];
  readonly companies: string;
  readonly costs: string;
}

export function shownSettings({ settings }: Pick<BacktestSummary, "settings">): ShownSettings {
  const given = objectOf(settings);
  const universe = given["universe"];
  return {
    from: textOf(given["from"]),
    to: textOf(given["to"]),
    cadence: cadenceText(given["cadence"]),
    policies: namesOf(given["policies"]),
    without: namesOf(given["without"]),
    companies: Array.isArray(universe) ? universe.slice(0, 8).map(String).join(", ") : "all",
    costs: `${textOf(given["costBps"])} + ${textOf(given["slippageBps"])} bps`,
  };
}

function cadenceText(cadence: unknown): string {
  if (cadence === 1) return "every trading day";
  if (typeof cadence === "number") return `every ${cadence} trading days`;
  return cadence === "weekly" || cadence === "monthly" ? cadence : "";
}

function namesOf(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.map((one: unknown) => (typeof one === "string" ? one : textOf(objectOf(one)["policy"])));
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** The context that a policy wants of a day: the market's regime, or nothing. */
import type { Policy } from "@mycroft/ensemble";
import type { MarketView } from "@mycroft/sdk";
import { type MarketRegimes, openMarketRegimes } from "./market-regimes.ts";

/** Undefined on a day without one. */
export type ContextReader = (view: MarketView) => string | undefined;

let opened: Promise<MarketRegimes> | null = null;

export async function contextReaderFor(policy: Policy): Promise<ContextReader> {
  if (policy.context === undefined) return () => undefined;
  opened ??= openMarketRegimes();
  const regimes = await opened;
  return (view) => regimes.at(view)?.name;
}

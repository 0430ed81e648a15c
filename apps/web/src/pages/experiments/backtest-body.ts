/** What the form for a backtest holds, as the request that starts it: what is left empty is left out. */
import type { BacktestBody } from "@mycroft/protocol";

export interface BacktestFormState {
  readonly workflow: string;
  /** Days, `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  /** `monthly`, `weekly`, or a number of trading days. */
  readonly cadence: string;
  /** Symbols, with commas or spaces between. */
  readonly universe: string;
  readonly policies: readonly string[];
  readonly without: readonly string[];
  readonly costBps: string;
  readonly slippageBps: string;
}

export const emptyBacktest: BacktestFormState = {
  ...{ workflow: "", from: "", to: "", cadence: "monthly", universe: "" },
  ...{ policies: [], without: [], costBps: "5", slippageBps: "5" },
};

export function backtestBodyOf(form: BacktestFormState): BacktestBody {
  const { from, to, cadence, policies, without } = form;
  const workflow = form.workflow.trim();
  const universe = symbolsIn(form.universe);
  return {
    ...(workflow === "" ? {} : { workflow }),
    ...(from === "" ? {} : { from }),
    ...(to === "" ? {} : { to }),
    cadence: cadence === "monthly" || cadence === "weekly" ? cadence : Number(cadence),
    ...(universe.length === 0 ? {} : { universe }),
    ...(policies.length === 0 ? {} : { policies: [...policies] }),
    ...(without.length === 0 ? {} : { without: [...without] }),
    ...bpsOf("costBps", form.costBps),
    ...bpsOf("slippageBps", form.slippageBps),
  };
}

/** As they are written: data may tell upper from lower case. */
export function symbolsIn(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/u).filter((word) => word !== ""))];
}

function bpsOf(name: "costBps" | "slippageBps", text: string): Partial<BacktestBody> {
  return text.trim() === "" ? {} : { [name]: Number(text) };
}

/** Who answers in a backtest: the project's agents and functions, its policies beside those that are built in. */

import type { BacktestTargets } from "@mycroft/backtest";
import { policies } from "@mycroft/ensemble";
import type { Project } from "@mycroft/sdk";

export function backtestTargets({ agents, functions, policies: own }: Project): BacktestTargets {
  return { agents, functions, policies: [...policies, ...own] };
}

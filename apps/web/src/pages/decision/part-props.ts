/** What every part of the page is given, and what parts look up in it. */
import type { Resolution } from "@mycroft/ensemble";
import type { DecisionDetail } from "@mycroft/protocol";

export interface PartProps {
  readonly detail: DecisionDetail;
  readonly resolution: Resolution;
}

/** The task in which an agent was asked. */
export function taskOf({ askedIn }: DecisionDetail, agent: string): string | null {
  return askedIn.find((one) => one.agent === agent)?.task ?? null;
}

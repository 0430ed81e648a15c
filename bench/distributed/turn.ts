/** One turn: a system with servers and processes of its own, and all that is measured of it; one turn at a time. */
import type { Shape } from "./load.ts";
import type { Sample } from "./sample.ts";
import type { Settings } from "./settings.ts";

export interface Turn {
  readonly name: string;
  /** What of a finished step is on disk when the next one begins. */
  readonly onDisk: string;
  /** @param before what was measured in this round so far. */
  measure(settings: Settings, before: readonly Sample[]): Promise<readonly Sample[]>;
}

/** How many runs are under way at once. */
export const runsAtOnce = 100;

/** What runs are made of, in the comparison. */
export const shapes: readonly Shape[] = ["chain", "fan"];

/** The world that a simulation takes place in: what the two kinds of host differ in. */

import type { Store } from "../ports/store.ts";
import type { AnyVariant } from "./any-variant.ts";
import type { Deployment } from "./compile-plans.ts";
import type { Scenario } from "./scenario.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import type { Witness } from "./witness.ts";

export interface WorldOptions {
  readonly scenario: Scenario;
  readonly deployments: readonly Deployment[];
  /** Time itself. */
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly variant: AnyVariant | undefined;
  readonly note: (text: () => string) => void;
  /** Something has become durable. */
  readonly onStored: () => void;
}

export interface World {
  readonly witness: Witness;
  /** What is on disk in the end. */
  readonly disk: Store;
  /** How many processes have died. */
  readonly deaths: number;
  /** Starts the first processes, and sets the faults that come at a time. */
  begin(): void;
  /** Looks around, when everything has happened that can happen without time passing. Whether all is over. */
  hasEnded(): boolean;
  /** What is to hold in the end, beside the ends of the runs. */
  checkEnd(): Promise<void>;
}

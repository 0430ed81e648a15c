/** Reaches the simulated agents: each takes its time, and some do not listen when they are told to stop. */
import type { Clock } from "../ports/clock.ts";
import type { AttemptOutcome, Gateway } from "../ports/gateway.ts";
import { behaviourOf, failure, strayOutcome } from "./agents.ts";
import type { MortalProcess } from "./mortal-process.ts";
import type { Witness } from "./witness.ts";

export interface SimulatedGatewayOptions {
  readonly process: MortalProcess;
  readonly worker: number;
  readonly seed: number;
  /** The agents' time. */
  readonly world: Clock;
  /** The process's clock. */
  readonly clock: Clock;
  readonly witness: Witness;
}

export function simulatedGateway(options: SimulatedGatewayOptions): Gateway {
  const { process, worker, seed, world, clock, witness } = options;
  return {
    execute(request, signal) {
      const startedAt = clock.now();
      const execution = { process, worker, request, signal, startedAt, lateSince: null, isOver: false };
      witness.executes(execution);
      const { outcome, afterMs, heedsAbort } = behaviourOf(seed, request);
      const { promise, resolve } = Promise.withResolvers<AttemptOutcome>();
      const end = (with_: AttemptOutcome) => {
        execution.isOver = true;
        resolve(with_);
      };
      if (heedsAbort) signal.addEventListener("abort", () => end(failure("RUN_CANCELLED", false)));
      if (afterMs !== Number.POSITIVE_INFINITY) {
        world.setTimer(world.now() + afterMs, () => {
          if (outcome !== null) end(outcome);
          // Too late, unless the process's clock was set back meanwhile: then it keeps silent.
          else if (signal.aborted) end(strayOutcome("late"));
        });
      }
      return promise;
    },
  };
}

/** Reaches the simulated agents: each takes its time, and some do not listen when they are told to stop. */
import type { Clock } from "../ports/clock.ts";
import type { AttemptControl, AttemptOutcome, Gateway } from "../ports/gateway.ts";
import { behaviourOf, failure, strayOutcome } from "./agents.ts";
import type { Execution } from "./executions.ts";
import type { Witness } from "./witness.ts";

export interface SimulatedGatewayOptions {
  readonly process: Execution["process"];
  readonly worker: Execution["worker"];
  readonly seed: number;
  /** The agents' time. */
  readonly world: Clock;
  readonly witness: Witness;
}

export function simulatedGateway(options: SimulatedGatewayOptions): Gateway {
  const { process, worker, seed, world, witness } = options;
  return {
    execute(request, control) {
      const startedAt = world.elapsed();
      const execution: Execution = {
        process,
        worker,
        request,
        control,
        startedAt,
        lastBeatAt: startedAt,
        isOver: false,
      };
      witness.executes(execution);
      const { outcome, afterMs, beatsEveryMs, heedsAbort } = behaviourOf(seed, request);
      const { promise, resolve } = Promise.withResolvers<AttemptOutcome>();
      const end = (with_: AttemptOutcome) => {
        execution.isOver = true;
        resolve(with_);
      };
      if (heedsAbort) control.signal.addEventListener("abort", () => end(failure("RUN_CANCELLED", false)));
      if (beatsEveryMs !== null) beat(execution, world, beatsEveryMs);
      if (afterMs !== Number.POSITIVE_INFINITY) {
        world.setDelay(afterMs, () => end(outcome ?? strayOutcome("late")));
      }
      return promise;
    },
  };
}

function beat(execution: Execution, world: Clock, everyMs: number): void {
  const { control, process, request } = execution;
  world.setDelay(everyMs, () => {
    const isUseless = execution.isOver || process.isDead || isAborted(control);
    // An agent that never comes to an end is not listened to for ever.
    if (isUseless || world.elapsed() > execution.startedAt + request.timeoutMs) return;
    execution.lastBeatAt = world.elapsed();
    control.heartbeat();
    beat(execution, world, everyMs);
  });
}

function isAborted(control: AttemptControl): boolean {
  return control.signal.aborted;
}

/** Ports that tell what passes through them, for the log of a process that works in a cluster. */
import {
  type AttemptOutcome,
  type AttemptRequest,
  type Bus,
  type Gateway,
  type RunUpdate,
  runUpdatesTopic,
} from "@mycroft/runtime";

/** Tells of the runs that this process advances; subscribers of the bus hear of them from every process. */
export function tellingBus(bus: Bus, tell: (update: RunUpdate) => void): Bus {
  return {
    publish: (topic, message) => {
      // The orchestrator publishes run updates and nothing else under this topic.
      if (topic === runUpdatesTopic) tell(message.body as unknown as RunUpdate);
      return bus.publish(topic, message);
    },
    subscribe: (topic, options, handle) => bus.subscribe(topic, options, handle),
    deadLetters: (topic) => bus.deadLetters(topic),
    close: () => bus.close(),
  };
}

export interface TellingGateway extends Gateway {
  /** How many attempts are being executed. */
  readonly inHand: number;
}

export interface ExecutedAttempt {
  readonly request: AttemptRequest;
  readonly outcome: AttemptOutcome;
  readonly tookMs: number;
}

export function tellingGateway(gateway: Gateway, tell: (executed: ExecutedAttempt) => void): TellingGateway {
  let inHand = 0;
  return {
    get inHand() {
      return inHand;
    },
    async execute(request, control) {
      const startedAt = performance.now();
      inHand += 1;
      try {
        const outcome = await gateway.execute(request, control);
        // What nobody waits for any more has not been done.
        if (!control.signal.aborted) tell({ request, outcome, tookMs: performance.now() - startedAt });
        return outcome;
      } finally {
        inHand -= 1;
      }
    },
  };
}

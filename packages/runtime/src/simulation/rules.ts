/** What must hold in every simulation, by name: a violation says which of these it breaks. */
export const rules = {
  settles: "P3 every run settles",
  end: "P3 P4 a run ends as it would have ended undisturbed",
  cancelledEnd: "E11 a run that was asked to stop ends cancelled, or as it would have ended undisturbed",
  once: "P2 each outcome counts once",
  needs: "E2 P1 no attempt is executed before what it needs has settled durably",
  wanted: "E10 no attempt is executed that is durably over",
  stopped: "E11 nothing starts after a durable cancellation",
  givenUp: "E11 attempts in flight are given up when their run is cancelled",
  timeout: "E4 no attempt is waited for beyond its timeout",
  concurrency: "P8 a worker never has more attempts in hand than it may",
  limits: "P8 limits on attempts and on stale results hold",
  queued: "P1 nothing is queued before it is durable",
  announced: "P1 nothing is announced before it is durable",
  answered: "P1 nothing is answered before it is durable",
  acknowledged: "P2 a message is done only when what came of it is durable",
  failure: "no call fails unless the world made it fail",
} as const;

export type Rule = keyof typeof rules;

export interface Violation {
  readonly rule: Rule;
  readonly detail: string;
}

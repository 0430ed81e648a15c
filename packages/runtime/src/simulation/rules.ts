/** What must hold in every simulation, by name: a violation says which of these it breaks. */
export const rules = {
  settles: "P3 every run settles, and whoever waits is told",
  end: "P3 P4 a run ends as it would have ended undisturbed",
  cancelledEnd: "E11 a run that was asked to stop ends cancelled, or as it would have ended undisturbed",
  once: "P2 each outcome counts once",
  started: "E7 what is asked for is started once: a start key, a child of an attempt, a firing",
  pinned: "P5 a run follows the plan and the day that it began with, whatever is deployed",
  carried: "a fork does again what it must, and nothing else, and leaves its original as it is",
  firings:
    "each firing of a schedule or backfill leads to the one run, or is passed over for the reason, that its rules give",
  needs: "E2 P1 no attempt is executed before what it needs has settled durably",
  wanted: "E10 no attempt is executed that is durably over, or that another worker has in hand",
  stopped: "E11 nothing starts after a durable cancellation, in child runs neither",
  givenUp: "E11 attempts in flight are given up when they are cancelled",
  timeout: "E4 no attempt is waited for beyond its timeout, nor without heartbeats beyond that",
  concurrency: "P8 a worker never has more attempts in hand than it may",
  slots: "a pool never has more attempts under way than it has slots, and no slot is lost",
  rate: "an agent is never called more often than its rate limit allows, across restarts too",
  resent: "P4 what the queue loses, or a silent worker holds, is sent again within the stated time",
  limits: "P8 limits on attempts and on stale results hold",
  queued: "P1 nothing is queued before it is durable",
  announced: "P1 nothing is announced before it is durable",
  answered: "P1 nothing is answered before it is durable",
  refused: "P7 what is wrong is refused, with the code for it",
  acknowledged: "P2 a message is done only when what came of it is durable",
  fenced: "P2 of two appends for the same place in a run, one is stored",
  letters: "P2 a letter becomes the event that it tells of, once, or nothing follows from it",
  carriedOn: "P3 what is outstanding is carried on within the stated time, whoever has died",
  leftOver: "P8 when all is done, nothing is left in the outbox or the inbox",
  failure: "no call fails unless the world made it fail",
} as const;

export type Rule = keyof typeof rules;

export interface Violation {
  readonly rule: Rule;
  readonly detail: string;
}

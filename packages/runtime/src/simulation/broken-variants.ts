/**
 * Systems that are broken on purpose, each in one way, by wrapping the ports of their processes: what the simulator must
 * notice, by which rules, and within how many seeds.
 */
import { neverRedispatches, recoversWithoutTimers, retriesUnderTheOldToken } from "./broken-orchestrators.ts";
import {
  acknowledgesBeforeItCommits,
  losesTheLastEvent,
  sendsBeforeItIsDurable,
  takesOverOneRun,
  tearsBatches,
} from "./broken-stores.ts";
import {
  acknowledgesBeforeItReports,
  cancelForgetsRetries,
  completesWithoutFencing,
  isDeafToCancellation,
  takesMoreThanItMay,
  trustsTheMessage,
  waitsWithoutEnd,
} from "./broken-workers.ts";
import type { Rule } from "./rules.ts";
import type { Variant } from "./variant.ts";

export interface BrokenVariant {
  readonly name: string;
  readonly variant: Variant;
  readonly caughtBy: readonly Rule[];
  /** Counted from seed 1. */
  readonly withinSeeds: number;
}

export const brokenVariants: readonly BrokenVariant[] = [
  {
    name: "a store that acknowledges before it commits",
    variant: acknowledgesBeforeItCommits,
    caughtBy: ["announced", "queued", "answered"],
    withinSeeds: 5,
  },
  {
    name: "a store that stores half of a batch and says that it has stored nothing",
    variant: tearsBatches,
    caughtBy: ["failure"],
    withinSeeds: 5,
  },
  {
    name: "a store that loses the last event of what it reads back",
    variant: losesTheLastEvent,
    caughtBy: ["failure", "settles", "wanted", "stopped"],
    withinSeeds: 10,
  },
  {
    name: "an orchestrator that carries out commands before they are durable",
    variant: sendsBeforeItIsDurable,
    caughtBy: ["queued", "stopped"],
    withinSeeds: 5,
  },
  {
    name: "a recovery that takes over one run only",
    variant: takesOverOneRun,
    caughtBy: ["settles"],
    withinSeeds: 100,
  },
  {
    name: "a recovery that forgets timers",
    variant: recoversWithoutTimers,
    caughtBy: ["settles"],
    withinSeeds: 50,
  },
  {
    name: "a retry that keeps its old token",
    variant: retriesUnderTheOldToken,
    caughtBy: ["settles"],
    withinSeeds: 5,
  },
  {
    name: "a reconciler that never sends an attempt again",
    variant: neverRedispatches,
    caughtBy: ["settles"],
    withinSeeds: 20,
  },
  {
    name: "a completion without fencing",
    variant: completesWithoutFencing,
    caughtBy: ["end", "cancelledEnd", "once"],
    withinSeeds: 20,
  },
  {
    name: "a worker that acknowledges before it reports",
    variant: acknowledgesBeforeItReports,
    caughtBy: ["acknowledged"],
    withinSeeds: 5,
  },
  {
    name: "a worker that takes more than it may",
    variant: takesMoreThanItMay,
    caughtBy: ["concurrency"],
    withinSeeds: 10,
  },
  {
    name: "a worker that does not ask whether an attempt is still wanted",
    variant: trustsTheMessage,
    caughtBy: ["wanted", "stopped"],
    withinSeeds: 10,
  },
  {
    name: "a worker that waits for an agent without end",
    variant: waitsWithoutEnd,
    caughtBy: ["timeout"],
    withinSeeds: 10,
  },
  {
    name: "a worker that is deaf to cancellations",
    variant: isDeafToCancellation,
    caughtBy: ["givenUp"],
    withinSeeds: 50,
  },
  {
    name: "a cancellation that forgets tasks that wait for a retry",
    variant: cancelForgetsRetries,
    caughtBy: ["stopped"],
    withinSeeds: 150,
  },
];

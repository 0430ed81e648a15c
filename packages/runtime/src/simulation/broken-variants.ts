/**
 * Systems that are broken on purpose, each in one way, by wrapping the ports of their processes: what the simulator must
 * notice, by which rules, and within how many seeds.
 */
import {
  carriesNothing,
  countsApprovalsTwice,
  firesTwice,
  forgetsEarlySignals,
  forgetsMissedFirings,
  sparesChildren,
  startsChildrenTwice,
} from "./broken-answers.ts";
import {
  callsAsOftenAsItLikes,
  leaksSlots,
  leasesForEver,
  neverSendsAgain,
  releasesSlotsTwice,
  retriesUnderTheOldToken,
} from "./broken-orchestrators.ts";
import {
  followsDeploys,
  forgetsSleepers,
  neverTellsParents,
  recoversWithoutTimers,
  takesOverOneRun,
} from "./broken-recoveries.ts";
import {
  acknowledgesBeforeItCommits,
  losesTheLastEvent,
  sendsBeforeItIsDurable,
  tearsBatches,
} from "./broken-stores.ts";
import {
  acknowledgesBeforeItReports,
  cancelForgetsRetries,
  completesWithoutFencing,
  ignoresHeartbeats,
  isDeafToCancellation,
  startsCancelledTasks,
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
    caughtBy: ["failure", "started", "settles", "wanted", "stopped"],
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
    withinSeeds: 100,
  },
  {
    name: "a retry that keeps its old token",
    variant: retriesUnderTheOldToken,
    caughtBy: ["settles"],
    withinSeeds: 5,
  },
  {
    name: "a dispatcher that never sends an attempt again",
    variant: neverSendsAgain,
    caughtBy: ["settles", "resent"],
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
    withinSeeds: 20,
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
    withinSeeds: 150,
  },
  {
    name: "a cancellation that forgets tasks that wait for a retry",
    variant: cancelForgetsRetries,
    caughtBy: ["stopped"],
    withinSeeds: 200,
  },
  {
    name: "a slot that is released twice",
    variant: releasesSlotsTwice,
    caughtBy: ["slots", "resent"],
    withinSeeds: 100,
  },
  {
    name: "slots that are counted, not leased",
    variant: leaksSlots,
    caughtBy: ["settles", "resent"],
    withinSeeds: 100,
  },
  {
    name: "a lease that never expires",
    variant: leasesForEver,
    caughtBy: ["settles", "resent"],
    withinSeeds: 100,
  },
  {
    name: "a rate limit that nobody minds",
    variant: callsAsOftenAsItLikes,
    caughtBy: ["rate"],
    withinSeeds: 150,
  },
  {
    name: "a worker that waits for silent agents",
    variant: ignoresHeartbeats,
    caughtBy: ["timeout", "end"],
    withinSeeds: 20,
  },
  {
    name: "a task that is started after its cancellation",
    variant: startsCancelledTasks,
    caughtBy: ["stopped"],
    withinSeeds: 500,
  },
  {
    name: "a signal that is forgotten when it comes before its wait",
    variant: forgetsEarlySignals,
    caughtBy: ["answered", "refused"],
    withinSeeds: 20,
  },
  {
    name: "an approval that counts twice",
    variant: countsApprovalsTwice,
    caughtBy: ["end", "cancelledEnd", "answered"],
    withinSeeds: 100,
  },
  {
    name: "a child run that is started twice",
    variant: startsChildrenTwice,
    caughtBy: ["started"],
    withinSeeds: 50,
  },
  {
    name: "a child run that is not cancelled with its parent",
    variant: sparesChildren,
    caughtBy: ["settles", "answered", "stopped"],
    withinSeeds: 200,
  },
  {
    name: "a parent that is not told of its child run after a crash",
    variant: neverTellsParents,
    caughtBy: ["settles"],
    withinSeeds: 300,
  },
  {
    name: "a run that follows a deploy",
    variant: followsDeploys,
    caughtBy: ["pinned", "queued", "end"],
    withinSeeds: 100,
  },
  {
    name: "a fork that does again what it should carry",
    variant: carriesNothing,
    caughtBy: ["carried"],
    withinSeeds: 150,
  },
  {
    name: "a recovery that forgets the timer of a sleep",
    variant: forgetsSleepers,
    caughtBy: ["settles"],
    withinSeeds: 100,
  },
  {
    name: "a scheduler that fires twice after a crash",
    variant: firesTwice,
    caughtBy: ["firings"],
    withinSeeds: 20,
  },
  {
    name: "a scheduler that forgets missed firings",
    variant: forgetsMissedFirings,
    caughtBy: ["firings"],
    withinSeeds: 20,
  },
];

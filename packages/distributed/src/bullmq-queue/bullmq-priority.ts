/**
 * How a task message's priority becomes one of BullMQ's.
 *
 * Ours is any whole number, higher is sooner; the dispatcher gives the rank by age, in seconds, so that it falls by 86,400 a
 * day for as long as a process lives. BullMQ has 1 to 2^21 - 1, lower is sooner (0 is a line of its own, which passes all
 * others, and is never used here). The mapping never turns an order round. It tells apart:
 *
 * - each number within 2^19 of 0: seconds, for six days to either side;
 * - beyond that, each 64: about a minute, for 394 days more;
 * - nothing beyond 34,078,656 from 0: such messages are equal, and come in the order of publication.
 *
 * Of equal priority, BullMQ keeps the order of publication.
 */
const middle = 2 ** 20;
const exactUpTo = 2 ** 19;
const coarseStep = 64;
const farthest = middle - 1;

/** @param priority a whole number. @returns a whole number from 1 to 2^21 - 1. */
export function toBullmqPriority(priority: number): number {
  const distance = Math.abs(priority);
  const beyond = Math.max(0, distance - exactUpTo);
  const steps = Math.min(farthest, Math.min(distance, exactUpTo) + Math.ceil(beyond / coarseStep));
  return priority > 0 ? middle - steps : middle + steps;
}

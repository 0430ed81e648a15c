/**
 * How a task message's priority becomes one of BullMQ's.
 *
 * Ours is any whole number, higher is sooner; orchestrators give ranks by age, of ten seconds each, which lie around -180 million
 * and fall by 8,640 a day. BullMQ has 1 to 2^21 - 1, lower is sooner (0 is a line of its own, which passes all others, and is
 * never used here). So ours are counted round a circle of that length, which begins anew each 242 days of ranks.
 *
 * Within one round every two numbers are told apart and in order; all numbers less than 2^20 from 0 are in one round. For as
 * long as messages of two rounds wait together, those of the later one come first: order is lost then, nothing else.
 * Of equal priority, BullMQ keeps the order of publication.
 */
const round = 2 ** 21 - 1;
const middle = 2 ** 20;

/** @param priority a whole number. @returns a whole number from 1 to 2^21 - 1. */
export function toBullmqPriority(priority: number): number {
  // First the remainder, which is exact for any safe integer; then into the round around 0.
  const remainder = priority % round;
  if (remainder >= middle) return middle - (remainder - round);
  if (remainder <= -middle) return middle - (remainder + round);
  return middle - remainder;
}

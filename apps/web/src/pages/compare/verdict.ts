/** Who was better, in a sentence that claims no more than the interval does. */
import type { HeadToHead } from "@mycroft/protocol";

type Compared = Pick<HeadToHead, "a" | "b" | "cases" | "difference" | "differenceInterval">;

/** A difference below 0 speaks for `a`; where the interval holds 0, chance alone may explain it. */
export function verdictOf({ a, b, cases, difference, differenceInterval }: Compared): string {
  if (difference === null) return "There is no case that both judged.";
  const on = `on ${cases} ${cases === 1 ? "case" : "cases"}`;
  if (difference === 0) return `They scored alike ${on}.`;
  const [better, worse] = difference < 0 ? [a, b] : [b, a];
  if (differenceInterval === null)
    return `${better} scored better than ${worse} ${on}: too few to tell that from chance.`;
  const { low, high } = differenceInterval;
  return low <= 0 && high >= 0
    ? `${better} scored better than ${worse} ${on}, but so little that chance alone may explain it.`
    : `${better} scored better than ${worse} ${on}, by more than chance easily explains.`;
}

/** Ids of letters sort by the time at which they were made, so that what was sent first is read first. */
import { newRunId } from "../run-id.ts";

/**
 * Makes ids, each from the time in milliseconds since the epoch. Those of one maker sort in the order in which they were made,
 * whatever the clock does meanwhile.
 * @param chance what ids of the same moment differ in.
 */
export function letterIds(chance: () => string = () => newRunId(0).slice(-8)): (now: number) => string {
  let last = "";
  let count = 0;
  return (now) => {
    const time = newRunId(now).slice(0, 9);
    const isSame = time <= last;
    count = isSame ? count + 1 : 0;
    if (!isSame) last = time;
    return `${last}${count.toString(36).padStart(5, "0")}${chance()}`;
  };
}

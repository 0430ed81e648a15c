/** Ids of letters sort by the time at which they were made, so that what was sent first is read first. */
import { newRunId } from "../run-id.ts";

let last = "";
let count = 0;

/** @param now in milliseconds since the epoch. Those of one process sort in the order in which they were made. */
export function newLetterId(now: number): string {
  const time = newRunId(now).slice(0, 9);
  const isSame = time <= last;
  count = isSame ? count + 1 : 0;
  if (!isSame) last = time;
  return `${last}${count.toString(36).padStart(5, "0")}${newRunId(now).slice(10)}`;
}

import { Turns } from "../turns.ts";

/** A clock that goes on by a millisecond whenever it is asked, and the longest stretch between two times that others had. */
export function watchedTurns() {
  let now = 0;
  let given = 0;
  let longest = 0;
  let since = 0;
  const turns = new Turns({
    now: () => {
      now += 1;
      longest = Math.max(longest, now - since);
      return now;
    },
    others: async () => {
      given += 1;
      since = now;
    },
  });
  return { turns, given: () => given, longest: () => longest };
}

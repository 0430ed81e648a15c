/** A server that is there, and answers too late for a test's short patience: on a machine that is busy with something else. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { hasCode } from "./has-code.ts";

/** Does it again for as long as the server is not reached in time. */
export async function untilReachable<Result>(act: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await act();
    } catch (thrown) {
      hasCode("SERVER_UNREACHABLE")(thrown);
      // A connection that has just been cut refuses at once, and is noticed only when others get their turn.
      await nextTurn();
    }
  }
}

/** Asks for something until there is an answer: the disk may be full for a while, or far away. */
import { asMycroftError, type ErrorCode } from "@mycroft/errors";
import { type ClientOptions, retryMs } from "./outside.ts";

/** The answer, or the code of the refusal. */
export type Answer<T> = { readonly value: T } | { readonly refusal: ErrorCode };

/** Whether it was done, nobody knows. */
const undecided: ReadonlySet<ErrorCode> = new Set(["STORE_UNREACHABLE", "SERVER_UNREACHABLE"]);

/**
 * @param refusals the codes that may be answered; any other failure is thrown.
 * @param whatCame looks whether it has come about all the same: whoever loses a connection does not know.
 */
export async function ask<T>(
  { pause }: Pick<ClientOptions, "pause">,
  refusals: readonly ErrorCode[],
  request: () => Promise<T>,
  whatCame: () => T | undefined = () => undefined,
): Promise<Answer<T>> {
  let isInDoubt = false;
  for (;;) {
    try {
      return { value: await request() };
    } catch (thrown) {
      const { code } = asMycroftError(thrown);
      if (refusals.includes(code)) return { refusal: code };
      isInDoubt ||= undecided.has(code);
      const came = isInDoubt ? whatCame() : undefined;
      if (came !== undefined) return { value: came };
      if (code !== "STORE_FULL" && !undecided.has(code)) throw thrown;
      await pause(retryMs);
    }
  }
}

/** Asks for something until there is an answer: the disk may be full for a while. */
import { asMycroftError, type ErrorCode } from "@mycroft/errors";
import { type ClientOptions, retryMs } from "./outside.ts";

/** The answer, or the code of the refusal. */
export type Answer<T> = { readonly value: T } | { readonly refusal: ErrorCode };

/** @param refusals the codes that may be answered; any other failure is thrown. */
export async function ask<T>(
  { pause }: Pick<ClientOptions, "pause">,
  refusals: readonly ErrorCode[],
  request: () => Promise<T>,
): Promise<Answer<T>> {
  for (;;) {
    try {
      return { value: await request() };
    } catch (thrown) {
      const { code } = asMycroftError(thrown);
      if (refusals.includes(code)) return { refusal: code };
      if (code !== "STORE_FULL") throw thrown;
      await pause(retryMs);
    }
  }
}

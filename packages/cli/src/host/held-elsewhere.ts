/**
 * What to do where another process holds the record: one that keeps running serves a page, and does most of what is asked
 * for; the others are waited for.
 */
import { MycroftError } from "@mycroft/errors";
import { askPage, type HolderPage } from "../web/ask-page.ts";

/** In sentences of its own, after who holds it. @param page without what signs in there; null where there is none. */
export type HolderAdvice = (page: string | null) => string;

/** @throws {MycroftError} what `work` throws; STORE_LOCKED with that advice when the holder keeps running. */
export async function withHolderAdvice<Result>(
  recordFolder: string,
  advice: HolderAdvice,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof MycroftError) || thrown.code !== "STORE_LOCKED") throw thrown;
    // That it cannot be asked is no news: what is known is told.
    const held = await askPage(recordFolder).catch(() => null);
    throw held?.holder.isStaying === true ? advised(thrown, recordFolder, held, advice) : thrown;
  }
}

function advised(
  { details, retryable }: MycroftError,
  recordFolder: string,
  { holder, url }: HolderPage,
  advice: HolderAdvice,
): MycroftError {
  const page = url === null ? null : new URL(url).origin;
  const message = `The record in ${recordFolder} is held by process ${holder.pid}, which keeps running. ${advice(page)}`;
  return new MycroftError("STORE_LOCKED", message, {
    retryable,
    details: { folder: recordFolder, pid: holder.pid, ...(page === null ? {} : { page }) },
    cause: details,
  });
}

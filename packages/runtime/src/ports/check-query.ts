/** What a question to a store must look like (P7): every store checks it with these. */
import { checkTag } from "./check-new-run.ts";
import type { RunQuery } from "./store.ts";
import { wrongField } from "./wrong-field.ts";

const maxPage = 1_000;

/** @throws {MycroftError} INPUT_INVALID. */
export function checkRunQuery({ limit, tag }: RunQuery): void {
  checkPageLimit(limit);
  if (tag !== undefined) checkTag(tag);
}

/** @throws {MycroftError} INPUT_INVALID. */
export function checkPageLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= maxPage) return;
  throw wrongField("limit", limit, "A page's limit is a whole number from 1 to 1,000", maxPage);
}

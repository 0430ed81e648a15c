/** What an append must look like, whatever the store and whatever it holds (P7): every store checks it with these. */
import type { RunEvent } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { checkNewRun } from "./check-new-run.ts";
import type { RunAppend } from "./store.ts";
import { wrongField } from "./wrong-field.ts";

/** @throws {MycroftError} INPUT_INVALID. */
export function checkAppend({ runId, create, fromSeq, settle }: RunAppend): void {
  checkSeq(fromSeq);
  if (settle !== undefined && !Number.isFinite(settle.at)) {
    throw wrongField("settle.at", settle.at, "The time at which a run settled is a number of milliseconds");
  }
  if (create === undefined) return;
  checkNewRun(create);
  if (create.runId === runId && fromSeq === 0) return;
  throw new MycroftError(
    "INPUT_INVALID",
    `The creation of run ${create.runId} is for another run or does not begin at 0.`,
    { details: { runId, fromSeq, created: create.runId } },
  );
}

/** @throws {MycroftError} INPUT_INVALID. */
function checkSeq(fromSeq: number): void {
  if (Number.isInteger(fromSeq) && fromSeq >= 0) return;
  throw wrongField("fromSeq", fromSeq, "A sequence number is a whole number from 0 on");
}

/** What is asked of `readEvents`. @throws {MycroftError} INPUT_INVALID. */
export function checkEventRange(fromSeq: number, limit: number | undefined): void {
  checkSeq(fromSeq);
  if (limit === undefined || (Number.isSafeInteger(limit) && limit >= 1)) return;
  throw wrongField("limit", limit, "As many events as are read at most are a whole number from 1 on");
}

/** @throws {MycroftError} OUTPUT_NOT_JSON. */
export function eventText(event: RunEvent): string {
  try {
    return JSON.stringify(event);
  } catch (cause) {
    throw new MycroftError(
      "OUTPUT_NOT_JSON",
      `An event of type ${event.type} holds what JSON cannot carry.`,
      { cause },
    );
  }
}

/** What an append must look like, whatever the store and whatever it holds (P7): every store checks it with these. */
import type { RunEvent } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { RunAppend } from "./store.ts";

const runIdForm = /^[!-~]{1,200}$/;

/** @throws {MycroftError} INPUT_INVALID. */
export function checkAppend({ runId, create, fromSeq }: RunAppend): void {
  checkSeq(fromSeq);
  if (create === undefined) return;
  if (!runIdForm.test(runId)) {
    const shown = JSON.stringify(runId.slice(0, 50));
    throw new MycroftError(
      "INPUT_INVALID",
      `A run id is 1 to 200 printable ASCII characters without spaces, not ${shown}.`,
      { details: { field: "runId", limit: 200 } },
    );
  }
  if (create.runId !== runId || fromSeq !== 0) {
    throw new MycroftError(
      "INPUT_INVALID",
      `The creation of run ${runId} names another run or does not begin at 0.`,
      {
        details: { runId, fromSeq, created: create.runId },
      },
    );
  }
}

/** @throws {MycroftError} INPUT_INVALID. */
export function checkSeq(fromSeq: number): void {
  if (Number.isInteger(fromSeq) && fromSeq >= 0) return;
  throw new MycroftError("INPUT_INVALID", `A sequence number is a whole number from 0 on, not ${fromSeq}.`, {
    details: { field: "fromSeq", value: fromSeq },
  });
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

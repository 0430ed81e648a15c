/** What an append must look like, whatever the store and whatever it holds (P7): every store checks it with these. */
import type { RunEvent } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { DocumentWrite, NewRun, RunAppend } from "./store.ts";

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
  checkWords(create);
}

const maxTags = 20;

function checkWords({ runId, tags, startKey }: NewRun): void {
  const isGood = tags.every(
    (tag, index) =>
      tag.length >= 1 &&
      tag.length <= 100 &&
      tag.isWellFormed() &&
      (index === 0 || tag > (tags[index - 1] ?? "")),
  );
  if (!isGood || tags.length > maxTags) {
    throw new MycroftError(
      "INPUT_INVALID",
      `The tags of run ${runId} are at most ${maxTags}, sorted, once each, of 1 to 100 characters.`,
      { details: { field: "tags", limit: maxTags } },
    );
  }
  if (startKey === null || runIdForm.test(startKey)) return;
  throw new MycroftError(
    "INPUT_INVALID",
    "A start key is 1 to 200 printable ASCII characters without spaces.",
    {
      details: { field: "startKey", limit: 200 },
    },
  );
}

const collectionForm = /^[A-Za-z][A-Za-z0-9-]{0,49}$/;
const maxDocument = 1024 * 1024;

/**
 * @returns the document's JSON.
 * @throws {MycroftError} INPUT_INVALID or LIMIT_EXCEEDED.
 */
export function checkDocument({ collection, id, value, expiresAt }: DocumentWrite): string {
  const field = !collectionForm.test(collection)
    ? "collection"
    : id.length < 1 || id.length > 500 || !id.isWellFormed()
      ? "id"
      : Number.isNaN(expiresAt)
        ? "expiresAt"
        : null;
  if (field !== null) {
    throw new MycroftError("INPUT_INVALID", `A document's ${field} is not as it should be.`, {
      details: { field },
    });
  }
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) <= maxDocument) return text;
  throw new MycroftError("LIMIT_EXCEEDED", `A document has at most ${maxDocument} bytes of JSON.`, {
    details: { field: "value", limit: maxDocument },
  });
}

/** @throws {MycroftError} INPUT_INVALID. */
export function checkPageLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1_000) return;
  throw new MycroftError("INPUT_INVALID", `A page's limit is a whole number from 1 to 1,000, not ${limit}.`, {
    details: { field: "limit", value: limit, limit: 1_000 },
  });
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

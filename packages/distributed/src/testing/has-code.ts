/** Failures are told apart by code alone; and no password is in anything that may be printed. */
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { type ErrorCode, MycroftError } from "@mycroft/errors";

export const secret = "s3cret-pa55";

/** For `assert.rejects`. */
export function hasCode(code: ErrorCode): (thrown: unknown) => boolean {
  return (thrown) => {
    assert.ok(thrown instanceof MycroftError, `not a MycroftError: ${inspect(thrown)}`);
    assert.equal(thrown.code, code, thrown.message);
    const printed = inspect(thrown, { depth: 20, showHidden: true }) + JSON.stringify(thrown.toRecord());
    assert.ok(!printed.includes(secret), "the password is in the error");
    return true;
  };
}

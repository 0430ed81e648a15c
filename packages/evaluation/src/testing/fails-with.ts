/** Asserts that something fails with a code, and that the message says what a person needs to know. */
import assert from "node:assert/strict";
import { type ErrorCode, MycroftError } from "@mycroft/errors";

export function failsWith(code: ErrorCode, mention: RegExp = /./u): (thrown: unknown) => true {
  return (thrown) => {
    assert.ok(thrown instanceof MycroftError, `not a MycroftError: ${thrown}`);
    assert.equal(thrown.code, code, thrown.message);
    assert.match(thrown.message, mention);
    return true;
  };
}

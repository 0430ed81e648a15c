/** For this package's tests: what `act` throws, checked to be an error of that code that tells a person as much. */
import assert from "node:assert/strict";
import { type ErrorCode, MycroftError } from "@mycroft/errors";

export function throwsCode(code: ErrorCode, message: RegExp, act: () => unknown): MycroftError {
  try {
    act();
  } catch (thrown) {
    assert(thrown instanceof MycroftError, `a MycroftError, not ${String(thrown)}`);
    assert.equal(thrown.code, code, thrown.message);
    assert.match(thrown.message, message);
    return thrown;
  }
  assert.fail(`nothing was thrown where ${code} was expected`);
}

/** Failures are told apart by code alone, never by message. */
import assert from "node:assert/strict";
import { type ErrorCode, MycroftError } from "@mycroft/errors";

/** Asserts that `action` rejects with a MycroftError of one of `codes`. */
export async function assertCode(
  action: () => Promise<unknown>,
  ...codes: readonly ErrorCode[]
): Promise<void> {
  await assert.rejects(action, (thrown: unknown) => {
    assert.ok(thrown instanceof MycroftError, `not a MycroftError: ${String(thrown)}`);
    assert.ok(
      codes.includes(thrown.code),
      `${thrown.code} (${thrown.message}), expected ${codes.join(" or ")}`,
    );
    return true;
  });
}

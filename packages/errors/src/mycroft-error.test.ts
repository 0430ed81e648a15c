import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { asMycroftError, MycroftError } from "./mycroft-error.ts";

describe("asMycroftError", () => {
  it("leaves a MycroftError as it is", () => {
    const error = new MycroftError("NOT_FOUND", "gone", { details: { what: "it" } });
    assert.equal(asMycroftError(error, "TASK_FAILED"), error);
    assert.deepEqual(error.toRecord(), {
      code: "NOT_FOUND",
      message: "gone",
      retryable: false,
      details: { what: "it" },
    });
  });

  it("P7 takes whatever is thrown, even what throws when it is looked at", () => {
    const hostile = Object.defineProperty(new Error("x"), "message", {
      get: () => {
        throw new Error("do not look");
      },
    });
    const thrown: readonly unknown[] = [
      undefined,
      null,
      "text",
      Symbol("s"),
      { toString: "" },
      Object.create(null),
      hostile,
      new Proxy(
        {},
        {
          getPrototypeOf: () => {
            throw new Error("do not ask");
          },
        },
      ),
    ];
    for (const value of thrown) {
      const error = asMycroftError(value, "TASK_FAILED");
      assert.equal(error.code, "TASK_FAILED");
      assert.equal(error.retryable, true);
      assert.equal(error.cause, value);
      assert.equal(typeof error.message, "string");
    }
  });
});

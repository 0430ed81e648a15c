import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { WriteLine } from "./write-line.ts";

describe("WriteLine", () => {
  test("what nothing stands before is done at once", () => {
    const line = new WriteLine();
    const done: string[] = [];
    void line.run(() => done.push("first"));
    assert.deepEqual(done, ["first"]);
  });

  test("one at a time and in order, also after a failure, and for those who come while the line moves", async () => {
    const line = new WriteLine();
    const told: string[] = [];
    const gates = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const slow = (name: string, gate: number) =>
      line.run(() => {
        told.push(`${name} begins`);
        return gates[gate]?.promise;
      });
    const first = slow("first", 0).catch((thrown: unknown) => told.push(`first: ${thrown}`));
    const second = line.run(() => {
      told.push("second");
      throw new Error("on its own account");
    });
    const refused = assert.rejects(second, /on its own account/);
    const third = slow("third", 1).then(() => line.run(() => told.push("after third")));
    const fourth = line.run(() => told.push("fourth"));
    assert.deepEqual(told, ["first begins"]);
    gates[0]?.reject("refused");
    await Promise.all([first, refused]);
    // The line is on its way to the third: whoever comes now stands behind the fourth.
    const fifth = line.run(() => told.push("fifth"));
    gates[1]?.resolve("done");
    await Promise.all([third, fourth, fifth]);
    assert.deepEqual(
      told.filter((one) => one !== "first: refused"),
      ["first begins", "second", "third begins", "fourth", "fifth", "after third"],
    );
  });
});

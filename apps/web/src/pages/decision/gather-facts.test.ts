import assert from "node:assert/strict";
import { test } from "node:test";
import { gatherFacts } from "./gather-facts.ts";

const fact = (name: string, value: number) => ({ name, value, date: "2020-01-02", source: "prices" });

test("a value that two agents cite is one row with both", () => {
  const rows = gatherFacts(
    [
      { agent: "a", facts: [fact("close", 10)] },
      { agent: "b", facts: [fact("close", 10), fact("close", 10)] },
    ],
    [],
  );
  assert.deepEqual(
    rows.map(({ citedBy, isContradicted }) => ({ citedBy, isContradicted })),
    [{ citedBy: ["a", "b"], isContradicted: false }],
  );
});

test("facts that contradict each other come first and are marked, on their own date only", () => {
  const earlier = { ...fact("eps", 1), date: "2019-01-02" };
  const rows = gatherFacts(
    [
      { agent: "a", facts: [fact("close", 10), fact("eps", 1), earlier] },
      { agent: "b", facts: [fact("eps", 2)] },
    ],
    [{ kind: "factual", fact: "eps", date: "2020-01-02", claims: [] }],
  );
  assert.deepEqual(
    rows.map(({ name, date, value, isContradicted }) => [name, date, value, isContradicted]),
    [
      ["eps", "2020-01-02", 1, true],
      ["eps", "2020-01-02", 2, true],
      ["close", "2020-01-02", 10, false],
      ["eps", "2019-01-02", 1, false],
    ],
  );
});

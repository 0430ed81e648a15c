/** P6: what the Lab computes is what `resolve` gave in recorded runs, byte for byte, also after a way through a link. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { policies, type Resolution, type ResolveRequest } from "@mycroft/ensemble";
import { type LabCase, setAbstaining, setProbability } from "./lab-case.ts";
import { initialState, readLabCase } from "./lab-state.ts";
import { isSameJson } from "./recorded-case.ts";
import { resolveAll } from "./resolve-all.ts";
import { packState, unpackState } from "./share-link.ts";

interface Recorded {
  readonly policy: string;
  readonly request: ResolveRequest;
  readonly resolution: Resolution;
}

const recorded: readonly Recorded[] = JSON.parse(
  readFileSync(new URL("./test-records/resolved.json", import.meta.url), "utf8"),
);

function labCaseOf({ policy, request }: Recorded): LabCase {
  return readLabCase({ request, policy, outcome: null, aside: [] });
}

/** Canonical JSON: keys in order of their names. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function resolutionOf(given: LabCase, policy: string): Resolution | null {
  return resolveAll(given).find((result) => result.policy.name === policy)?.resolution ?? null;
}

describe("exactness", () => {
  for (const one of recorded) {
    test(`P6 the Lab resolves a recorded request of ${one.policy} as the run did`, () => {
      assert.equal(canonical(resolutionOf(labCaseOf(one), one.policy)), canonical(one.resolution));
    });

    test(`P6 and so it does after a link, of ${one.policy}`, async () => {
      const shared = await packState({ ...initialState(), case: labCaseOf(one) });
      assert.ok(shared?.isWhole === true && shared.fragment.length < 8_000, String(shared?.fragment.length));
      const state = await unpackState(`#${shared.fragment}`);
      assert.ok(state !== null);
      assert.equal(canonical(resolutionOf(state.case, one.policy)), canonical(one.resolution));
    });
  }

  test("the records hold a learned state, and another policy is never given it", () => {
    const boa = recorded.find(({ policy }) => policy === "boa");
    assert.ok(boa !== undefined && "learned" in (boa.request.record ?? {}));
    const results = resolveAll(labCaseOf(boa));
    assert.deepEqual(
      results.filter(({ problem }) => problem !== null).map(({ policy }) => policy.name),
      [],
    );
    assert.equal(results.length, policies.length);
    const other = results.find(({ policy }) => policy.name === "squint")?.resolution;
    assert.ok(other?.weights.every(({ reason }) => reason.type === "nothingLearned"));
  });

  test("abstaining and speaking again gives the recorded resolution back; a moved probability does not", () => {
    const [one] = recorded;
    assert.ok(one !== undefined);
    const given = labCaseOf(one);
    const [first] = one.resolution.opinions;
    assert.ok(first !== undefined);
    const silent = setAbstaining(given, first.agent, true);
    assert.equal(resolutionOf(silent, one.policy)?.abstentions.length, 1);
    const again = setAbstaining(silent, first.agent, false);
    assert.equal(canonical(resolutionOf(again, one.policy)), canonical(one.resolution));
    const moved = setProbability(given, first.agent, first.probabilities, 0, 0.9);
    assert.notEqual(canonical(resolutionOf(moved, one.policy)), canonical(one.resolution));
  });

  test("what differs from the record in the last digit of one number differs", () => {
    const [one] = recorded;
    assert.ok(one !== undefined);
    const here = resolutionOf(labCaseOf(one), one.policy);
    assert.ok(isSameJson(here, one.resolution));
    const { conflict } = one.resolution;
    const divergence = conflict.divergence * (1 + Number.EPSILON);
    assert.ok(!isSameJson(here, { ...one.resolution, conflict: { ...conflict, divergence } }));
    assert.ok(!isSameJson(here, { ...one.resolution, more: 1 }));
    assert.ok(!isSameJson([1], { 0: 1 }));
  });
});

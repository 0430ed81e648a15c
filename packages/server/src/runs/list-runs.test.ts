import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RunHeader, RunPage, RunQuery } from "@mycroft/runtime";
import fc from "fast-check";
import { listRuns } from "./list-runs.ts";

/** A store of which only the ids and the parents of runs matter, and how much was read of it. */
class Headers {
  reads = 0;
  rows = 0;
  readonly #runs: readonly RunHeader[];

  constructor(ids: readonly string[]) {
    this.#runs = ids.toSorted().reverse().map(headerOf);
  }

  async listRuns({ limit, cursor }: RunQuery): Promise<RunPage> {
    const below = this.#runs.filter(({ runId }) => cursor === undefined || runId < cursor);
    const runs = below.slice(0, limit);
    this.reads += 1;
    this.rows += runs.length;
    return { runs, nextCursor: below.length > limit ? (runs.at(-1)?.runId ?? null) : null };
  }
}

function headerOf(runId: string): RunHeader {
  const end = runId.lastIndexOf(".");
  const parent = end === -1 ? null : { runId: runId.slice(0, end), task: "t", attempt: 1 };
  return { runId, parent } as RunHeader;
}

async function allPages(store: Headers, limit: number): Promise<readonly string[]> {
  const found: string[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page: RunPage = await listRuns(store, { limit, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.runs.map(({ runId }) => runId));
    cursor = page.nextCursor;
  }
  return found;
}

describe("pages of runs", () => {
  it("hold each run that is no child once, the newest first, however child runs lie between them", async () => {
    const family = fc.record({
      id: fc.integer({ min: 0, max: 999 }).map((number) => `r${String(number).padStart(3, "0")}`),
      children: fc.integer({ min: 0, max: 12 }),
      deeper: fc.integer({ min: 0, max: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(family, { selector: ({ id }) => id, maxLength: 25 }),
        fc.integer({ min: 1, max: 7 }),
        async (families, limit) => {
          const ids = families.flatMap(({ id, children, deeper }) => [
            id,
            ...Array.from({ length: children }, (_, child) => `${id}.${child + 10}`),
            ...Array.from({ length: children === 0 ? 0 : deeper }, (_, child) => `${id}.10.${child}`),
          ]);
          const expected = families
            .map(({ id }) => id)
            .sort()
            .reverse();
          assert.deepEqual(await allPages(new Headers(ids), limit), expected);
        },
      ),
    );
  });

  it("E13 cost what they hold, not the child runs that lie between", async () => {
    const children = Array.from({ length: 50_000 }, (_, child) => `b.${String(child).padStart(6, "0")}`);
    const store = new Headers(["a", "b", "c", ...children]);
    const { runs, nextCursor } = await listRuns(store, { limit: 50 });
    assert.deepEqual([runs.map(({ runId }) => runId), nextCursor], [["c", "b", "a"], null]);
    assert.ok(store.rows < 1_000, `${store.rows} rows were read`);
  });

  it("P8 end where there is too much to pass over, and go on from there", async () => {
    const families = Array.from({ length: 60 }, (_, number) => `r${String(number).padStart(3, "0")}`);
    // Parents that the filter leaves out: each child has to be passed over by itself.
    const children = families.map((id) => `${id}.1`);
    const store = new Headers([...children, "a"]);
    const page = await listRuns(store, { limit: 1 });
    assert.ok(store.reads <= 25);
    assert.ok(page.runs.length === 1 || page.nextCursor !== null);
    assert.deepEqual(await allPages(new Headers([...children, "a"]), 1), ["a"]);
  });
});

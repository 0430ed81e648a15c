/** The latest decisions, also where most runs decide nothing: what is looked at is bounded, and nothing is looked at twice. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Plan } from "@mycroft/engine";
import type { Store } from "@mycroft/runtime";
import { defineConfig, defineFunction, type Project, tradingDate, workflow } from "@mycroft/sdk";
import { z } from "zod";
import { DecisionLists, lookLimits } from "./decision-lists.ts";
import { canDecide, KnownPlans } from "./known-plans.ts";
import { RunFamilies } from "./run-families.ts";
import { RunReadings } from "./run-readings.ts";
import { agentSaying, defineBareWorkflow, said } from "./testing/committees.ts";
import { Workplace } from "./testing/workplace.ts";

const asOf = "2009-06-30";
const steady = agentSaying("steady", () => said([0.2, 0.3, 0.5]));
const [one, two, three] = ["one", "two", "three"].map((name) => defineBareWorkflow(name, [steady]));
const tick = defineFunction({
  name: "tick",
  version: "1",
  input: z.object({}),
  output: z.number(),
  run: () => 1,
});
const idle = workflow({ name: "idle", input: z.strictObject({}) }, (w) => w.call("tick", tick, {}));
assert.ok(one !== undefined && two !== undefined && three !== undefined);
/** Starts runs that decide. */
const parent = workflow({ name: "parent", input: z.strictObject({ asOf: tradingDate }) }, (w) =>
  w.run("child", one, { subject: "CHILD", asOf: w.input.asOf }),
);
const project = defineConfig({ workflows: [idle, one, two, parent] });

class Desk {
  readonly place: Workplace;
  readonly lists: DecisionLists;
  /** Calls of the store that read events, and pages of runs. */
  readonly calls = { events: 0, pages: 0 };
  #quiet = 0;

  private constructor(place: Workplace, { workflows }: Pick<Project, "workflows">) {
    this.place = place;
    const store = counting(place.store, this.calls);
    const plans = new KnownPlans(store);
    const readings = new RunReadings(store, (error) => assert.fail(error.message));
    const deciding = workflows.filter(canDecide).map(({ name }) => name);
    this.lists = new DecisionLists({
      ...{ store, readings, plans, deciding },
      families: new RunFamilies(store, plans),
    });
  }

  static async open(): Promise<Desk> {
    return new Desk(await Workplace.open(project, null), project);
  }

  /** Runs that have settled and decided nothing, newer than all before. */
  async addQuiet(plan: Plan, count: number): Promise<void> {
    const { store } = this.place;
    await store.putPlan(plan);
    const now = Date.now();
    const create = {
      workflow: plan.workflow.name,
      planHash: plan.hash,
      asOf,
      provenance: { codeVersion: "test" },
    };
    const without = { tags: [], startKey: null, parent: null, forkedFrom: null };
    for (let index = 0; index < count; index += 1) {
      this.#quiet += 1;
      const runId = `zzz-${String(this.#quiet).padStart(8, "0")}`;
      const events = [
        { type: "runStarted", at: now, input: { subject: "QUIET", asOf } },
        { type: "cancelRequested", at: now, reason: "nothing to do" },
      ] as const;
      const header = { runId, createdAt: now, ...create, ...without };
      const settle = { status: "cancelled", at: now } as const;
      await store.append([{ runId, create: header, fromSeq: 0, events, settle }]);
    }
  }

  async latest(runs = 50) {
    const found = await this.lists.latest({ runs });
    const { decisions, ...rest } = found;
    return { subjects: decisions.map(({ subject }) => subject).sort(), ...rest };
  }
}

function counting(store: Store, calls: { events: number; pages: number }): Store {
  return new Proxy(store, {
    get: (target, name) => {
      if (name === "readEvents") calls.events += 1;
      if (name === "listRuns") calls.pages += 1;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

async function atDesk(work: (desk: Desk) => Promise<void>): Promise<void> {
  const desk = await Desk.open();
  try {
    await work(desk);
  } finally {
    await desk.place.close();
  }
}

describe("the latest decisions", () => {
  it("are found below a schedule that fires each minute and decides nothing, of which no event is read", async () => {
    await atDesk(async (desk) => {
      await desk.place.run(one, { subject: "ONE", asOf }, asOf);
      await desk.addQuiet(idle.plan, 500);
      const before = desk.calls.events;
      assert.deepEqual(await desk.latest(), { subjects: ["ONE"], runs: 501, isAll: true });
      assert.equal(
        desk.calls.events - before,
        1,
        "the events of the run that decided are read, and no others",
      );
    });
  });

  it("P8 are found however many decide nothing, workflow by workflow, at a bounded cost", async () => {
    await atDesk(async (desk) => {
      for (const [flow, subject] of [
        [one, "ONE"],
        [two, "TWO"],
      ] as const)
        await desk.place.run(flow, { subject, asOf }, asOf);
      await desk.place.run(parent, { asOf }, asOf);
      await desk.addQuiet(idle.plan, 5_000);
      desk.calls.pages = 0;
      const { subjects, runs, isAll } = await desk.latest();
      assert.deepEqual([subjects, isAll], [["CHILD", "ONE", "TWO"], false]);
      assert.equal(runs, lookLimits.undecided + 3);
      assert.ok(desk.calls.pages <= 20, `${desk.calls.pages} pages of runs were read`);
    });
  });

  it("P8 of one workflow are found below another that could decide and does not", async () => {
    await atDesk(async (desk) => {
      await desk.place.run(two, { subject: "TWO", asOf }, asOf);
      await desk.addQuiet(one.plan, lookLimits.undecided + 700);
      const { subjects, isAll } = await desk.latest();
      assert.deepEqual([subjects, isAll], [["TWO"], false]);
      const { events } = desk.calls;
      assert.deepEqual((await desk.latest()).subjects, ["TWO"]);
      assert.equal(desk.calls.events, events, "what has settled is read once");
    });
  });

  it("say so when no decision was found, and not everything was looked at", async () => {
    await atDesk(async (desk) => {
      // A workflow that the project has no more.
      await desk.place.run(three, { subject: "THREE", asOf }, asOf);
      await desk.addQuiet(idle.plan, lookLimits.undecided + 1);
      assert.deepEqual(await desk.latest(), { subjects: [], runs: lookLimits.undecided, isAll: false });
    });
  });

  it("are of so many runs that decided as were asked for, the others aside", async () => {
    await atDesk(async (desk) => {
      for (const subject of ["A", "B", "C"]) await desk.place.run(one, { subject, asOf }, asOf);
      await desk.addQuiet(one.plan, 20);
      await desk.addQuiet(idle.plan, 20);
      assert.deepEqual(await desk.latest(2), { subjects: ["B", "C"], runs: 42, isAll: false });
      assert.deepEqual(await desk.latest(3), { subjects: ["A", "B", "C"], runs: 43, isAll: true });
    });
  });

  it("are paged past runs that decide nothing, to the last one", async () => {
    await atDesk(async (desk) => {
      await desk.place.run(one, { subject: "ONE", asOf }, asOf);
      await desk.addQuiet(idle.plan, 2 * lookLimits.passed + 10);
      let pages = 0;
      let cursor: string | null | undefined;
      const found: string[] = [];
      while (cursor !== null) {
        const query: { limit: number; cursor?: string } = {
          limit: 5,
          ...(cursor === undefined ? {} : { cursor }),
        };
        const page = await desk.lists.listDecisions(query);
        found.push(...page.entries.map(({ subject }) => subject));
        cursor = page.nextCursor;
        pages += 1;
      }
      assert.deepEqual([found, pages], [["ONE"], 3]);
    });
  });
});

/**
 * Held by the compiler (`npm run check`), not run: types flow from step to step, and a wrong reference does not
 * compile. Each `@ts-expect-error` stands beside a line that differs in that one thing and does compile.
 */
import type * as ensemble from "@mycroft/ensemble";
import type * as protocol from "@mycroft/protocol";
import { z } from "zod";
import {
  and,
  at,
  type CallContext,
  defineAgent,
  defineFunction,
  eq,
  exists,
  type FunctionDefinition,
  gt,
  isIn,
  lt,
  not,
  optional,
  type Plain,
  type Ref,
  type RefTo,
  type Resolution,
  type resolutionSchema,
  type SettledRef,
  settled,
  symbol,
  tradingDate,
  type View,
  viewSchema,
  type Workflow,
  workflow,
} from "./index.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type ValueIn<R> = R extends RefTo<infer T> ? T : never;
declare function holds<Claim extends true>(): Claim;

const price = defineFunction({
  name: "price",
  version: "1",
  input: z.object({ symbol: z.string(), day: z.iso.date(), adjust: z.boolean().default(true) }),
  output: z.object({ close: z.number(), volume: z.number().optional(), source: z.enum(["bundled", "csv"]) }),
  run: () => ({ close: 1, source: "csv" as const }),
});

const report = defineFunction({
  name: "report",
  version: "1",
  input: z.object({
    closes: z.array(z.number()),
    note: z.string().optional(),
    risk: z.number().nullable(),
    views: z.array(viewSchema.nullable()).optional(),
  }),
  output: z.object({ lines: z.array(z.string()), totals: z.record(z.string(), z.number()) }),
  run: () => ({ lines: [], totals: {} }),
});

const recordsOf = defineFunction({
  name: "records-of",
  version: "1",
  input: z.object({}),
  output: z.array(
    z.object({
      agent: z.string(),
      scored: z.number(),
      meanScore: z.number(),
      from: z.string(),
      to: z.string(),
    }),
  ),
  run: () => [],
});

const input = z.object({
  asOf: tradingDate,
  universe: z.array(symbol),
  mode: z.enum(["fast", "full"]).default("full"),
  limits: z.object({ cap: z.number(), floor: z.number().optional() }),
  note: z.string().optional(),
});

/** What the example says, with the types that come out of it. */
export function typesFlow() {
  const built = workflow({ name: "flow", input }, (w) => {
    holds<Same<typeof w.input.asOf, Ref<string>>>();
    holds<Same<ValueIn<typeof w.input.mode>, "fast" | "full">>();
    holds<Same<ValueIn<typeof w.input.limits.floor>, number | undefined>>();

    const prices = w.map("prices", w.input.universe, (m) => {
      holds<Same<ValueIn<typeof m.item>, string>>();
      holds<Same<ValueIn<typeof m.index>, number>>();
      const found = m.call("price", price, { symbol: m.item, day: w.input.asOf });
      holds<
        Same<ValueIn<typeof found>, { close: number; volume?: number | undefined; source: "bundled" | "csv" }>
      >();
      return { symbol: m.item, close: found.close, rank: [m.index, 0] };
    });
    type Price = { symbol: string; close: number; rank: [number, 0] };
    holds<Same<ValueIn<typeof prices>, Price[]>>();
    holds<Same<ValueIn<ReturnType<typeof at<Price[]>>>, Price | undefined>>();

    const decisions = w.map("companies", w.input.universe, (m) => {
      const opinions = m.ask("opinions", ["a", agent], { subject: m.item, asOf: w.input.asOf });
      holds<Same<ValueIn<typeof opinions>, View[]>>();
      return m.resolve("decision", opinions, { policy: "linear-pool", quorum: 1 });
    });
    holds<Same<ValueIn<typeof decisions>, Plain<Resolution>[]>>();

    const some = w.map("some", prices, (m) => m.item.close, { maxFailedItems: 2 });
    holds<Same<ValueIn<typeof some>, (number | null)[]>>();
    const perhaps = w.map("perhaps", prices, (m) => optional(m.item.close));
    holds<Same<ValueIn<typeof perhaps>, (number | null)[]>>();
    return { decisions, some, version: 1 };
  });
  holds<Same<typeof built extends Workflow<infer In, unknown> ? In : never, z.output<typeof input>>>();
  type Output = typeof built extends Workflow<unknown, infer Out> ? Out : never;
  holds<Same<Output, { decisions: Plain<Resolution>[]; some: (number | null)[]; version: 1 }>>();
}

const agent = defineAgent({
  name: "b",
  version: "1",
  capabilities: [],
  opinion: () => ({ type: "abstention", reason: "none" }),
});

export function wrongReferences() {
  workflow({ name: "wrong", input }, (w) => {
    const found = w.call("price", price, { symbol: "AAPL", day: w.input.asOf, adjust: false });

    w.call("a", price, { symbol: w.input.asOf, day: w.input.asOf });
    // @ts-expect-error a reference to a number where text is taken
    w.call("a", price, { symbol: found.close, day: w.input.asOf });
    // @ts-expect-error a reference to a list where text is taken
    w.call("a", price, { symbol: w.input.universe, day: w.input.asOf });
    // @ts-expect-error a literal of the wrong type
    w.call("a", price, { symbol: 3, day: w.input.asOf });
    // @ts-expect-error a required property is missing
    w.call("a", price, { symbol: "AAPL" });
    // @ts-expect-error a property that the function does not take
    w.call("a", price, { symbol: "AAPL", day: w.input.asOf, adjusted: true });
    // @ts-expect-error a whole output that is not what the function takes
    w.call("a", price, found);
    // @ts-expect-error an input that may be absent where one is required
    w.call("a", price, { symbol: w.input.note, day: w.input.asOf });
    // @ts-expect-error a function by name has no types: it must be the definition
    w.call("a", "price", { symbol: "AAPL", day: w.input.asOf });

    void found.close;
    // @ts-expect-error a property that the output does not have
    void found.closing;
    // @ts-expect-error a property that the input does not have
    void w.input.limits.ceiling;
    // @ts-expect-error a list has no properties: at() reads its items
    void w.input.universe.length;
    // @ts-expect-error a reference is not its value
    void (found.close + 1);

    w.call("b", report, { closes: [found.close, 2], risk: null, note: w.input.note });
    w.call("b", report, { closes: [], risk: found.close });
    // @ts-expect-error a null is not left out: a required property that may be null takes no absent value
    w.call("b", report, { closes: [], risk: found.volume });
    // @ts-expect-error one item of the list is of the wrong type
    w.call("b", report, { closes: [found.close, found.source], risk: null });
    // @ts-expect-error an item that may be absent
    w.call("b", report, { closes: [at(w.input.universe, 0)], risk: null });
    // @ts-expect-error a step that may be skipped where a value is required
    w.call("a", price, { symbol: optional(w.input.asOf), day: w.input.asOf });
    w.call("b", report, { closes: [], risk: null, note: optional(w.input.asOf) });

    w.map("c", w.input.universe, (m) => m.item);
    w.map("c", ["AAPL", "MSFT"], (m) => m.item);
    // @ts-expect-error a map over something that is no list
    w.map("c", w.input.asOf, (m) => m.item);
    // @ts-expect-error a map over a list that may be absent
    w.map("c", optional(w.input.universe), (m) => m.item);
    // @ts-expect-error a body that is not data
    w.map("c", w.input.universe, async (m) => m.item);
    // @ts-expect-error a body that returns nothing
    w.map("c", w.input.universe, () => {});
    // @ts-expect-error an item's property that is not there
    w.map("c", w.input.universe, (m) => m.item.name);
    // @ts-expect-error the input is the workflow's
    w.map("c", w.input.universe, (m) => m.input);
    // @ts-expect-error a map has no attempts, so nothing to retry
    w.map("c", w.input.universe, (m) => m.item, { retry: { maxAttempts: 1 } });

    void at(w.input.universe, 0);
    // @ts-expect-error a list is read by index
    void at(w.input.universe, "first");

    return found;
  });

  // @ts-expect-error an author's function that returns nothing
  workflow({ name: "wrong", input }, () => {});
  // @ts-expect-error an author's function that is async
  workflow({ name: "wrong", input }, async (w) => w.input.asOf);
  // @ts-expect-error a schema that is none
  workflow({ name: "wrong", input: { asOf: "date" } }, () => 1);
  // @ts-expect-error a misspelt option
  workflow({ name: "wrong", input, timeout: 3 }, () => 1);
}

export function wrongOpinions() {
  workflow({ name: "wrong", input }, (w) => {
    const question = { subject: "AAPL", asOf: w.input.asOf };
    const found = w.call("price", price, { symbol: "AAPL", day: w.input.asOf });
    const opinions = w.ask("opinions", ["a", agent], { ...question, horizonDays: 5 });
    // @ts-expect-error a question without a subject
    w.ask("opinions", ["a"], { asOf: w.input.asOf });
    // @ts-expect-error a question whose subject is a number
    w.ask("opinions", ["a"], { subject: found.close, asOf: w.input.asOf });
    // @ts-expect-error a misspelt part of the question
    w.ask("opinions", ["a"], { ...question, horizon: 5 });
    // @ts-expect-error something that is no agent
    w.ask("opinions", [price], question);

    w.resolve("a", opinions, { policy: "linear-pool", quorum: 1, settings: { weights: { a: 2 } } });
    const records = w.call("records", recordsOf, {});
    w.resolve("b", opinions, { policy: "past-score", quorum: 1, record: records });
    w.resolve("c", opinions, { policy: "past-score", quorum: 1, record: optional(records) });
    // @ts-expect-error another kind of step where an ask is taken
    w.resolve("a", found, { policy: "linear-pool", quorum: 1 });
    // @ts-expect-error views are not opinions that were asked for: who failed would be lost
    w.resolve("a", optional(opinions), { policy: "linear-pool", quorum: 1 });
    w.resolve("e", opinions, { quorum: 1 });
    // @ts-expect-error no quorum
    w.resolve("a", opinions, { policy: "linear-pool" });
    // @ts-expect-error a misspelt option
    w.resolve("a", opinions, { policy: "linear-pool", quorom: 1 });
    // @ts-expect-error a quorum that is text
    w.resolve("a", opinions, { policy: "linear-pool", quorum: "2" });
    // @ts-expect-error a quorum that refers to text
    w.resolve("a", opinions, { policy: "linear-pool", quorum: w.input.asOf });
    // @ts-expect-error a record that is none
    w.resolve("a", opinions, { policy: "past-score", quorum: 1, record: [{ agent: "a" }] });

    w.call("b", report, { closes: [], risk: null, views: opinions });
    w.call("b", report, { closes: [], risk: null, views: optional(opinions) });
    // @ts-expect-error views where prices are taken
    w.call("b", report, { closes: opinions, risk: null });

    holds<Same<ReturnType<typeof settled<number>>, SettledRef<number>>>();
    const how = settled(found);
    holds<Same<ValueIn<typeof how>["status"], "succeeded" | "failed" | "skipped">>();
    holds<Same<ValueIn<typeof how.output.close>, number | undefined>>();
    holds<Same<ValueIn<typeof how.error.code>, string | undefined>>();
    holds<Same<ValueIn<typeof how.reason>, string | undefined>>();
    eq(how.status, "failed");
    // @ts-expect-error a word that no step settles with
    eq(how.status, "cancelled");
    eq(at(settled(opinions), 0).status, "failed");
    // @ts-expect-error only a step settles, not a part of its output
    void settled(found.close);
    // @ts-expect-error how a step settled has no such part
    void how.state;
    return found;
  });
}

export function wrongOptions() {
  workflow({ name: "wrong", input }, (w) => {
    const arg = { symbol: "AAPL", day: w.input.asOf };
    const found = w.call("price", price, arg);
    const opinions = w.ask("opinions", ["a"], { subject: "AAPL", asOf: w.input.asOf });
    w.call("a", price, arg, { after: [found, opinions], trigger: "allDone", retry: { maxAttempts: 1 } });
    // @ts-expect-error a step by name: steps are given as they are
    w.call("a", price, arg, { after: ["price"] });
    // @ts-expect-error a part of an output is no step
    w.call("a", price, arg, { after: [found.close] });
    // @ts-expect-error a trigger rule that does not exist
    w.call("a", price, arg, { trigger: "always" });
    // @ts-expect-error a misspelt retry setting
    w.call("a", price, arg, { retry: { attempts: 3 } });
    // @ts-expect-error a duration is a number of milliseconds
    w.call("a", price, arg, { timeoutMs: "30s" });
    // @ts-expect-error a condition is built, a comparison of references is always false
    w.call("a", price, arg, { when: found.close > 3 });
    // @ts-expect-error a reference is no condition: eq(flag, true) is
    w.call("a", price, arg, { when: found.close });

    eq(w.input.mode, "fast");
    // @ts-expect-error text that the reference can never be
    eq(w.input.mode, "slow");
    // @ts-expect-error a number is never text
    eq(found.close, "3");
    // @ts-expect-error a reference to text is never one to a number
    eq(found.close, w.input.asOf);
    eq(w.input.note, null);
    // @ts-expect-error what is always there is never null
    eq(w.input.asOf, null);
    lt(found.volume, 3);
    gt(found.close, w.input.limits.floor);
    // @ts-expect-error text against a number
    lt(found.close, "3");
    // @ts-expect-error lists have no order
    lt(w.input.universe, 3);
    isIn(w.input.mode, ["fast"]);
    isIn(w.input.asOf, w.input.universe);
    // @ts-expect-error a list that can never hold it
    isIn(found.close, w.input.universe);
    and(exists(w.input.note), not(eq(w.input.mode, "fast")));
    // @ts-expect-error a boolean is no condition
    and(true);
    // @ts-expect-error nothing to join
    and();
    return found;
  });
}

const tree = z.object({
  name: z.string(),
  get children() {
    return z.array(tree);
  },
});
const side = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("buy"), price: z.number() }),
  z.object({ kind: z.literal("wait"), reason: z.string() }),
]);
const deep = defineFunction({
  name: "deep",
  version: "1",
  input: z.object({
    json: z.json(),
    anything: z.unknown(),
    tree,
    pair: z.tuple([z.string(), z.number()]),
    prices: z.record(z.string(), z.number()),
    side,
  }),
  output: z.object({ json: z.json(), tree, prices: z.record(z.string(), z.number()), side }),
  run: () => ({
    json: null,
    tree: { name: "", children: [] },
    prices: {},
    side: { kind: "buy" as const, price: 1 },
  }),
});

export function deepTypes() {
  workflow({ name: "deep", input }, (w) => {
    const { cap } = w.input.limits;
    const rest = {
      tree: { name: w.input.asOf, children: [] },
      pair: ["a", cap],
      prices: { AAPL: cap },
    } as const;
    const one = w.call("one", deep, {
      ...rest,
      json: { nested: [cap, { deeper: null }] },
      anything: w.input,
      side: { kind: "buy", price: cap },
    });
    w.call("two", deep, { ...rest, json: one, anything: one.json, tree: one.tree, side: one.side });
    const prices = at(one.prices, "AAPL");
    const child = at(one.tree.children, 0).name;
    holds<Same<ValueIn<typeof prices>, number | undefined>>();
    holds<Same<ValueIn<typeof child>, string | undefined>>();
    holds<Same<ValueIn<typeof one.side.kind>, "buy" | "wait">>();
    // @ts-expect-error not every alternative has that property
    void one.side.price;
    // @ts-expect-error some JSON is not known to be text
    w.call("three", deep, { ...rest, json: 1, anything: 1, side: { kind: "wait", reason: one.json } });
    // @ts-expect-error the other alternative's property
    w.call("three", deep, { ...rest, json: 1, anything: 1, side: { kind: "wait", price: cap } });
    // @ts-expect-error a pair in the wrong order
    w.call("three", deep, { ...rest, pair: [cap, "a"], json: 1, anything: 1, side: one.side });
    w.call("three", deep, { ...rest, pair: ["a", cap], json: 1, anything: 1, side: one.side });
    return one;
  });
}

export function sharedTypes() {
  holds<Same<Plain<ensemble.Fact>, Plain<protocol.Fact>>>();
  holds<Same<Plain<ensemble.Opinion>, Plain<protocol.Opinion>>>();
  holds<Same<Plain<ensemble.Abstention>, Plain<protocol.Abstention>>>();
  // What a policy gives fits what functions take it for.
  const taken = (value: Plain<Resolution>): z.input<typeof resolutionSchema> => value;
  void taken;
  // Functions of any input fit in one list, and JSON of any depth in a reference.
  const functions: readonly FunctionDefinition[] = [price, report];
  void functions;
  holds<Same<Plain<{ readonly a: readonly { readonly b?: 1 }[] }>, { a: { b?: 1 }[] }>>();
  const market = (context: CallContext) => context.market?.asOf;
  void market;
}

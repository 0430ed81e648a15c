/** What the compiler would catch in TypeScript too, for authors who do without it: Node strips types unchecked. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { z } from "zod";
import {
  type AnyStep,
  at,
  type Condition,
  defineAgent,
  defineFunction,
  eq,
  not,
  type Opinions,
  optional,
  type Policy,
  type Ref,
  type Step,
  settled,
  symbol,
  tradingDate,
  type WorkflowBuilder,
  workflow,
} from "./index.ts";
import { throwsCode } from "./testing/throws-code.ts";

const input = z.object({ asOf: tradingDate, universe: z.array(symbol) });
type Input = z.output<typeof input>;

const double = defineFunction({
  name: "double",
  version: "1",
  input: z.object({ value: z.number() }),
  output: z.object({ value: z.number() }),
  run: ({ value }) => ({ value: 2 * value }),
});

/** A value whose type is a lie, as it comes from code that nothing has checked. */
function unchecked<T>(value: unknown): T {
  return value as T;
}

function author(write: (w: WorkflowBuilder<Input>) => unknown) {
  return () => workflow({ name: "bad", input }, (w) => unchecked<Ref<unknown>>(write(w)));
}

function question(w: WorkflowBuilder<Input>) {
  return { subject: "IBM", asOf: w.input.asOf };
}

describe("what a template may not hold", () => {
  const loop: Record<string, unknown> = {};
  loop["again"] = loop;
  class Money {}
  const bad: readonly (readonly [string, unknown, RegExp])[] = [
    ["NaN", Number.NaN, /is NaN/],
    ["Infinity", Number.POSITIVE_INFINITY, /is Infinity/],
    ["a bigint", 1n, /is a bigint/],
    ["a function", () => 1, /is a function/],
    ["a symbol", Symbol("s"), /is a symbol/],
    ["a date", new Date(0), /is a Date/],
    ["a map", new Map(), /is a Map/],
    ["an instance", new Money(), /is a Money/],
    ["a promise", Promise.resolve(1), /is a promise/],
    ["a lone surrogate", "\ud800", /lone surrogate/],
    ["itself", loop, /nested deeper than 32|contains itself/],
  ];
  for (const [what, value, message] of bad) {
    it(`P7 refuses ${what}, naming step and field`, () => {
      const write = author((w) => w.call("step", double, { value: unchecked<number>([{ deep: value }]) }));
      const error = throwsCode("PLAN_INVALID", message, write);
      assert.match(error.message, /^Workflow "bad", step "step": input\.value\[0\]\.deep/);
      assert.equal(error.details?.["workflow"], "bad");
      assert.equal(error.details?.["step"], "step");
      assert.match(String(error.details?.["field"]), /^input\.value\[0\]\.deep/);
    });
  }

  it("P7 refuses undefined where nothing can be left out", () => {
    const inList = author((w) => w.call("step", double, { value: unchecked<number>([undefined]) }));
    throwsCode("PLAN_INVALID", /input\.value\[0\] is undefined/, inList);
    const hole = author((w) => w.call("step", double, { value: unchecked<number>(new Array(1)) }));
    throwsCode("PLAN_INVALID", /input\.value\[0\] is undefined/, hole);
    throwsCode(
      "PLAN_INVALID",
      /^Workflow "bad": output is undefined/,
      author(() => undefined),
    );
  });

  it("P7 refuses an async author's function and an async body", () => {
    throwsCode(
      "PLAN_INVALID",
      /output is a promise/,
      author(async (w) => w.input.asOf),
    );
    const body = author((w) =>
      w.map(
        "m",
        w.input.universe,
        unchecked<() => 1>(async () => 1),
      ),
    );
    throwsCode("PLAN_INVALID", /step "m": output is a promise/, body);
  });
});

describe("what a reference may not be used for", () => {
  const misuses: readonly (readonly [string, (ref: Ref<number>) => unknown, RegExp])[] = [
    ["text", (ref) => `${unchecked<string>(ref)}`, /made into text/],
    ["arithmetic", (ref) => unchecked<number>(ref) + 1, /computed with/],
    ["comparison", (ref) => unchecked<number>(ref) > 1, /computed with/],
    ["spreading", (ref) => ({ ...ref }), /cannot be spread/],
    ["JSON", (ref) => JSON.stringify(ref), /cannot be spread or listed/],
    ["iteration", (ref) => [...unchecked<number[]>(ref)], /iterated over/],
    ["search", (ref) => "value" in ref, /cannot be searched/],
    ["assignment", (ref) => Object.assign(ref, { value: 1 }), /cannot be assigned/],
    ["deletion", (ref) => Reflect.deleteProperty(ref, "value"), /cannot be deleted/],
  ];
  for (const [what, use, message] of misuses) {
    it(`P7 says so at ${what}`, () => {
      const write = author((w) => use(w.call("first", double, { value: 1 }).value));
      const error = throwsCode("PLAN_INVALID", message, write);
      assert.match(error.message, /the output of "first"\.value is a reference and has no value while/);
    });
  }

  it("can be awaited without harm", async () => {
    let seen: unknown;
    workflow({ name: "awaited", input }, (w) => {
      seen = w.input.asOf;
      return 1;
    });
    assert.equal(await seen, seen);
  });

  it("P7 refuses a step or input of another workflow", () => {
    let foreign: Ref<string> | undefined;
    workflow({ name: "first", input }, (w) => {
      foreign = w.input.asOf;
      return 1;
    });
    const stolen = author(() => foreign);
    throwsCode("PLAN_UNKNOWN_STEP", /"bad": output refers to a step or input of workflow "first"/, stolen);
  });

  it("P7 refuses an inner step of a map from outside", () => {
    const escaping = (use: "step" | "item") =>
      author((w) => {
        let inside: unknown;
        w.map("m", w.input.universe, (m) => {
          const step = m.call("inner", double, { value: m.index });
          inside = use === "step" ? step : m.item;
          return step;
        });
        return w.call("outer", double, { value: unchecked<number>(inside) });
      });
    const error = throwsCode("PLAN_UNKNOWN_STEP", /"bad", step "outer" .*"inner"/, escaping("step"));
    assert.equal(error.details?.["step"], "outer");
    throwsCode("PLAN_UNKNOWN_STEP", /"bad", step "outer" .*"m"/, escaping("item"));
  });

  it("P7 refuses a part that is not there", () => {
    const missing = author((w) => {
      const { value } = w.call("first", double, { value: 1 });
      return w.call("second", double, { value: unchecked<{ deep: Ref<number> }>(value).deep });
    });
    throwsCode("PLAN_TYPE_MISMATCH", /step "second".*value\.deep/, missing);
    const beyond = author((w) => at(w.ask("ask", ["a"], question(w)), 1));
    throwsCode("PLAN_INVALID", /the output of "ask\.a" has no part 1/, beyond);
    throwsCode(
      "PLAN_INVALID",
      /takes an index from 0 or a name, not -1/,
      author((w) => at(w.input.universe, -1)),
    );
    const part = author((w) => settled(unchecked<Opinions>(w.input.asOf)));
    throwsCode("PLAN_INVALID", /settled\(\) takes a step as a whole/, part);
    const state = author(
      (w) => unchecked<{ state: unknown }>(settled(w.call("first", double, { value: 1 }))).state,
    );
    throwsCode("PLAN_TYPE_MISMATCH", /output reads state of how "first" settled, which has no such/, state);
    const twice = author((w) => {
      const first = w.call("first", double, { value: 1 });
      return settled(unchecked<Step<number>>(settled(first).output));
    });
    throwsCode("PLAN_INVALID", /settled\(\) takes a step as a whole/, twice);
    throwsCode(
      "PLAN_INVALID",
      /optional\(\) takes a reference/,
      author(() => optional(unchecked<Opinions>(1))),
    );
  });
});

describe("bad steps", () => {
  it("P7 names the step whose data does not fit", () => {
    const misfit = author((w) => w.call("step", double, { value: unchecked<Ref<number>>(w.input.asOf) }));
    const error = throwsCode("PLAN_TYPE_MISMATCH", /step "step".*value/, misfit);
    assert.equal(error.details?.["step"], "step");
  });

  it("P7 refuses two steps of one name", () => {
    const twice = author((w) => {
      w.call("step", double, { value: 1 });
      return w.call("step", double, { value: 2 });
    });
    throwsCode("PLAN_DUPLICATE_STEP", /"bad", step "step"/, twice);
  });

  for (const name of ["", "1st", "a b", "a/b", "é", "x".repeat(101), unchecked<string>(3)]) {
    it(`P7 refuses the name ${JSON.stringify(name).slice(0, 20)}`, () => {
      const write = author((w) => w.call(name, double, { value: 1 }));
      const error = throwsCode("PLAN_INVALID", /has a bad name/, write);
      assert.equal(error.details?.["step"], name);
    });
  }

  it("P7 refuses a name that only the agent's name makes too long", () => {
    const write = author((w) => w.ask("x".repeat(60), ["y".repeat(60)], question(w)));
    throwsCode("PLAN_INVALID", /has a bad name/, write);
  });

  it("P7 refuses what is no function, agent, policy, body or ask", () => {
    const none = author((w) => w.call("step", unchecked<typeof double>({ name: "x" }), { value: 1 }));
    throwsCode("PLAN_INVALID", /step "step" calls something that defineFunction\(\) did not make/, none);
    throwsCode(
      "PLAN_INVALID",
      /step "ask": ask needs a list/,
      author((w) => w.ask("ask", [], question(w))),
    );
    const text = author((w) => w.ask("ask", unchecked<string[]>("trend"), question(w)));
    throwsCode("PLAN_INVALID", /step "ask": ask needs a list/, text);
    const twice = author((w) => w.ask("ask", ["a", "a"], question(w)));
    throwsCode("PLAN_INVALID", /names the agent "a" twice/, twice);
    const other = author((w) => w.ask("ask", ["a", unchecked<string>(double)], question(w)));
    throwsCode("PLAN_INVALID", /agents\[1\] is neither/, other);
    const whole = author((w) => w.ask("ask", ["a"], unchecked<ReturnType<typeof question>>(w.input)));
    throwsCode("PLAN_INVALID", /must be written as \{ subject, asOf, \.\.\. \}/, whole);
    const body = author((w) => w.map("map", w.input.universe, unchecked<() => 1>(undefined)));
    throwsCode("PLAN_INVALID", /step "map" needs a body/, body);
    const views = author((w) =>
      w.resolve("r", unchecked<Opinions>(w.input.asOf), { policy: "p", quorum: 1 }),
    );
    throwsCode("PLAN_INVALID", /resolve takes what ask gives/, views);
    const policy = author((w) =>
      w.resolve(
        "r",
        w.ask("ask", ["a"], question(w)),
        unchecked<{ policy: "x"; quorum: 1 }>({ policy: 5, quorum: 1 }),
      ),
    );
    throwsCode("PLAN_INVALID", /policy must be the name of a policy/, policy);
  });

  for (const quorum of [0, 3, 1.5, Number.NaN, unchecked<number>("2"), unchecked<number>(undefined)]) {
    it(`P7 refuses a quorum of ${JSON.stringify(quorum)} among two agents`, () => {
      const write = author((w) =>
        w.resolve("r", w.ask("ask", ["a", "b"], question(w)), { policy: "linear-pool", quorum }),
      );
      throwsCode("PLAN_INVALID", /step "r": quorum must be a whole number from 1 to 2/, write);
    });
  }

  it("P7 checks a policy's settings where they are known", () => {
    const resolve = (weight: number) =>
      author((w) => {
        const opinions = w.ask("ask", ["a", "b"], question(w));
        return w.resolve("r", opinions, {
          policy: "linear-pool",
          quorum: 1,
          settings: { weights: { a: weight } },
        });
      });
    assert.equal(resolve(2)().name, "bad");
    throwsCode("POLICY_INVALID", /^Workflow "bad", step "r": .*weights/, resolve(-1));
  });

  it("P7 refuses two definitions of one name", () => {
    const other = defineFunction({ ...double, run: ({ value }) => ({ value }) });
    const functions = author((w) => [
      w.call("one", double, { value: 1 }),
      w.call("two", other, { value: 1 }),
    ]);
    throwsCode("PLAN_INVALID", /step "two" uses another "double"/, functions);
    const agents = author((w) => [
      w.ask("one", [agentNamed("a")], question(w)),
      w.ask("two", [agentNamed("a")], question(w)),
    ]);
    throwsCode("PLAN_INVALID", /step "two" uses another "a"/, agents);
    const policies = author((w) => {
      const opinions = w.ask("ask", ["a"], question(w));
      w.resolve("one", opinions, { policy: policyNamed("p"), quorum: 1 });
      return w.resolve("two", opinions, { policy: policyNamed("p"), quorum: 1 });
    });
    throwsCode("PLAN_INVALID", /step "two" uses another "p"/, policies);
  });

  it("P7 refuses a step that is added too late", () => {
    let late: WorkflowBuilder<Input> | undefined;
    workflow({ name: "late", input }, (w) => {
      late = w;
      return 1;
    });
    throwsCode("PLAN_INVALID", /step "step" was added after/, () => late?.call("step", double, { value: 1 }));
  });
});

describe("bad options", () => {
  it("P7 names an option that does not exist, and those that do", () => {
    const call = author((w) => w.call("step", double, { value: 1 }, unchecked({ retries: 3 })));
    throwsCode(
      "PLAN_INVALID",
      /step "step": there is no option "retries"; there are .*retry, timeoutMs/,
      call,
    );
    const map = author((w) => w.map("m", w.input.universe, () => 1, unchecked({ retry: {} })));
    throwsCode("PLAN_INVALID", /step "m": there is no option "retry"/, map);
    const ask = author((w) => w.ask("ask", ["a"], question(w), unchecked({ quorum: 1 })));
    throwsCode("PLAN_INVALID", /step "ask": there is no option "quorum"/, ask);
  });

  it("P7 names a value that is out of range", () => {
    const retry = author((w) => w.call("step", double, { value: 1 }, { retry: { maxAttempts: 0 } }));
    throwsCode("PLAN_INVALID", /"bad", step "step": retry\.maxAttempts .*100/, retry);
    const items = author((w) => w.map("m", w.input.universe, () => 1, { maxItems: 100_001 }));
    throwsCode("PLAN_INVALID", /"bad", step "m": maxItems .*100,?000/, items);
    throwsCode("PLAN_INVALID", /timeoutMs/, () => workflow({ name: "bad", input, timeoutMs: 0 }, () => 1));
  });

  it("P7 refuses what is no step to wait for and no condition", () => {
    const after = (item: unknown) =>
      author((w) => {
        const first = w.call("first", double, { value: 1 });
        return w.call("step", double, first, { after: [unchecked<AnyStep>(item ?? first.value)] });
      });
    throwsCode("PLAN_INVALID", /step "step": after\[0\] must be a step/, after("first"));
    throwsCode("PLAN_INVALID", /step "step": after\[0\] must be a step/, after(undefined));
    for (const when of [true, null, "x"]) {
      const write = author((w) =>
        w.call("step", double, { value: 1 }, { when: not(unchecked<Condition>(when)) }),
      );
      throwsCode("PLAN_INVALID", /A condition is built by eq/, write);
    }
    const operand = author((w) =>
      w.call("step", double, { value: 1 }, { when: eq(w.input.asOf, unchecked(new Date())) }),
    );
    throwsCode("PLAN_INVALID", /step "step": when is a Date/, operand);
  });

  it("P7 finds a step that can never run", () => {
    const never = author((w) => w.map("m", [], (m) => m.call("step", double, { value: 1 })));
    throwsCode("PLAN_UNREACHABLE_STEP", /"bad", step "step"/, never);
  });
});

describe("bad workflows, functions and agents", () => {
  it("P7 names what is wrong with the workflow's options", () => {
    const make = (options: object) => () =>
      workflow(unchecked<{ name: string; input: z.ZodType }>(options), () => 1);
    throwsCode(
      "PLAN_INVALID",
      /name: a name starts with a letter.*\(it is "1"\)/,
      make({ name: "1", input }),
    );
    throwsCode("PLAN_INVALID", /input must be a zod schema/, make({ name: "a", input: {} }));
    throwsCode("PLAN_INVALID", /"timeout"/, make({ name: "a", input, timeout: 1 }));
    throwsCode("PLAN_INVALID", /needs an author's function/, () =>
      workflow({ name: "a", input }, unchecked<() => 1>(undefined)),
    );
  });

  it("P7 refuses schemas that JSON Schema cannot state, naming whose", () => {
    const dated = z.object({ day: z.date() });
    throwsCode("PLAN_INVALID", /schema of the input of workflow "a" cannot .*Date/, () =>
      workflow({ name: "a", input: dated }, () => 1),
    );
    const late = defineFunction({
      ...double,
      name: "late",
      output: z.object({ value: z.bigint() }),
      run: () => ({ value: 1n }),
    });
    const call = author((w) => w.call("step", late, { value: 1 }));
    throwsCode("PLAN_INVALID", /schema of the output of function "late" cannot .*BigInt/, call);
  });

  it("P7 refuses definitions that are nothing at all, or whose parts are not text", () => {
    const makers: readonly ((given: unknown) => unknown)[] = [
      (given) => defineAgent(unchecked(given)),
      (given) => defineFunction(unchecked<typeof double>(given)),
    ];
    for (const define of makers) {
      for (const given of [undefined, null, 5, () => 1]) {
        throwsCode("INPUT_INVALID", /has a bad (?:definition|name): /, () => define(given));
      }
      throwsCode("INPUT_INVALID", /"a" has a bad description/, () =>
        define({ name: "a", version: "1", description: 5 }),
      );
      const long = throwsCode("INPUT_INVALID", /has a bad name/, () => define({ name: "x".repeat(1e6) }));
      assert.ok(JSON.stringify(long.toRecord()).length < 1_000);
    }
    const write = author((w) => w.resolve("r", w.ask("o", ["a"], question(w)), unchecked(undefined)));
    throwsCode("PLAN_INVALID", /step "r": resolve needs options/, write);
  });

  it("P7 refuses a function without schemas, a name or something to run", () => {
    const make = (change: object) => () => defineFunction(unchecked<typeof double>({ ...double, ...change }));
    throwsCode("INPUT_INVALID", /needs zod schemas named input and output/, make({ input: {} }));
    throwsCode("INPUT_INVALID", /needs zod schemas named input and output/, make({ output: undefined }));
    throwsCode("INPUT_INVALID", /a function named run/, make({ run: 1 }));
    throwsCode("INPUT_INVALID", /has a bad name/, make({ name: "a b" }));
    throwsCode("INPUT_INVALID", /has a bad version/, make({ version: "" }));
  });
});

function agentNamed(name: string) {
  return defineAgent({
    name,
    version: "1",
    capabilities: [],
    opinion: () => ({ type: "abstention", reason: "x" }),
  });
}

function policyNamed(name: string): Policy {
  const configure = () => ({ settings: {}, combine: () => ({ weights: [], reasons: [], parts: [] }) });
  return unchecked<Policy>({ name, version: "1", description: "", source: "", kind: "fixed", configure });
}

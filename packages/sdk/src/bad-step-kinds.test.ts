/** What the compiler would catch of rounds, child runs and waits, for authors who do without it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { z } from "zod";
import {
  type Condition,
  defineAgent,
  defineFunction,
  eq,
  type Ref,
  type RepeatOptions,
  type Round,
  type SleepTime,
  symbol,
  tradingDate,
  type WaitForOptions,
  type Workflow,
  type WorkflowBuilder,
  workflow,
} from "./index.ts";
import { throwsCode } from "./testing/throws-code.ts";

const input = z.object({ asOf: tradingDate, mode: z.enum(["fast", "full"]), n: z.number() });
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

describe("bad repeats", () => {
  const repeat = (body: unknown, options: unknown = { maxRounds: 3 }, initial: unknown = 1) =>
    author((w) =>
      w.repeat(
        "r",
        unchecked<number>(initial),
        unchecked<() => Round<number>>(body),
        unchecked<RepeatOptions>(options),
      ),
    );
  const until = unchecked<Condition>(eq(unchecked<Ref<string>>("fast"), "fast"));

  it("P7 refuses what is no body, and a body that does not return output and until", () => {
    throwsCode("PLAN_INVALID", /step "r" needs a body: \(r\) => \(\{ output, until \}\)/, repeat(undefined));
    for (const returned of [undefined, null, 1, { output: 1 }, { until }]) {
      const write = repeat(() => returned);
      throwsCode("PLAN_INVALID", /step "r" needs a body that returns \{ output, until \}\./, write);
    }
    throwsCode(
      "PLAN_INVALID",
      /do not write async/,
      repeat(async () => ({ output: 1, until })),
    );
    throwsCode(
      "PLAN_INVALID",
      /returns \{ output, until \}/,
      repeat((r: { previous: unknown }) => r.previous),
    );
    throwsCode(
      "PLAN_INVALID",
      /A condition is built by eq/,
      repeat(() => ({ output: 1, until: true })),
    );
    throwsCode(
      "PLAN_INVALID",
      /"bad", step "r": steps must hold a step/,
      repeat(() => ({ output: 1, until })),
    );
  });

  it("P7 names the option that is missing, unknown or out of range", () => {
    const body = (r: WorkflowBuilder<unknown>) => ({
      output: r.call("double", double, { value: 1 }).value,
      until,
    });
    for (const options of [null, {}]) {
      throwsCode("PLAN_INVALID", /"bad", step "r": maxRounds must be .*, not nothing/, repeat(body, options));
    }
    throwsCode("PLAN_INVALID", /maxRounds .* from 1 to 1000, not 0/, repeat(body, { maxRounds: 0 }));
    throwsCode("PLAN_INVALID", /maxRounds .* from 1 to 1000, not 1001/, repeat(body, { maxRounds: 1_001 }));
    throwsCode(
      "PLAN_INVALID",
      /atMaxRounds must be one of succeed, fail/,
      repeat(body, { maxRounds: 1, atMaxRounds: 1 }),
    );
    throwsCode(
      "PLAN_INVALID",
      /there is no option "rounds"; there are .*maxRounds, atMaxRounds/,
      repeat(body, { rounds: 3 }),
    );
    throwsCode("PLAN_INVALID", /initial is a Date/, repeat(body, { maxRounds: 1 }, new Date(0)));
  });

  it("P7 names a round that reads what no round gives", () => {
    const write = author((w) =>
      w.repeat(
        "r",
        { value: 1 },
        (r) => {
          const previous = unchecked<Ref<{ size: number }>>(r.previous);
          return { output: r.call("double", double, { value: previous.size }), until };
        },
        { maxRounds: 2 },
      ),
    );
    throwsCode("PLAN_TYPE_MISMATCH", /step "double": input\.value reads size of/, write);
  });

  it("P7 refuses a step of a round from outside", () => {
    const write = author((w) => {
      let inside: unknown;
      w.repeat(
        "r",
        1,
        (r) => {
          inside = r.call("double", double, { value: r.previous });
          return { output: 1, until };
        },
        { maxRounds: 2 },
      );
      return inside;
    });
    throwsCode("PLAN_UNKNOWN_STEP", /output refers to the step "double", which/, write);
  });
});

describe("bad child runs", () => {
  const child = workflow(
    { name: "child", input: z.object({ symbol, days: z.number().default(5) }) },
    (w) => w.call("double", double, { value: w.input.days }).value,
  );

  it("P7 refuses what is no workflow, itself included", () => {
    for (const given of [undefined, null, "child", double, child.plan, { ...child, plans: undefined }]) {
      const write = author((w) => w.run("run", unchecked<Workflow>(given), {}));
      throwsCode("PLAN_INVALID", /step "run" runs something that workflow\(\) did not make/, write);
    }
    const make = () => {
      const loop: Workflow = workflow({ name: "loop", input }, (w) => w.run("again", loop, w.input));
      return loop;
    };
    const error = throwsCode(
      "PLAN_INVALID",
      /^Workflow "loop": its author's function uses a name that has no value: .*loop.* cannot run itself/,
      make,
    );
    assert(error.cause instanceof ReferenceError);
    assert.deepEqual(error.details, { workflow: "loop" });
  });

  it("P7 names what does not fit the child's input", () => {
    const run = (given: (w: WorkflowBuilder<Input>) => unknown) =>
      author((w) => w.run("run", child, unchecked<{ symbol: string }>(given(w))));
    throwsCode(
      "PLAN_TYPE_MISMATCH",
      /^Workflow "bad", step "run": input is wrong: symbol: a symbol is .*"ibm"/,
      run(() => ({ symbol: "ibm" })),
    );
    throwsCode(
      "PLAN_TYPE_MISMATCH",
      /step "run": input\.symbol is wrong: a symbol is/,
      run((w) => ({ symbol: "ibm", days: w.input.n })),
    );
    throwsCode(
      "PLAN_TYPE_MISMATCH",
      /"bad", step "run": input\.days gives string/,
      run((w) => ({ symbol: "IBM", days: w.input.asOf })),
    );
    throwsCode(
      "PLAN_TYPE_MISMATCH",
      /"bad", step "run": input\.symbol is missing/,
      run((w) => ({ days: w.input.n })),
    );
    throwsCode(
      "PLAN_TYPE_MISMATCH",
      /step "run": input\.symbol is missing/,
      run((w) => w.input),
    );
  });

  it("P7 names what the child does not give", () => {
    const write = author((w) => unchecked<{ size: unknown }>(w.run("run", child, { symbol: "IBM" })).size);
    throwsCode("PLAN_TYPE_MISMATCH", /output reads size of "run", which has no such thing/, write);
  });

  it("P7 refuses a child that calls another function or agent of a name", () => {
    const other = defineFunction({ ...double, run: ({ value }) => ({ value }) });
    const functions = author((w) => [
      w.call("one", other, { value: 1 }),
      w.run("run", child, { symbol: "IBM" }),
    ]);
    throwsCode("PLAN_INVALID", /step "run" uses another "double" than the steps before it/, functions);
    const asking = (name: string) =>
      workflow({ name, input }, (w) =>
        w.ask("ask", [agentNamed("a")], { subject: "IBM", asOf: w.input.asOf }),
      );
    const agents = author((w) => [
      w.run("one", asking("one"), w.input),
      w.run("two", asking("two"), w.input),
    ]);
    throwsCode("PLAN_INVALID", /step "two" uses another "a" than the steps before it/, agents);
  });

  it("P7 names an option that a child run does not have", () => {
    const write = author((w) => w.run("run", child, { symbol: "IBM" }, unchecked({ timeoutMs: 3 })));
    throwsCode("PLAN_INVALID", /step "run": there is no option "timeoutMs"; there are .*retry\./, write);
  });
});

describe("bad waits", () => {
  it("P7 refuses a default that no deadline can bring about", () => {
    const approve = author((w) => w.approve("a", null, { default: "approve" }));
    throwsCode("PLAN_INVALID", /"bad", step "a": default is .* there is no timeoutMs/, approve);
    const waitFor = author((w) => w.waitFor("w", { signal: "s", schema: z.number(), default: 3 }));
    throwsCode("PLAN_INVALID", /"bad", step "w": default .* there is no timeoutMs/, waitFor);
  });

  it("P7 names what is wrong with an approval", () => {
    const approve = (options: unknown, shown: unknown = null) =>
      author((w) => w.approve("a", unchecked<null>(shown), unchecked(options)));
    throwsCode("PLAN_INVALID", /there is no option "retry"; there are .*onReject/, approve({ retry: {} }));
    throwsCode(
      "PLAN_INVALID",
      /default must be one of approve, reject/,
      approve({ timeoutMs: 1, default: "yes" }),
    );
    throwsCode("PLAN_INVALID", /onReject must be one of fail, continue/, approve({ onReject: "skip" }));
    throwsCode("PLAN_INVALID", /timeoutMs must be a whole number/, approve({ timeoutMs: 0.5 }));
    throwsCode("PLAN_INVALID", /step "a": input is a Date/, approve({}, new Date(0)));
  });

  it("P7 names what is wrong with a wait for a signal", () => {
    const waitFor = (options: unknown) =>
      author((w) => w.waitFor("w", unchecked<WaitForOptions<number>>(options)));
    const schema = z.number();
    throwsCode("PLAN_INVALID", /step "w" needs a zod schema/, waitFor(undefined));
    throwsCode("PLAN_INVALID", /step "w" needs a zod schema/, waitFor({ signal: "s", schema: {} }));
    throwsCode("PLAN_INVALID", /step "w": signal must be a name .*, not nothing/, waitFor({ schema }));
    throwsCode("PLAN_INVALID", /signal must be a name .*, not "a b"/, waitFor({ signal: "a b", schema }));
    throwsCode(
      "PLAN_INVALID",
      /there is no option "payload"; there are .*signal, schema, key/,
      waitFor({ signal: "s", schema, payload: 1 }),
    );
    throwsCode(
      "PLAN_INVALID",
      /schema of the payload of signal "s" cannot .*Date/,
      waitFor({ signal: "s", schema: z.date() }),
    );
    throwsCode(
      "PLAN_TYPE_MISMATCH",
      /step "w": default gives string/,
      waitFor({ signal: "s", schema, timeoutMs: 1, default: "x" }),
    );
    throwsCode(
      "PLAN_TYPE_MISMATCH",
      /step "w": key gives boolean/,
      waitFor({ signal: "s", schema, key: true }),
    );
  });

  it("P7 names what is wrong with a sleep", () => {
    const sleep = (time: unknown) => author((w) => w.sleep("s", unchecked<SleepTime>(time)));
    for (const time of [undefined, null, 3, "tomorrow"]) {
      throwsCode("PLAN_INVALID", /step "s" needs a time: \{ durationMs \} or \{ until \}/, sleep(time));
    }
    throwsCode("PLAN_INVALID", /"bad", step "s" needs either durationMs or until/, sleep({}));
    const both = { durationMs: 1, until: "2026-01-31T21:00Z" };
    throwsCode("PLAN_INVALID", /"bad", step "s" needs either durationMs or until/, sleep(both));
    throwsCode(
      "PLAN_INVALID",
      /there is no option "minutes"; there are durationMs, until/,
      sleep({ minutes: 3 }),
    );
    throwsCode("PLAN_TYPE_MISMATCH", /"bad", step "s": durationMs gives -1/, sleep({ durationMs: -1 }));
    throwsCode("PLAN_TYPE_MISMATCH", /durationMs .*31622400000/, sleep({ durationMs: 31_622_400_001 }));
    throwsCode("PLAN_INVALID", /durationMs is NaN/, sleep({ durationMs: Number.NaN }));
    for (const until of ["tomorrow", "2026-01-31", "2026-01-31T21:00", "2026-02-30T21:00Z"]) {
      throwsCode("PLAN_TYPE_MISMATCH", /step "s": until must be a moment such as/, sleep({ until }));
    }
    const typed = author((w) => w.sleep("s", { durationMs: unchecked<Ref<number>>(w.input.asOf) }));
    throwsCode("PLAN_TYPE_MISMATCH", /step "s": durationMs gives string where number is taken/, typed);
  });
});

describe("bad options of attempts", () => {
  const call = (options: object) => author((w) => w.call("c", double, { value: 1 }, unchecked(options)));
  const bad: readonly (readonly [object, RegExp])[] = [
    [{ priority: 101 }, /step "c": priority must be a number from -100 to 100, not 101/],
    [{ pool: "a b" }, /step "c": pool must be a name/],
    [{ heartbeatTimeoutMs: 0 }, /step "c": heartbeatTimeoutMs must be/],
    [{ cacheTtlMs: -1 }, /step "c": cacheTtlMs must be/],
    [{ tags: ["a b"] }, /step "c": tags\[0\] must be a name/],
    [{ tags: "a" }, /step "c": tags must be a list, not "a"/],
    [{ retry: { notOn: [3] } }, /step "c": retry\.notOn\[0\] must be text/],
  ];
  for (const [options, message] of bad) {
    it(`P7 refuses ${JSON.stringify(options)}`, () => {
      throwsCode("PLAN_INVALID", message, call(options));
    });
  }

  it("P7 refuses more tags than there may be", () => {
    const tags = Array.from({ length: 21 }, (_, index) => `t${index}`);
    throwsCode("LIMIT_EXCEEDED", /step "c": tags has 21 tags; there may be 20/, call({ tags }));
    throwsCode("LIMIT_EXCEEDED", /"bad": tags has 21 tags/, () =>
      workflow({ name: "bad", input, tags }, () => 1),
    );
    throwsCode("PLAN_INVALID", /tags: .*\(it is "a"\)/, () =>
      workflow({ name: "bad", input, tags: unchecked<string[]>("a") }, () => 1),
    );
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

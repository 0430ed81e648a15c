/** P7: the fields, limits and misuses of repeats, child runs, approvals, waits, sleeps, and of what any step may state. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { compile } from "./compile.ts";
import { parseDefinition } from "./parse-definition.ts";
import { planLimits } from "./plan.ts";
import {
  approve,
  call,
  childPlan,
  childRun,
  constant,
  exists,
  input,
  map,
  repeat,
  resolve,
  sleep,
  waitFor,
  workflow,
} from "./testing/steps.ts";
import type { StepDefinition } from "./workflow-definition.ts";

function refusalOf(definition: unknown): MycroftError {
  try {
    parseDefinition(definition);
  } catch (thrown) {
    assert.ok(thrown instanceof MycroftError, String(thrown));
    return thrown;
  }
  return assert.fail("The definition was read.");
}

/** Each of the fields, put into the step, is refused with that message. */
function refuses(step: StepDefinition, cases: readonly (readonly [fields: object, problem: string])[]): void {
  for (const [fields, problem] of cases) {
    const error = refusalOf(workflow([{ ...step, ...fields }]));
    assert.equal(error.message, `Workflow "w", step "${step.name}"${problem}.`);
    assert.deepEqual([error.code, error.details?.["step"]], ["PLAN_INVALID", step.name]);
  }
}

/** The step in normal form. */
function normal(step: StepDefinition): unknown {
  return compile(workflow([step])).workflow.steps[0];
}

const base = { after: [], trigger: "allSuccess" };
const name = "must be a name (a letter, then letters, digits and . _ -; at most 100 characters)";
const duration = (least: number) => `must be a number from ${least} to 31622400000`;

describe("a repeat", () => {
  const r = repeat("r");

  test("has its defaults written out", () => {
    const { initial: _, ...rest } = r;
    const [inner] = compile(workflow([call("r.step")])).workflow.steps;
    const expected = { ...base, ...r, initial: constant(null), atMaxRounds: "succeed", steps: [inner] };
    assert.deepEqual(normal(rest as StepDefinition), expected);
    assert.deepEqual(normal(r), expected);
  });

  test("P7 is refused for what is wrong of it", () => {
    refuses(r, [
      [{ steps: [] }, ": steps must hold a step at least"],
      [{ steps: undefined }, ": steps must be a list, not nothing"],
      [{ until: undefined }, ": until must be an object, not nothing"],
      [{ until: true }, ": until must be an object, not true"],
      [
        { until: { op: "and", all: [{ op: "x" }] } },
        ': until.all[0].op must be one of eq, ne, lt, le, gt, ge, in, exists, and, or, not, not "x"',
      ],
      [{ maxRounds: undefined }, ": maxRounds must be a whole number from 1 to 1000, not nothing"],
      [{ maxRounds: 0 }, ": maxRounds must be a number from 1 to 1000, not 0"],
      [{ maxRounds: 1_001 }, ": maxRounds must be a number from 1 to 1000, not 1001"],
      [{ maxRounds: 1.5 }, ": maxRounds must be a whole number from 1 to 1000, not 1.5"],
      [
        { maxRounds: Number.POSITIVE_INFINITY },
        ": maxRounds must be a whole number from 1 to 1000, not Infinity",
      ],
      [{ atMaxRounds: "stop" }, ': atMaxRounds must be one of succeed, fail, not "stop"'],
      [{ initial: 1 }, ": initial must be an object, not 1"],
      [{ output: undefined }, ": output must be an object, not nothing"],
    ]);
    for (const field of ["over", "maxItems", "input", "retry", "timeoutMs", "pool", "rounds"]) {
      assert.match(
        refusalOf(workflow([{ ...r, ...{ [field]: 1 } }])).message,
        new RegExp(`: ${field} is no field that exists here`),
      );
    }
    parseDefinition(workflow([{ ...r, maxRounds: planLimits.rounds }]));
  });
});

describe("a child run", () => {
  const c = childRun("c");

  test("has its defaults written out: one attempt, whatever other steps have", () => {
    const retry = { maxAttempts: 1, initialDelayMs: 500, factor: 2, maxDelayMs: 60_000, jitter: 0.5 };
    assert.deepEqual(normal(c), { ...base, ...c, inputSchema: {}, outputSchema: {}, retry });
    assert.deepEqual(normal({ ...c, retry: { ...retry, maxAttempts: 3 } }), {
      ...base,
      ...c,
      inputSchema: {},
      outputSchema: {},
      retry: { ...retry, maxAttempts: 3 },
    });
  });

  test("P7 is refused for what is wrong of it", () => {
    const hash = "must be the hash of a plan: 64 digits of hexadecimal";
    refuses(c, [
      [{ workflow: undefined }, `: workflow ${name}, not nothing`],
      [{ workflow: "a b" }, `: workflow ${name}, not "a b"`],
      [{ plan: undefined }, ": plan must be text, not nothing"],
      [{ plan: "abc" }, `: plan ${hash}`],
      [{ plan: childPlan.toUpperCase() }, `: plan ${hash}`],
      [{ plan: `${childPlan}\n` }, `: plan ${hash}`],
      [{ plan: `${childPlan}c` }, `: plan ${hash}`],
      [{ input: undefined }, ": input must be an object, not nothing"],
      [{ inputSchema: [] }, ": inputSchema must be an object, not a list"],
      [{ retry: { maxAttempts: 0 } }, ": retry.maxAttempts must be a number from 1 to 100, not 0"],
    ]);
    for (const field of ["timeoutMs", "heartbeatTimeoutMs", "cacheTtlMs", "pool", "priority", "target"]) {
      assert.match(
        refusalOf(workflow([{ ...c, ...{ [field]: 1 } }])).message,
        new RegExp(`: ${field} is no field`),
      );
    }
  });
});

describe("an approval", () => {
  const a = approve("a");

  test("has its defaults written out; a verdict by default is there only with a deadline", () => {
    assert.deepEqual(normal(a), { ...base, ...a, onReject: "fail" });
    assert.deepEqual(normal({ ...a, timeoutMs: 5 }), {
      ...base,
      ...a,
      timeoutMs: 5,
      default: "reject",
      onReject: "fail",
    });
    const whole = { ...a, timeoutMs: 5, default: "approve", onReject: "continue" } as const;
    assert.deepEqual(normal(whole), { ...base, ...whole });
  });

  test("P7 is refused for what is wrong of it", () => {
    refuses(a, [
      [{ default: "approve" }, ": default is for when the time is over, and there is no timeoutMs"],
      [{ timeoutMs: 5, default: "maybe" }, ': default must be one of approve, reject, not "maybe"'],
      [{ timeoutMs: 0 }, `: timeoutMs ${duration(1)}, not 0`],
      [{ timeoutMs: planLimits.durationMs + 1 }, `: timeoutMs ${duration(1)}, not 31622400001`],
      [{ onReject: "shrug" }, ': onReject must be one of fail, continue, not "shrug"'],
      [{ input: undefined }, ": input must be an object, not nothing"],
    ]);
    for (const field of ["outputSchema", "retry", "by", "approvers"]) {
      assert.match(
        refusalOf(workflow([{ ...a, ...{ [field]: 1 } }])).message,
        new RegExp(`: ${field} is no field`),
      );
    }
  });
});

describe("a wait for a signal", () => {
  const w = waitFor("w");

  test("has its defaults written out", () => {
    assert.deepEqual(normal(w), { ...base, ...w, outputSchema: {} });
    const whole = {
      ...w,
      key: constant("k"),
      timeoutMs: 5,
      default: constant(null),
      outputSchema: { type: "null" },
    };
    assert.deepEqual(normal(whole), { ...base, ...whole });
  });

  test("P7 is refused for what is wrong of it", () => {
    refuses(w, [
      [{ signal: undefined }, `: signal ${name}, not nothing`],
      [{ signal: "a\nb" }, `: signal ${name}, not "a\\nb"`],
      [{ signal: "" }, `: signal ${name}, not ""`],
      [{ default: constant(1) }, ": default is for when the time is over, and there is no timeoutMs"],
      [{ timeoutMs: 5, default: 1 }, ": default must be an object, not 1"],
      [{ key: "k" }, ': key must be an object, not "k"'],
      [{ timeoutMs: -1 }, `: timeoutMs ${duration(1)}, not -1`],
      [{ outputSchema: "string" }, ': outputSchema must be an object, not "string"'],
    ]);
    assert.match(refusalOf(workflow([{ ...w, ...{ input: constant(1) } }])).message, /: input is no field/);
  });
});

describe("a sleep", () => {
  const s = sleep("s");
  const { durationMs: _, ...neither } = s;

  test("is as it was written", () => {
    assert.deepEqual(normal(s), { ...base, ...s });
    assert.deepEqual(normal({ ...neither, until: input("at") }), { ...base, ...neither, until: input("at") });
  });

  test("P7 has either a duration or a moment", () => {
    refuses(neither, [
      [{}, " needs either durationMs or until, and not both"],
      [{ durationMs: constant(1), until: constant("x") }, " needs either durationMs or until, and not both"],
      [{ durationMs: 5 }, ": durationMs must be an object, not 5"],
      [{ until: "2026-01-31T21:00Z" }, ': until must be an object, not "2026-01-31T21:00Z"'],
    ]);
    assert.match(refusalOf(workflow([{ ...s, ...{ timeoutMs: 1 } }])).message, /: timeoutMs is no field/);
  });
});

describe("what a step with attempts may state", () => {
  const a = call("a");

  test("is not there unless it is stated: plans of before keep their hashes", () => {
    const { hash } = compile(workflow([a, resolve("b")]));
    const nothing = {
      heartbeatTimeoutMs: undefined,
      cacheTtlMs: undefined,
      pool: undefined,
      priority: undefined,
      tags: undefined,
    };
    assert.equal(
      compile({ ...workflow([{ ...a, ...(nothing as object) }, resolve("b")]), tags: undefined }).hash,
      hash,
    );
  });

  test("heartbeats, caching, a pool and a priority, for calls and resolves alike", () => {
    const stated = { heartbeatTimeoutMs: 5, cacheTtlMs: 6, pool: "gpu", priority: -100 };
    for (const step of [call("a", stated), resolve("a", stated)]) {
      const { heartbeatTimeoutMs, cacheTtlMs, pool, priority } = normal(step) as typeof stated;
      assert.deepEqual({ heartbeatTimeoutMs, cacheTtlMs, pool, priority }, stated);
    }
  });

  test("P7 is refused for what is wrong of it", () => {
    refuses(a, [
      [{ heartbeatTimeoutMs: 0 }, `: heartbeatTimeoutMs ${duration(1)}, not 0`],
      [{ cacheTtlMs: 0 }, `: cacheTtlMs ${duration(1)}, not 0`],
      [{ cacheTtlMs: planLimits.durationMs + 1 }, `: cacheTtlMs ${duration(1)}, not 31622400001`],
      [{ pool: "" }, `: pool ${name}, not ""`],
      [{ pool: 1 }, `: pool ${name}, not 1`],
      [{ priority: 101 }, ": priority must be a number from -100 to 100, not 101"],
      [{ priority: -101 }, ": priority must be a number from -100 to 100, not -101"],
      [{ priority: 0.5 }, ": priority must be a whole number from -100 to 100, not 0.5"],
      [{ priority: "high" }, ': priority must be a whole number from -100 to 100, not "high"'],
      [{ retry: { notOn: "X" } }, ': retry.notOn must be a list, not "X"'],
      [{ retry: { notOn: [1] } }, ": retry.notOn[0] must be text, not 1"],
    ]);
    for (const field of ["pool", "priority", "cacheTtlMs"]) {
      assert.match(
        refusalOf(workflow([{ ...map("m"), ...{ [field]: 1 } }])).message,
        new RegExp(`: ${field} is no field`),
      );
    }
  });

  test("codes after which there is no other attempt go with the defaults of the rest", () => {
    const retry = { notOn: ["LOOK_AHEAD"] };
    const step = normal({ ...a, ...({ retry } as object) }) as { readonly retry: unknown };
    assert.deepEqual(step.retry, {
      maxAttempts: 3,
      initialDelayMs: 500,
      factor: 2,
      maxDelayMs: 60_000,
      jitter: 0.5,
      ...retry,
    });
  });
});

describe("tags", () => {
  test("of steps and workflows are put in order, each once", () => {
    const tags = ["b", "a", "b"];
    for (const step of [
      call("s", { tags }),
      map("s", { tags }),
      repeat("s", { tags }),
      sleep("s", { durationMs: constant(1), tags }),
    ]) {
      assert.deepEqual((normal(step) as StepDefinition).tags, ["a", "b"]);
    }
    assert.deepEqual(compile(workflow([], constant(null), { tags })).workflow.tags, ["a", "b"]);
  });

  test("P7 are names, and not too many", () => {
    refuses(call("a"), [
      [{ tags: "a" }, ': tags must be a list, not "a"'],
      [{ tags: ["a b"] }, `: tags[0] ${name}, not "a b"`],
    ]);
    const tags = Array.from({ length: planLimits.tags + 1 }, (_, index) => `t${index}`);
    const ofStep = refusalOf(workflow([call("a", { tags })]));
    assert.equal(ofStep.message, 'Workflow "w", step "a": tags has 21 tags; there may be 20.');
    assert.deepEqual([ofStep.code, ofStep.details?.["field"]], ["LIMIT_EXCEEDED", "tags"]);
    assert.equal(refusalOf(workflow([], constant(null), { tags })).code, "LIMIT_EXCEEDED");
    parseDefinition(workflow([call("a", { tags: tags.slice(1) })]));
  });
});

describe("bodies within bodies", () => {
  const nested = (levels: number): StepDefinition => {
    const steps = levels > 1 ? [nested(levels - 1)] : [call("a")];
    return levels % 2 === 0 ? map(`b${levels}`, { steps }) : repeat(`b${levels}`, { steps });
  };

  test("P7 may nest as deep as the limit, maps and repeats counted alike", () => {
    compile(workflow([nested(planLimits.nesting)]));
    const error = refusalOf(workflow([nested(planLimits.nesting + 1)]));
    assert.equal(error.message, 'Workflow "w", step "b1": steps would nest bodies more than 8 deep.');
  });

  test("P7 a repeat that contains itself is refused", () => {
    const loop: { steps: unknown[] } = { ...repeat("r"), steps: [] };
    loop.steps.push(loop);
    assert.match(
      refusalOf({ ...workflow([]), steps: [loop] }).message,
      /step "r": steps would nest bodies more than 8 deep/,
    );
  });

  test("are read with all that is in them", () => {
    const step = repeat("r", {
      steps: [{ ...call("a"), ...{ retry: { jitter: 2 } } } as StepDefinition],
      until: exists(input()),
    });
    assert.equal(
      refusalOf(workflow([step])).message,
      'Workflow "w", step "a": retry.jitter must be a number from 0 to 1, not 2.',
    );
  });
});

describe("E1 a plan of every kind", () => {
  test("compiles to itself", () => {
    const steps = [
      call("call", {
        tags: ["x"],
        retry: { maxAttempts: 2, initialDelayMs: 0, factor: 1, maxDelayMs: 0, jitter: 0, notOn: ["A"] },
      }),
      resolve("resolve", { priority: 1 }),
      map("map", { steps: [call("in")] }),
      repeat("repeat"),
      childRun("run"),
      approve("approve"),
      approve("timed", { timeoutMs: 1 }),
      waitFor("waitFor", { timeoutMs: 1, default: constant(1) }),
      sleep("sleep"),
    ];
    const plan = compile(workflow(steps, constant(null), { tags: ["y"] }));
    assert.deepEqual(compile(plan.workflow), plan);
    assert.deepEqual(compile(JSON.parse(JSON.stringify(plan.workflow))), plan);
  });
});

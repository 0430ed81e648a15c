/** Every layout that is read, and every kind of dirt, by file and line (P7). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { checkEvaluationData, type LoadOptions, loadEvaluationData } from "../index.ts";
import { failsWith } from "../testing/fails-with.ts";
import { temporaryFile } from "../testing/temporary-files.ts";
import { type dataProblems, describeDataProblem } from "./data-report.ts";
import { readPoint, readProbabilities } from "./forecast-cells.ts";

const outcomes =
  "date,asset,q1,q2,q3\n2026-01-01,A,1,0,0\n2026-01-01,B,0,0,1\n2026-01-02,A,0,1,0\n2026-01-02,B,0,0.5,0.5\n";

const cleanRows = [
  "2026-01-01,A,x,0.2,0.3,0.5",
  "2026-01-01,A,y,0.1,0.1,0.8",
  "2026-01-01,B,x,0.2,0.3,0.5",
  "2026-01-01,B,y,0.1,0.1,0.8",
  "2026-01-02,A,x,0.5,0.25,0.25",
  "2026-01-02,A,y,0.3,0.3,0.4",
  "2026-01-02,B,x,0.2,0.3,0.5",
  "2026-01-02,B,y,0.1,0.1,0.8",
];
const wide = (rows: readonly string[]) => `date,asset,model,p1,p2,p3\n${rows.join("\n")}\n`;

async function load(
  t: Parameters<typeof temporaryFile>[0],
  forecasts: string,
  options: LoadOptions & { readonly outcomeText?: string; readonly name?: string } = {},
) {
  const { outcomeText = outcomes, name = "forecasts.csv", ...rest } = options;
  const file = temporaryFile(t, name, forecasts);
  const given = outcomeText === "" ? {} : { outcomes: temporaryFile(t, "outcomes.csv", outcomeText) };
  return loadEvaluationData(file, { ...given, ...rest });
}

describe("layouts", () => {
  it("wide: a row for each period, subject and agent, with its probabilities", async (t) => {
    const { data, report } = await load(t, wide(cleanRows), { strict: true });
    assert.deepEqual(data.outcomes, ["p1", "p2", "p3"]);
    assert.deepEqual(data.agents, ["x", "y"]);
    assert.deepEqual(data.rounds[1]?.cases[0], {
      subject: "A",
      forecasts: [
        [0.5, 0.25, 0.25],
        [0.3, 0.3, 0.4],
      ],
      observed: [0, 1, 0],
    });
    assert.deepEqual(report.problems, {});
  });

  it("long: a row for each outcome too, in any order; gives the same data as wide", async (t) => {
    const rows = cleanRows.flatMap((row) => {
      const [date, asset, model, ...ps] = row.split(",");
      return ps.map((p, at) => `${p},${model},${at + 1},${asset},${date}`);
    });
    const text = `probability,agent,bin,symbol,period\n${rows.reverse().join("\n")}\n`;
    const { data } = await load(t, text, { strict: true });
    const wideData = (await load(t, wide(cleanRows))).data;
    assert.deepEqual(data.outcomes, ["1", "2", "3"]);
    const sorted = (agents: readonly string[], row: readonly unknown[] = []) =>
      agents.toSorted().map((agent) => row[agents.indexOf(agent)]);
    for (const [round, { cases }] of data.rounds.entries()) {
      for (const [at, one] of cases.entries()) {
        const other = wideData.rounds[round]?.cases[at];
        assert.deepEqual(sorted(data.agents, one.forecasts), sorted(wideData.agents, other?.forecasts));
        assert.deepEqual(one.observed, other?.observed);
      }
    }
  });

  it("a column for each agent, with what came true beside them; a column without a name is no agent", async (t) => {
    const text = ",t,Y,gam,ar\n1,10,5,4,6\n2,9,1,NA,2\n";
    const { data, report } = await load(t, text, { outcomeText: "" });
    assert.equal(data.kind, "point");
    assert.deepEqual(data.agents, ["gam", "ar"]);
    assert.deepEqual(
      data.rounds.map(({ period, cases }) => [period, cases[0]?.forecasts, cases[0]?.observed]),
      [
        ["9", [null, 2], 1],
        ["10", [4, 6], 5],
      ],
      "numbers are in order of their size",
    );
    assert.deepEqual(report.problems, { abstention: 1 });
  });

  it("long points; columns that nobody could guess are named by options, and the outcomes' by their own names", async (t) => {
    const text = "wave,what,who,x\n1,A,m,4\n1,A,n,6\n";
    const columns = { period: "wave", subject: "what", agent: "who", value: "x", observed: ["came"] };
    const { data } = await load(t, text, { columns, outcomeText: "wave,what,came\n1,A,5\n" });
    assert.deepEqual(data.rounds[0]?.cases[0], { subject: "A", forecasts: [4, 6], observed: 5 });
  });

  it("outcomes as names or numbers of outcomes, in the forecasts' file or in another", async (t) => {
    const named = "date,asset,model,down,flat,up\n2026-01-01,A,x,0.2,0.3,0.5\n";
    const byName = await load(t, named, { outcomeText: "date,asset,outcome\n2026-01-01,A,Flat\n" });
    assert.deepEqual(byName.data.rounds[0]?.cases[0]?.observed, [0, 1, 0]);
    const byNumber = await load(t, named, { outcomeText: "date,asset,outcome\n2026-01-01,A,3\n" });
    assert.deepEqual(byNumber.data.rounds[0]?.cases[0]?.observed, [0, 0, 1]);
    const own = "date,asset,model,down,flat,up,outcome\n2026-01-01,A,x,0.2,0.3,0.5,down\n";
    assert.deepEqual((await load(t, own, { outcomeText: "" })).data.rounds[0]?.cases[0]?.observed, [1, 0, 0]);
    const shuffled = "date,asset,up,down,flat\n2026-01-01,A,1,0,0\n";
    const options = { outcomeText: shuffled };
    assert.deepEqual((await load(t, named, options)).data.rounds[0]?.cases[0]?.observed, [0, 0, 1]);
  });

  it("one column of probabilities of `up`", async (t) => {
    const text = "date,asset,trend,value agent\n2026-01-01,A,0.25,1\n";
    const { data } = await load(t, text, { binary: true, outcomeText: "date,asset,y\n2026-01-01,A,1\n" });
    assert.deepEqual(data.rounds[0]?.cases[0], {
      subject: "A",
      forecasts: [
        [0.75, 0.25],
        [0, 1],
      ],
      observed: [0, 1],
    });
  });
});

describe("findings", () => {
  const finding = (agent: string, score: unknown, date = "2026-01-01") => ({
    agent_name: agent,
    insights: ["so it seems"],
    metrics: { ticker: "A", strength: 3 },
    edge_score: score,
    date,
  });
  const moves = "date,symbol,move\n2026-01-01,A,up\n2026-01-02,A,down\n";

  for (const [form, name, write] of [
    ["a list", "f.json", (list: readonly unknown[]) => JSON.stringify(list)],
    ["an object", "f.json", (list: readonly unknown[]) => JSON.stringify({ findings: list })],
    ["lines", "f.jsonl", (list: readonly unknown[]) => list.map((one) => JSON.stringify(one)).join("\n")],
  ] as const) {
    it(`edge_score is the probability of up, null abstains: ${form}`, async (t) => {
      const list = [finding("x", 0.75), finding("y", null), finding("x", 0, "2026-01-02")];
      const { data, report } = await load(t, write(list), { name, outcomeText: moves });
      assert.deepEqual(data.outcomes, ["down", "up"]);
      assert.deepEqual(data.rounds[0]?.cases[0], {
        subject: "A",
        forecasts: [[0.25, 0.75], null],
        observed: [0, 1],
      });
      assert.deepEqual(report.problems, { abstention: 1, agentMissing: 1 });
    });
  }

  it("P7 scores that are no probabilities, and what is no finding, are dropped by number", async (t) => {
    const list = [
      finding("x", 0.5),
      finding("y", 1.5),
      finding("z", "0.5"),
      finding("", 0.5),
      7,
      finding("u", true),
    ];
    const { report } = await load(t, JSON.stringify(list), { name: "f.json", outcomeText: moves });
    const told = report.examples.map(({ problem, line }) => [problem, line]);
    assert.deepEqual(told, [
      ["scoreOutOfRange", 2],
      ["notANumber", 3],
      ["badName", 4],
      ["malformedRow", 5],
      ["notANumber", 6],
      ["noForecast", 3],
    ]);
  });

  it("P7 broken JSON, nothing, or findings of no period", async (t) => {
    const options = { name: "f.json", outcomeText: moves };
    await assert.rejects(load(t, "{", options), failsWith("DATA_FILE_UNREADABLE", /not JSON/));
    await assert.rejects(load(t, "[]", options), failsWith("DATA_EMPTY"));
    await assert.rejects(
      load(t, '[{"agent_name":"x"}]', options),
      failsWith("DATA_COLUMN_MISSING", /looked for in period, date, /),
    );
    const file = temporaryFile(t, "f.json", "[]");
    await assert.rejects(
      loadEvaluationData(file),
      failsWith("DATA_COLUMN_MISSING", /does not say what came true: .* observed, actual or target/),
    );
  });
});

describe("dirt", () => {
  /** What one more or other row is taken for; it stands on line 10. */
  const cases: readonly (readonly [string, string, keyof typeof dataProblems])[] = [
    ["fields are missing", "2026-01-02,B,z,0.5,0.5", "malformedRow"],
    ["there are too many bins", "2026-01-02,B,z,0.5,0.5,0,0", "malformedRow"],
    ["only commas", ",,,,,", "emptyRow"],
    ["no agent", "2026-01-02,B,,0.2,0.3,0.5", "badName"],
    ["a name of 101 letters", `2026-01-02,B,${"z".repeat(101)},0.2,0.3,0.5`, "badName"],
    ["a word", "2026-01-02,B,z,0.2,high,0.5", "notANumber"],
    ["infinity", "2026-01-02,B,z,0.2,1e999,0.5", "notANumber"],
    ["a hole", "2026-01-02,B,z,0.2,,0.8", "partlyEmpty"],
    ["far below zero", "2026-01-02,B,z,-0.3,0.5,0.8", "tooNegative"],
    ["percentages", "2026-01-02,B,z,20,30,50", "sumTooFarOff"],
    ["nothing but zeros", "2026-01-02,B,z,0,0,0", "sumTooFarOff"],
    ["a little below zero", "2026-01-02,B,z,-0.01,0.51,0.5", "negative"],
    ["a sum a little off", "2026-01-02,B,z,0.2,0.3,0.49", "sumOff"],
    ["the same row again", "2026-01-02,B,y,0.1,0.1,0.8", "duplicate"],
    ["another row for the same", "2026-01-02,B,y,0.2,0.1,0.7", "contradiction"],
    ["no number at all", "2026-01-02,B,z,NaN,,na", "abstention"],
    ["a subject without outcome", "2026-01-02,C,y,0.2,0.1,0.7", "noOutcome"],
  ];
  for (const [what, row, problem] of cases) {
    it(`${what}: ${problem}, by file and line`, async (t) => {
      const { data, report } = await load(t, wide([...cleanRows, row]));
      const found = report.examples.find((one) => one.problem === problem);
      assert.ok(found, JSON.stringify(report.examples));
      assert.equal(found.line, 10);
      assert.match(describeDataProblem(found), /forecasts\.csv, line 10: /);
      assert.equal(report.problems[problem], 1);
      checkEvaluationData(data);
      const reload = load(t, wide([...cleanRows, row]), { strict: true });
      if (problem === "abstention") await assert.rejects(reload, failsWith("DATA_ROW_INVALID", /agent/));
      else await assert.rejects(reload, failsWith("DATA_ROW_INVALID", /line \d+: /));
    });
  }

  it("the rules do what they say: zero and scaled, scaled, first one counts", async (t) => {
    const rows = [
      "2026-01-02,B,z,-0.01,0.51,0.5",
      "2026-01-02,A,z,0.2,0.3,0.49",
      "2026-01-02,B,y,0.3,0.3,0.4",
    ];
    const { data } = await load(t, wide([...cleanRows, ...rows]));
    const [a, b] = data.rounds[1]?.cases ?? [];
    assert.deepEqual(b?.forecasts[2], [0, 0.51 / 1.01, 0.5 / 1.01]);
    assert.deepEqual(a?.forecasts[2], [0.2 / 0.99, 0.3 / 0.99, 0.49 / 0.99]);
    assert.deepEqual(b?.forecasts[1], [0.1, 0.1, 0.8]);
  });

  it("the tolerance is an option, and 0 drops what it would have repaired", async (t) => {
    const rows = wide([...cleanRows, "2026-01-02,B,z,-0.01,0.51,0.5"]);
    const { report } = await load(t, rows, { tolerance: 0 });
    assert.equal(report.problems.tooNegative, 1);
    for (const tolerance of [-1, Number.NaN, 0.5]) {
      await assert.rejects(load(t, rows, { tolerance }), failsWith("INPUT_INVALID", /tolerance/));
    }
  });

  it("a broken row leaves room for a good one of the same agent", async (t) => {
    const { data, report } = await load(t, wide(["2026-01-01,A,x,a,b,c", ...cleanRows]));
    assert.deepEqual(data.rounds[0]?.cases[0]?.forecasts[0], [0.2, 0.3, 0.5]);
    assert.deepEqual(report.problems, { notANumber: 1 });
  });

  it("agents that are missing are told of by case, and abstain there", async (t) => {
    const { data, report } = await load(t, wide(cleanRows.slice(1)));
    assert.equal(data.rounds[0]?.cases[0]?.forecasts[data.agents.indexOf("x")], null);
    assert.deepEqual(report.problems, { agentMissing: 1 });
    assert.match(
      describeDataProblem(report.examples[0] ?? assert.fail()),
      /A in 2026-01-01 "x" has no forecast/,
    );
  });

  it("outcomes without forecast, and long forecasts that lack outcomes", async (t) => {
    const more = `${outcomes}2026-01-03,A,1,0,0\n2026-01-02,A,1,0,0\n2026-01-02,B,x,0,0\n`;
    const { report } = await load(t, wide(cleanRows), { outcomeText: more });
    assert.deepEqual(report.problems, { contradiction: 1, notANumber: 1, noForecast: 1 });
    const long = [
      "date,asset,agent,bin,p",
      ...["1,0.5", "2,0.25", "3,0.25"].map((rest) => `2026-01-01,A,x,${rest}`),
      ...["1,0.5", "2,0.5"].map((rest) => `2026-01-01,A,y,${rest}`),
      ...["1,0.5", "3,0.2"].map((rest) => `2026-01-01,A,z,${rest}`),
    ].join("\n");
    const { data, report: second } = await load(t, long, {
      outcomeText: outcomes.split("\n").slice(0, 2).join("\n"),
    });
    assert.deepEqual(second.problems, { binsLeftOut: 1, binsMissing: 1 });
    assert.deepEqual(data.rounds[0]?.cases[0]?.forecasts, [[0.5, 0.25, 0.25], [0.5, 0.5, 0], null]);
  });

  it("a renamed subject: spelling is matched, a vanished name is pointed at, a stated rename is followed", async (t) => {
    const respelled = outcomes.replace("2026-01-02,B", "2026-01-02,b.");
    const first = await load(t, wide(cleanRows), { outcomeText: respelled });
    assert.deepEqual(first.report.problems, { respelled: 1 });
    assert.equal(first.data.rounds[1]?.cases.length, 2);
    const renamed = cleanRows.map((row) => row.replace("2026-01-02,B", "2026-01-02,META"));
    const newNames = outcomes.replace("2026-01-02,B", "2026-01-02,META");
    const second = await load(t, wide(renamed), { outcomeText: newNames });
    assert.deepEqual(second.report.problems, { vanished: 1, perhapsRenamed: 1 });
    const third = await load(t, wide(renamed), {
      outcomeText: newNames,
      renames: new Map([["B", "META"]]),
      strict: true,
    });
    assert.deepEqual(third.report.problems, {});
    assert.equal(third.data.rounds[0]?.cases[1]?.subject, "META");
  });
});

describe("P7 files that cannot be read as they are", () => {
  it("have a code, and say what to do", async (t) => {
    const nothing = temporaryFile(t, "empty.csv", "");
    await assert.rejects(loadEvaluationData(nothing), failsWith("DATA_EMPTY"));
    await assert.rejects(loadEvaluationData(`${nothing}.gone`), failsWith("DATA_FILE_UNREADABLE"));
    await assert.rejects(load(t, "\n\n"), failsWith("DATA_EMPTY", /blank lines/));
    await assert.rejects(load(t, "a;b\n1;2\n"), failsWith("DATA_COLUMN_MISSING", /commas/));
    await assert.rejects(
      load(t, "foo,x\n1,2\n"),
      failsWith("DATA_COLUMN_MISSING", /named period, date or month is understood/),
    );
    await assert.rejects(
      load(t, "date,agent\n1,2\n"),
      failsWith("DATA_COLUMN_MISSING", /named p1, p2 \.\.\. or down, flat, up/),
    );
    await assert.rejects(
      load(t, wide(cleanRows), { outcomeText: "" }),
      failsWith("DATA_COLUMN_MISSING", /no file of outcomes was given/),
    );
    const columns = { agent: "nobody" };
    await assert.rejects(load(t, wide(cleanRows), { columns }), failsWith("DATA_COLUMN_MISSING", /"nobody"/));
    await assert.rejects(
      load(t, "date,date,agent,p1,p2\n"),
      failsWith("DATA_COLUMN_MISSING", /more than one column/),
    );
    const four = outcomes.replaceAll("\n", ",0\n").replace("q3,0", "q3,q4");
    await assert.rejects(
      load(t, wide(cleanRows), { outcomeText: four }),
      failsWith("OPINION_DIMENSION", /4 columns/),
    );
    const elsewhere = outcomes.replaceAll("2026-01-0", "1999-01-0");
    await assert.rejects(
      load(t, wide(cleanRows), { outcomeText: elsewhere }),
      failsWith("DATA_EMPTY", /1999-01-01/),
    );
    await assert.rejects(
      load(t, `${wide(cleanRows)}"${"x".repeat(2 * 1024 ** 2)}`),
      failsWith("DATA_FILE_UNREADABLE", /quote/),
    );
  });

  it("however the bytes are, there is data that holds or an error with a code", async (t) => {
    const cell = fc.oneof(
      fc.constantFrom("0.5", "", "NaN", "-1", "1e400", '"', "\u0000", "\uFFFD", "=1+1"),
      fc.string({ maxLength: 6 }),
    );
    const row = fc.array(cell, { minLength: 4, maxLength: 7 }).map((cells) => cells.join(","));
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 6 }), async (rows) => {
        const loading = load(t, wide([...cleanRows, ...rows]));
        const loaded = await loading.catch((error: unknown) => failsWith("DATA_FILE_UNREADABLE")(error));
        if (loaded !== true) checkEvaluationData(loaded.data);
      }),
      { numRuns: 60 },
    );
  });

  it("what is read from cells is a distribution or nothing", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double().map(String), fc.string()), { minLength: 2, maxLength: 6 }),
        (texts) => {
          const { value, problems } = readProbabilities(texts, 0.02);
          if (!Array.isArray(value)) return assert.ok(problems.length > 0);
          const sum = value.reduce((total: number, one: number) => total + one, 0);
          assert.ok(Math.abs(sum - 1) < 1e-9 && value.every((one: number) => one >= 0));
        },
      ),
    );
    assert.equal(readPoint("1e16").value, undefined);
    assert.equal(readPoint("-0").value, 0);
  });
});

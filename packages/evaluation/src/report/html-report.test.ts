import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type EvaluationData, evaluate, renderHtmlReport, wordEvaluation } from "../index.ts";
import { loadEvaluationData } from "../reading/load-evaluation-data.ts";
import { temporaryFile } from "../testing/temporary-files.ts";
import { scoreText } from "./number-text.ts";
import { escapeText, ticksOf } from "./svg.ts";

const hostile = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "'; --&amp;",
  "\u202Eevil\u0007",
];

function dataOf(agents: readonly string[], periods = 6): EvaluationData {
  return {
    kind: "distribution",
    outcomes: ["<b>", "\u202E"],
    agents,
    rounds: Array.from({ length: periods }, (_, round) => ({
      period: `<i onclick=x>${round}`,
      cases: [
        {
          subject: "<u>",
          forecasts: agents.map((_, at) => [
            (at + 1) / (agents.length + 1),
            1 - (at + 1) / (agents.length + 1),
          ]),
          observed: round % 2 === 0 ? [1, 0] : [0, 1],
        },
      ],
    })),
  };
}

/** Every tag with its attributes, as a browser would see them. */
function tagsOf(html: string): readonly string[] {
  return Array.from(
    html.matchAll(/<\/?([a-z0-9]+)((?:\s+[a-z0-9-]+(?:="[^"]*")?)*)\s*\/?>/gi),
    ([whole]) => whole,
  );
}

describe("the HTML report", () => {
  it("P7 obeys no name: whatever files call their agents and periods stands there as text", () => {
    const html = renderHtmlReport(evaluate(dataOf(hostile)), { title: "<script>x</script>.csv" });
    assert.doesNotMatch(html, /<script|<img|<i onclick|<u>|<b>|\u202E/);
    assert.ok(!html.includes("\u0007"));
    assert.match(html, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
    assert.match(html, /\\u\{202e\}evil\\u\{7\}/);
    // Nothing that looks like a tag is anything but a tag of ours.
    const allowed =
      /^<\/?(?:html|head|meta|title|style|body|main|h1|h2|p|div|table|thead|tbody|tr|th|td|figure|figcaption|svg|g|path|circle|rect|text|line|ul|li|i|span|details|summary)\b/;
    for (const tag of tagsOf(html)) {
      assert.match(tag, allowed);
      assert.doesNotMatch(tag.replaceAll(/"[^"]*"/g, '""'), /\son[a-z]+=|javascript:|https?:/i);
    }
    const [, afterType = ""] = html.split("<!doctype html>");
    assert.equal(afterType.split("<").length - 1, tagsOf(afterType).length, "every < opens a tag of ours");
  });

  it("is one file that asks for nothing, with all plots, light and dark", () => {
    const html = renderHtmlReport(evaluate(dataOf(["a", "b", "c"])), { title: "t" });
    assert.doesNotMatch(html, /https?:|src=|href=|@import|url\(/);
    assert.match(html, /default-src 'none'/);
    assert.match(html, /prefers-color-scheme:dark/);
    for (const title of [
      "Scores over time",
      "Weights over time",
      "Calibration",
      "Disagreement",
      "Every agent and policy",
    ]) {
      assert.ok(html.includes(`<h2>${title}</h2>`), title);
    }
    assert.doesNotMatch(html, /NaN|Infinity|undefined|null/);
    const open = tagsOf(html).filter((tag) => !tag.endsWith("/>") && !/^<(?:meta|!)/.test(tag));
    const stack: string[] = [];
    for (const tag of open) {
      const name = /^<\/?([a-z0-9]+)/.exec(tag)?.[1] ?? "";
      if (tag.startsWith("</")) assert.equal(stack.pop(), name);
      else stack.push(name);
    }
    assert.deepEqual(stack, []);
  });

  it("holds for one agent, one period and points, and with what was wrong with the files", async (t) => {
    assert.doesNotMatch(renderHtmlReport(evaluate(dataOf(["only"], 1)), { title: "t" }), /NaN|undefined/);
    const file = temporaryFile(t, "f.csv", "t,Y,a<b,c\n1,5,4,6\n2,5,x,6\n3,4,4,5\n");
    const { data, report } = await loadEvaluationData(file);
    const html = renderHtmlReport(evaluate(data), { title: "points", report });
    assert.match(html, /line 3: a&lt;b &quot;x&quot; is not a finite number/);
    assert.doesNotMatch(html, /NaN|undefined/);
  });

  it("stays small for many periods and agents", () => {
    const agents = Array.from({ length: 80 }, (_, at) => `agent ${at}`);
    const html = renderHtmlReport(
      evaluate(dataOf(agents, 900), { policies: ["past-score"], resamples: 100 }),
      { title: "t" },
    );
    assert.ok(html.length < 2_000_000, `${html.length}`);
    assert.match(html, /The first 60 of 80 agents/);
  });
});

describe("texts", () => {
  it("say numbers with the digits that tell scores apart", () => {
    assert.deepEqual([0.155936, 0, 2434129.33, 12.5, -0.0000049].map(scoreText), [
      "0.15594",
      "0",
      "2,434,129",
      "12.5",
      "-4.9e-6",
    ]);
    assert.equal(escapeText("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
    assert.deepEqual(ticksOf(0, 1, 5), [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]);
  });

  it("name what is worse than the uniform forecast", () => {
    const data = dataOf(["a", "b", "c"], 8);
    const [short] = wordEvaluation(evaluate(data, { policies: ["winner-takes-all"] }));
    assert.match(short?.sentences.join(" ") ?? "", /worse than that, on average, were /);
  });
});

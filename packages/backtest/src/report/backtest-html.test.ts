import assert from "node:assert/strict";
import { it } from "node:test";
import { policies } from "@mycroft/ensemble";
import { builtInAgents, committee, createMarketData } from "@mycroft/investing";
import { fixtureMarket } from "@mycroft/investing/testing";
import { planBacktest } from "../settings/backtest-settings.ts";
import { runBacktest } from "../walking/run-backtest.ts";
import { backtestHtml } from "./backtest-html.ts";

const targets = { agents: builtInAgents(), functions: committee.functions, policies };

it("the page holds all it needs, every strategy in both plots, and the limits before the figures; text is escaped", async () => {
  const source = `<script>alert("x")</script> & 'more'`;
  const market = { ...fixtureMarket({ companies: 3, days: 60, seed: 2, spacing: "monthly" }), source };
  const plan = planBacktest(committee, createMarketData(market), { from: "2003-01-31" });
  const { report } = await runBacktest(plan, targets);
  const page = backtestHtml(report);
  assert.doesNotMatch(page, /<script|https?:|url\(|@import|<link|<img/u);
  assert.ok(page.includes("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;more&#39;"));
  assert.match(page, /prefers-color-scheme:dark/u);
  assert.equal(report.strategies.length, 1 + 6 + 2);
  assert.equal([...page.matchAll(/<path d="[^"]+" class="line c[^>]*><title>/gu)].length, 2 * 9);
  assert.doesNotMatch(page, /NaN|undefined|Infinity/u);
  assert.ok(page.indexOf("Survivorship") < page.indexOf("<table"));
  for (const word of ["Survivorship", "Look-ahead", "Data snooping", "Costs"])
    assert.ok(
      report.limits.some((one) => one.startsWith(word)),
      word,
    );
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { builtInAgents, createMarketData, findOutcome } from "@mycroft/investing";
import { fixtureMarket, withOtherFuture } from "@mycroft/investing/testing";
import { apiRoutes, type LabCases } from "@mycroft/protocol";
import { abstain, defineConfig } from "@mycroft/sdk";
import { agentSaying, said } from "../decisions/testing/committees.ts";
import { LabBook } from "./lab-cases.ts";

const shape = fixtureMarket({ companies: 3, days: 700, seed: 6 });
const market = createMarketData(shape);
const project = defineConfig({ workflows: [], agents: builtInAgents() });
const query = { subject: "C1", horizonDays: 28, everyDays: 28 };

describe("cases of history for the Lab", () => {
  it("hold what each agent says as of the day, and what followed", async () => {
    const lab = await new LabBook(project).find(market, query);
    apiRoutes.listLabCases.response.parse(lab);
    const days = lab.cases.map(({ asOf }) => asOf);
    assert.ok(days.length > 30);
    assert.deepEqual(days, [...new Set(days)].sort());
    const end = market.asOf(market.lastDate);
    for (const { asOf, outcome, close, opinions, abstentions } of lab.cases) {
      const followed = findOutcome(end, "C1", asOf, 28);
      assert.deepEqual([outcome?.index, outcome?.date], [followed?.index, followed?.to]);
      const series = market.asOf(asOf).series("C1");
      assert.equal(close, series.bar(series.length - 1).close);
      assert.equal(opinions.length + abstentions.length, project.agents.length);
    }
    assert.equal(lab.cases.at(-1)?.outcome, null, "the last case is still open");
    assert.ok(lab.cases.some(({ opinions }) => opinions.length >= 3));
  });

  it("P5 say the same whatever the future is", async () => {
    const day = "2011-06-30";
    const other = createMarketData(withOtherFuture(shape, day, 31));
    // The newcomer that begins later is no part of a view before it.
    const said = ({ cases }: LabCases) =>
      cases
        .filter(({ asOf }) => asOf <= day)
        .map(({ asOf, opinions, abstentions, close }) => ({ asOf, opinions, abstentions, close }));
    const subject = "C2";
    const first = said(await new LabBook(project).find(market, { ...query, subject, to: day }));
    const second = said(await new LabBook(project).find(other, { ...query, subject, to: day }));
    assert.ok(first.length > 15);
    assert.deepEqual(second, first);
  });

  it("lie on a grid that stands still, whatever part of it is asked for", async () => {
    const book = new LabBook(project);
    const all = await book.find(market, query);
    const part = await book.find(market, { ...query, from: "2010-09-01", to: "2011-09-01" });
    assert.ok(part.cases.length > 10);
    assert.deepEqual(
      part.cases,
      all.cases.filter(({ asOf }) => asOf >= "2010-09-01" && asOf <= "2011-09-01"),
    );
    assert.deepEqual((await book.find(market, { ...query, from: "2050-01-01" })).cases, []);
    assert.deepEqual((await book.find(market, { ...query, to: "1960-01-01" })).cases, []);
  });

  it("P8 are at most 200, the newest, and are made once", async () => {
    let asked = 0;
    const counting = agentSaying("counting", () => {
      asked += 1;
      return said([0.2, 0.3, 0.5]);
    });
    const book = new LabBook(defineConfig({ workflows: [], agents: [counting] }));
    const daily = { ...query, everyDays: 1 };
    const [first, second] = await Promise.all([book.find(market, daily), book.find(market, daily)]);
    assert.equal(first, second);
    assert.equal(first.cases.length, 200);
    const before = asked;
    assert.equal(await book.find(market, daily), first);
    assert.equal(asked, before);
    assert.equal(first.cases.at(-1)?.asOf, market.lastDate);
  });

  it("P7 have a bad agent abstain with its error, and name an unknown company", async () => {
    const agents = [
      agentSaying("broken", () => {
        throw new Error("<b>broken</b>");
      }),
      agentSaying("wrong", () => said([0.9, 0.9, 0.9])),
      agentSaying("silent", () => abstain("no view".repeat(100))),
      agentSaying("steady", () => said([0.2, 0.3, 0.5], "x".repeat(1_500))),
    ];
    const book = new LabBook(defineConfig({ workflows: [], agents }));
    const { cases } = await book.find(market, query);
    const [one] = cases;
    assert.deepEqual(
      one?.opinions.map(({ agent, rationale }) => [agent, rationale.length]),
      [["steady", 500]],
    );
    assert.deepEqual(
      one?.abstentions.map(({ agent }) => agent),
      ["broken", "wrong", "silent"],
    );
    assert.equal(one?.abstentions[0]?.reason, "<b>broken</b>");
    assert.equal(one?.abstentions[2]?.reason.length, 500);
    await assert.rejects(book.find(market, { ...query, subject: "C9" }), { code: "SYMBOL_UNKNOWN" });
  });
});

/** What the built-in agents say of their work in their log: what they read, what they compared it with, and what came of it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LogFields, Logger, MarketData } from "@mycroft/sdk";
import { createMarketData } from "../data/market-data.ts";
import { askAgent } from "../testing/agent-context.ts";
import { fixtureMarket } from "../testing/market-fixtures.ts";
import { builtInAgents } from "./built-in-agents.ts";

const asOf = "2007-06-30";
const market = createMarketData(
  fixtureMarket({ companies: 6, days: 90, seed: 3, spacing: "monthly", stagger: 3 }),
);
const agents = builtInAgents({ facts: true });

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

function keptLog(): { readonly log: Logger; readonly lines: readonly Line[] } {
  const lines: Line[] = [];
  const write =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      lines.push({ level, message, fields });
    };
  return {
    log: { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") },
    lines,
  };
}

async function hear(name: string, data: MarketData, subject: string) {
  const agent = agents.find((one) => one.name === name);
  assert.ok(agent !== undefined);
  const { log, lines } = keptLog();
  return { answer: await askAgent(agent, data, { subject, asOf }, log), lines };
}

describe("the log of a built-in agent", () => {
  it("tells of an opinion what was read, how many cases were compared, and the probabilities", async () => {
    const { answer, lines } = await hear("trend", market, "C0");
    assert.ok(answer.type === "opinion");
    assert.deepEqual(
      lines.map(({ level, message }) => [level, message]),
      [
        ["debug", "Reads prices."],
        ["info", "Compares with the past."],
        ["info", "Has an opinion."],
      ],
    );
    const [reads, compares, opinion] = lines.map(({ fields }) => fields);
    assert.deepEqual([reads?.["subject"], reads?.["bars"], reads?.["last"]], ["C0", 90, "2007-06-30"]);
    assert.ok(Number(compares?.["cases"]) >= Number(compares?.["alike"]));
    const [down, flat, up] = answer.probabilities.map((share) => Number(share.toFixed(3)));
    assert.deepEqual(opinion, { down, flat, up });
  });

  it("tells why there is none, and which facts were looked for", async () => {
    for (const name of ["sentiment", "fundamentals"]) {
      const { answer, lines } = await hear(name, market, "C0");
      assert.ok(answer.type === "abstention");
      assert.deepEqual(
        lines.slice(1).map(({ message, fields }) => [message, fields]),
        [
          ["Reads facts.", { kind: name, records: 0, last: null }],
          ["Abstains.", { reason: answer.reason }],
        ],
      );
    }
    for (const { name } of agents) {
      const { answer, lines } = await hear(name, market, "ZZZ");
      assert.ok(answer.type === "abstention");
      assert.deepEqual(lines, [{ level: "info", message: "Abstains.", fields: { reason: answer.reason } }]);
    }
  });

  it("is short, whoever is asked about whom", async () => {
    for (const { name } of agents) {
      for (const subject of market.asOf(asOf).symbols()) {
        const { lines } = await hear(name, market, subject);
        assert.ok(
          lines.length >= 2 && lines.length <= 4,
          `${name} wrote ${lines.length} lines on ${subject}`,
        );
      }
    }
  });
});

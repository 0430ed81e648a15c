import assert from "node:assert/strict";
import { test } from "node:test";
import { defineConfig } from "@mycroft/sdk";
import { failsWith } from "../testing/assert-failure.ts";
import { plainTerminal } from "../testing/plain-terminal.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { givenDataOptions, loadMarket, marketFiles, noteLoadReport, requireMarket } from "./market.ts";
import { type OpenProject, openProject } from "./open-project.ts";

const folder = temporaryFolder();
const prices = folder.write(
  "prices.csv",
  "Date,Ticker,Close\n2020-01-02,ONE,1\n2020-01-03,ONE,n/a\n2020-01-06,ONE,-4\n2020-01-07,ONE,2\n2020-01-08,ONE,\n2020-01-09,ONE,x\n",
);
const unnamed = folder.write("unnamed.csv", "date,close\n2020-01-02,7\n");

function openWith(data: NonNullable<Parameters<typeof defineConfig>[0]["data"]> | undefined): OpenProject {
  const project = defineConfig({ workflows: [], ...(data === undefined ? {} : { data }) });
  return {
    project,
    configFile: `${folder.path}/mycroft.config.ts`,
    recordFolder: folder.path,
    place: { kind: "folder", folder: folder.path } as const,
  };
}

test("data comes from the command line, else from the configuration, whose paths start at its file", async () => {
  const own = openWith({ csv: ["unnamed.csv"], symbol: "OWN" });
  assert.deepEqual((await loadMarket(own, {}))?.data.asOf("2020-01-02").symbols(), ["OWN"]);
  assert.deepEqual((await loadMarket(own, { csv: [prices] }))?.data.asOf("2020-01-02").symbols(), ["ONE"]);
  assert.equal((await loadMarket(own, { bundled: true }))?.isBundled, true);
  const given = await loadMarket(openWith(undefined), { csv: [unnamed], symbol: "two" });
  assert.deepEqual(given?.data.asOf("2020-01-02").symbols(), ["TWO"]);
});

test("a project without data has none; a command that needs some says where to state it", async () => {
  assert.equal(await loadMarket(openWith(undefined), {}), null);
  await assert.rejects(requireMarket(openWith(undefined), {}), failsWith("DATA_EMPTY", /--csv.*--bundled/u));
});

test("P7 rows that cannot be used are told in a few lines, with file and line, or are fatal", async () => {
  const terminal = plainTerminal();
  const market = await requireMarket(openWith(undefined), { csv: [prices] });
  noteLoadReport(market, terminal);
  assert.match(terminal.noted[0] ?? "", /2 of 6 rows are used; 4 rows/u);
  assert.match(terminal.noted[1] ?? "", /prices\.csv, line 3: .*"n\/a"/u);
  assert.equal(terminal.noted.length, 5, "three examples, and that there are more");
  await assert.rejects(
    loadMarket(openWith(undefined), { csv: [prices], strict: true }),
    failsWith("DATA_ROW_INVALID"),
  );
  const clean = plainTerminal();
  noteLoadReport(await requireMarket(openWith("bundled"), {}), clean);
  assert.deepEqual(clean.noted, []);
});

test("facts come beside prices: from the command line, their kind stated or found, or from the configuration", async () => {
  folder.write("mood.csv", "symbol,date,n_tweets,mean_compound\nONE,2020-01-02,3,0.5\n");
  const own = openWith({ csv: ["prices.csv"], facts: ["mood.csv", { path: "own.csv", kind: "shorts" }] });
  folder.write("own.csv", "symbol,date,interest\nONE,2020-01-02,0.25\n");
  const stated = (await loadMarket(own, {}))?.data.asOf("2020-01-02");
  assert.equal(stated?.facts("ONE", "sentiment").length, 1);
  assert.equal(stated?.facts("ONE", "shorts").record(0).values["interest"], 0.25);
  const files = ["prices.csv", "mood.csv", "own.csv"].map((name) => `${folder.path}/${name}`);
  assert.deepEqual(marketFiles(own, {}), files, "they are watched as the prices are");
  const facts = [`${folder.path}/mood.csv`, `shorts=${folder.path}/own.csv`];
  const given = await requireMarket(openWith(undefined), { csv: [prices], facts });
  assert.equal(given.data.hash, (await loadMarket(own, {}))?.data.hash);
  assert.deepEqual(givenDataOptions({ csv: [prices], facts }), ["--csv", "--facts"]);
  const asked = { csv: [prices], facts: [`${folder.path}/own.csv`] };
  await assert.rejects(
    requireMarket(openWith(undefined), asked),
    failsWith("DATA_COLUMN_MISSING", /own\.csv/u),
  );
});

test("with facts, the agents that read them sit on the built-in committee; without, it is the six", async () => {
  const agentsOf = async (options: Parameters<typeof openProject>[0]) => {
    const { project } = await openProject(options, folder.path);
    return [project.agents.length, project.workflows[0]?.agents.length];
  };
  assert.deepEqual(await agentsOf({}), [6, 6]);
  assert.deepEqual(await agentsOf({ csv: [prices], facts: ["mood.csv"] }), [8, 8]);
});

test("P7 data options that do not go together are USAGE", async () => {
  const none = openWith("bundled");
  await assert.rejects(loadMarket(none, { csv: [prices], bundled: true }), failsWith("USAGE", /--bundled/u));
  await assert.rejects(loadMarket(none, { symbol: "AAPL" }), failsWith("USAGE", /--symbol .* --csv/u));
  await assert.rejects(loadMarket(none, { facts: ["f.csv"] }), failsWith("USAGE", /--facts .* --csv/u));
  await assert.rejects(loadMarket(none, { strict: true }), failsWith("USAGE", /--strict/u));
});

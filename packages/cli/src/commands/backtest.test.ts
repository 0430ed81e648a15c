import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { openSqliteStore } from "@mycroft/embedded";
import { callCommand } from "../testing/call-command.ts";
import { startMycroft } from "../testing/mycroft-process.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const folder = temporaryFolder();

/** What is on record of backtests, byte for byte. */
async function recordIn(recordFolder: string): Promise<readonly string[]> {
  const store = await openSqliteStore({ folder: recordFolder, readOnly: true });
  try {
    const texts: string[] = [];
    for (const collection of ["backtests", "backtest-days"]) {
      const { documents } = await store.listDocuments(collection, { limit: 1_000 });
      texts.push(...documents.map(({ id, value }) => `${collection} ${id} ${JSON.stringify(value)}`));
    }
    return texts;
  } finally {
    await store.close();
  }
}

describe("mycroft backtest", () => {
  const place = ["--folder", `${folder.path}/usual`];
  const page = `${folder.path}/backtest.html`;
  const words = [
    "backtest",
    "--bundled",
    "--from",
    "2006-01-31",
    "--to",
    "2008-12-31",
    "--without",
    "macro",
    ...place,
  ];

  test("prints every strategy with its limits, and writes a page", async () => {
    const { exitCode, text, notes } = await callCommand([...words, "--html", page]);
    assert.equal(exitCode, 0);
    const strategies = [
      "investment-committee",
      "investment-committee without macro",
      "trend",
      "momentum",
      "buy and hold",
      "equal weight",
    ];
    for (const name of strategies) assert.match(text, new RegExp(`^${name} `, "mu"));
    for (const word of ["Survivorship", "Look-ahead", "Data snooping", "10 trials|8 trials"])
      assert.match(text, new RegExp(word, "u"));
    assert.match(readFileSync(page, "utf8"), /^<!doctype html>/u);
    assert.match(notes, /Next: .*backtest explain bt-[0-9a-f]{16} AAPL --date 2008-12-31/u);
  });

  test("the same command again runs nothing, and gives the same JSON", async () => {
    const first = await callCommand([...words, "--json"]);
    const again = await callCommand([...words, "--json"]);
    assert.deepEqual(again.value, first.value);
    const { notes } = await callCommand(words);
    assert.match(notes, /on record whole/u);
    const { text } = await callCommand(["backtest", "list", ...place]);
    assert.match(text, /bt-[0-9a-f]{16}.*36.*whole/u);
  });

  test("P6 explains a day's decision, done again and held against the record", async () => {
    const { text, exitCode } = await callCommand([
      "backtest",
      "explain",
      "bt-",
      "IBM",
      "--date",
      "2008-10-31",
      "--bundled",
      ...place,
    ]);
    assert.equal(exitCode, 0);
    assert.match(text, /IBM/u);
    assert.match(text, /It is the recorded one/u);
    const day = ["--date", "2008-10-31", "--bundled", ...place];
    const without = ["--variant", "investment-committee without macro", "--json"];
    const { value } = await callCommand(["backtest", "explain", "bt-", "ibm", ...day, ...without]);
    assert.ok(typeof value === "object" && value !== null && Reflect.get(value, "agrees") === true);
    await assert.rejects(callCommand(["backtest", "explain", "bt-", "NOPE", ...day]), {
      code: "NOT_FOUND",
      message: /AAPL/u,
    });
    await assert.rejects(callCommand(["backtest", "explain", "bt-f00", "IBM", ...day]), {
      code: "NOT_FOUND",
    });
  });

  test("sets policies of other settings side by side, and explains a day of one", async () => {
    const own = ["--bundled", "--folder", `${folder.path}/settings`];
    const range = ["--from", "2008-01-31", "--to", "2008-12-31"];
    const { text } = await callCommand([
      "backtest",
      ...range,
      "--policy",
      'ewa:{"rate":1},ewa:{"rate":90}',
      ...own,
    ]);
    assert.match(text, /^ewa \{"rate":1\} /mu);
    const explain = [
      "backtest",
      "explain",
      "latest",
      "IBM",
      "--variant",
      'ewa {"rate":90}',
      "--json",
      ...own,
    ];
    const { value } = await callCommand(explain);
    assert.ok(typeof value === "object" && value !== null && Reflect.get(value, "agrees") === true);
  });

  test("P8 the latest is explained by that word, and forgotten with its days; nothing else is", async () => {
    const own = ["--folder", `${folder.path}/forgetful`];
    const range = ["backtest", "--bundled", "--from", "2008-01-31", "--to", "2008-12-31", ...own];
    await callCommand([...range, "--seed", "1"]);
    await callCommand([...range, "--seed", "2"]);
    const record = () => recordIn(`${folder.path}/forgetful/.mycroft`);
    const before = await record();
    const explain = ["backtest", "explain", "latest", "IBM", "--bundled", "--json", ...own];
    const { value } = await callCommand(explain);
    const id = typeof value === "object" && value !== null ? String(Reflect.get(value, "backtest")) : "";
    assert.match(id, /^bt-[0-9a-f]{16}$/u);
    const { text } = await callCommand(["backtest", "forget", "latest", ...own]);
    assert.match(text, new RegExp(`Forgot backtest ${id} of investment-committee, 12 days`, "u"));
    assert.deepEqual(
      await record(),
      before.filter((line) => !line.includes(id)),
    );
    await assert.rejects(callCommand(["backtest", "forget", id, ...own]), { code: "NOT_FOUND" });
    await assert.rejects(callCommand(["backtest", "forget", id, "--folder", `${folder.path}/nowhere`]), {
      code: "NOT_FOUND",
    });
  });

  test("P7 what cannot be understood is refused before anything runs", async () => {
    const bad: readonly (readonly [readonly string[], string])[] = [
      [["--every", "0"], "USAGE"],
      [["--every", "fortnight"], "USAGE"],
      [["--policy", "linear-pool,"], "USAGE"],
      [["--policy", "no-such"], "POLICY_UNKNOWN"],
      [["--policy", "ewa:5"], "USAGE"],
      [["--policy", 'ewa:{"rate":-1}'], "POLICY_INVALID"],
      [["--policy", "linear-pool,linear-pool"], "INPUT_INVALID"],
      [["--without", "nobody"], "INPUT_INVALID"],
      [["--cost", "-1"], "USAGE"],
      [["--cost", "20000"], "USAGE"],
      [["--seed", "x"], "USAGE"],
      [["--input", "[1]"], "USAGE"],
      [["--from", "1990-01-01", "--to", "1991-01-01"], "DATA_EMPTY"],
    ];
    for (const [given, code] of bad) {
      await assert.rejects(
        callCommand(["backtest", "--bundled", ...place, ...given]),
        { code },
        given.join(" "),
      );
    }
  });
});

test("P3 a backtest that is killed again and again ends with the very bytes of one that was not", async () => {
  const words = ["backtest", "--bundled", "--from", "2002-01-31", "--json"];
  const whole = `${folder.path}/undisturbed`;
  const killed = `${folder.path}/killed`;
  const undisturbed = await startMycroft([...words, "--folder", whole], { cwd: folder.path }).ended;
  assert.equal(undisturbed.exitCode, 0);
  let kills = 0;
  let days = 0;
  while (kills < 3) {
    const { child, ended } = startMycroft([...words, "--folder", killed], { cwd: folder.path });
    // It dies as soon as a further lot of days is on record.
    const watching = (async () => {
      while (child.exitCode === null && child.signalCode === null) {
        const lots = await recordIn(`${killed}/.mycroft`).catch(() => []);
        if (lots.length > days + 1) {
          days = lots.length - 1;
          child.kill("SIGKILL");
          return;
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const { exitCode } = await ended;
    await watching;
    if (exitCode === 0) break;
    kills += 1;
  }
  assert.ok(kills >= 1, "it was killed on its way");
  const resumed = await startMycroft([...words, "--folder", killed], { cwd: folder.path }).ended;
  assert.equal(resumed.exitCode, 0);
  assert.equal(resumed.out, undisturbed.out);
  assert.deepEqual(await recordIn(`${killed}/.mycroft`), await recordIn(`${whole}/.mycroft`));
});

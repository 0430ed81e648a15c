/** What somebody meets who tries commands where nothing has been run: it says what is wrong and what to do, and leaves nothing behind. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { failsWith } from "../testing/assert-failure.ts";
import { callCommand } from "../testing/call-command.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const folder = temporaryFolder();

function place(name: string) {
  const path = join(folder.path, name);
  mkdirSync(path);
  return {
    here: (line: string) => callCommand([...line.split(" "), "--folder", path]),
    isUntouched: () => !existsSync(join(path, ".mycroft")),
  };
}

test("lists of what is on record are empty where there is none, and say what makes one", async () => {
  const { here, isUntouched } = place("lists");
  const said: readonly (readonly [string, RegExp])[] = [
    ["runs", /`mycroft start` makes one/u],
    ["backtest list", /`mycroft backtest` makes one/u],
    ["backfill list", /`mycroft backfill SCHEDULE --from D --to D` begins one/u],
    ["keys list", /`mycroft keys create NAME` makes one/u],
  ];
  for (const [line, form] of said) {
    const { exitCode, notes, text } = await here(line);
    assert.equal(exitCode, 0, line);
    assert.match(`${text}\n${notes}`, form, line);
    assert.equal((await here(`${line} --json`)).exitCode, 0, line);
  }
  assert.ok(isUntouched());
});

test("P7 what is not there cannot be asked for: a code, and where to look; no record is made for it", async () => {
  const { here, isUntouched } = place("unknown");
  const refused: readonly (readonly [string, string, RegExp])[] = [
    ["show latest", "NOT_FOUND", /`mycroft start` makes the first run/u],
    ["replay nope", "NOT_FOUND", /`mycroft start` makes the first run/u],
    ["cancel nope", "NOT_FOUND", /`mycroft start` makes the first run/u],
    ["fork nope --from x", "NOT_FOUND", /`mycroft start` makes the first run/u],
    ["keys revoke nope", "NOT_FOUND", /There is no API key "nope"; `mycroft keys list` lists them/u],
    ["backfill cancel nope", "BACKFILL_UNKNOWN", /`mycroft backfill list` lists them/u],
    ["run nope", "WORKFLOW_UNKNOWN", /there is investment-committee/u],
    ["decide NOBODY", "SYMBOL_UNKNOWN", /there are AAPL/u],
    [
      "decide IBM --csv nowhere.csv",
      "DATA_FILE_UNREADABLE",
      /nowhere\.csv cannot be read: there is no such file\./u,
    ],
    ["evaluate nowhere.csv", "DATA_FILE_UNREADABLE", /nowhere\.csv cannot be read: there is no such file\./u],
  ];
  for (const [line, code, form] of refused)
    await assert.rejects(here(line), failsWith(code as never, form), line);
  assert.ok(isUntouched());
});

test("a record without a run says how to make the first", async () => {
  const { here } = place("no-run");
  await here("keys create ann");
  await assert.rejects(
    here("show latest"),
    failsWith("RUN_UNKNOWN", /no run yet; `mycroft start` makes the first/u),
  );
});

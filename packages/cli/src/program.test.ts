import assert from "node:assert/strict";
import { test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { commandFamilies, commandTable, commonOptions, hostOptions } from "./command-table.ts";
import { parseCommandLine } from "./program.ts";

const look = { width: 100, heading: (text: string) => text };

function textOf(words: readonly string[]): string {
  const parsed = parseCommandLine(words, look);
  assert.equal(parsed.kind, "text");
  return parsed.kind === "text" ? parsed.text : "";
}

function usageOf(words: readonly string[]): string {
  try {
    parseCommandLine(words, look);
  } catch (thrown) {
    assert.ok(thrown instanceof MycroftError && thrown.code === "USAGE");
    return thrown.message;
  }
  return assert.fail(`${words.join(" ")} was understood`);
}

/** The words of an example, as a shell would split it. */
function wordsOf(example: string): string[] {
  const words = example.match(/'[^']*'|"[^"]*"|\S+/gu) ?? [];
  return words.slice(1).map((word) => word.replace(/^(['"])(.*)\1$/u, "$2"));
}

test("the front page names every command and family in one screen; it is shown when nothing is asked for", () => {
  const page = textOf(["--help"]);
  const shown = commandTable.filter(({ name }) => !name.includes(" "));
  for (const { name, summary } of [...shown, ...commandFamilies]) {
    assert.match(page, new RegExp(`^  ${name}\\b`, "mu"));
    assert.ok(page.replace(/\s+/gu, " ").includes(summary), name);
  }
  assert.ok(page.split("\n").length <= 58, `${page.split("\n").length} lines`);
  assert.equal(textOf([]), page);
});

test("a command of two words is found by its first: in a family, or beside what the word does alone", () => {
  for (const { name } of commandTable.filter(({ name }) => name.includes(" "))) {
    const [first = "", second = ""] = name.split(" ");
    assert.match(textOf([first, "--help"]), new RegExp(`^  ${second}\\b`, "mu"), name);
  }
  const alone = parseCommandLine(["backfill", "nightly", "--from", "2026-01-01"], look);
  assert.ok(alone.kind === "command" && alone.spec.name === "backfill");
  assert.equal(
    usageOf(["schedule"]),
    "Say what to do: list, pause, resume, trigger. See `mycroft schedule --help`.",
  );
  assert.equal(
    usageOf(["schedule", "pasue"]),
    "Unknown command 'pasue'. Did you mean pause? See `mycroft schedule --help`.",
  );
  assert.match(usageOf(["schedule", "pause"]), /'schedule'\. See `mycroft schedule pause --help`\.$/u);
});

test("every command's help shows its options, the common ones and its examples, which parse", () => {
  for (const { name, examples, options } of commandTable) {
    const page = textOf([...name.split(" "), "--help"]);
    for (const example of examples) {
      assert.ok(page.includes(`$ ${example}`), `${name}: ${example}`);
      const parsed = parseCommandLine(wordsOf(example), look);
      assert.ok(parsed.kind === "command" && parsed.spec.name === name, example);
    }
    assert.ok(examples.length > 0, name);
    for (const { flags } of options) assert.ok(page.includes(flags), `${name} ${flags}`);
    assert.match(page, /--json/u);
  }
});

test("every command of the table can be loaded", async () => {
  for (const { name, load } of commandTable) {
    assert.equal(typeof (await load()).execute, "function", name);
  }
});

test("arguments and options arrive by name; common options may stand before or after the command", () => {
  const parsed = parseCommandLine(
    ["--json", "decide", "AAPL", "IBM", "--as-of", "2008-10-31", "--folder", "x"],
    look,
  );
  assert.ok(parsed.kind === "command");
  assert.deepEqual(parsed.given.arguments, { symbol: ["AAPL", "IBM"] });
  const { asOf, folder, json, workflow } = parsed.given.options;
  assert.deepEqual([asOf, folder, json, workflow], ["2008-10-31", "x", true, undefined]);
});

test("P7 words that are not understood are USAGE, with a suggestion and the page to read", () => {
  assert.equal(usageOf(["expln"]), "Unknown command 'expln'. Did you mean explain? See `mycroft --help`.");
  assert.equal(
    usageOf(["runs", "--jsn"]),
    "Unknown option '--jsn'. Did you mean --json? See `mycroft runs --help`.",
  );
  assert.match(usageOf(["decide"]), /^Missing required argument 'symbol'\. See `mycroft decide --help`\.$/u);
  assert.match(usageOf(["runs", "extra"]), /^Too many arguments/u);
  assert.match(usageOf(["runs", "--limit"]), /argument missing/u);
  assert.match(usageOf(["show", ""]), /^<run> is empty\. See `mycroft show --help`\.$/u);
  assert.match(usageOf(["decide", "AAPL", " "]), /^<symbol> is empty/u);
  assert.match(usageOf(["start", "--folder", ""]), /^--folder is empty/u);
  assert.match(usageOf(["start", "--csv", "prices.csv", ""]), /^--csv is empty/u);
  assert.equal(textOf(["--"]), textOf([]), "nothing is asked for");
});

test("P7 an option that is given several times is collected, or refused: no value is dropped", () => {
  const optionsOf = (words: readonly string[]) => {
    const parsed = parseCommandLine(words, look);
    return parsed.kind === "command" ? parsed.given.options : assert.fail("help was asked for");
  };
  assert.equal(
    usageOf(["runs", "--limit", "5", "--limit", "7"]),
    '--limit is given twice, as "5" and as "7"; it takes one value. Leave one out.',
  );
  assert.match(usageOf(["--folder", "a", "runs", "--folder", "a"]), /^--folder is given twice/u);
  const { policy, universe, seed } = optionsOf(
    'backtest --policy boa --universe A,B --policy ewa:{"rate":5} --universe C'.split(" "),
  );
  assert.deepEqual([policy, universe, seed], ['boa,ewa:{"rate":5}', "A,B,C", "1"]);
  assert.deepEqual(optionsOf("run x --tag a b --tag c --json --json".split(" "))["tag"], ["a", "b", "c"]);
});

test("P7 no option of any command drops a value that it was given", () => {
  for (const { name, arguments: taken, options } of commandTable) {
    const required = taken.filter((argument) => argument.required).map((argument) => argument.name);
    for (const { flags } of [...options, ...commonOptions, ...hostOptions]) {
      const [flag = "", value] = flags.split(" ");
      if (value === undefined) continue;
      const words = [...name.split(" "), ...required, flag, "first", flag, "second"];
      try {
        const parsed = parseCommandLine(words, look);
        assert.ok(parsed.kind === "command" && parsed.spec.name === name);
        const kept = [parsed.given.options[camelCase(flag)]].flat().join(",");
        assert.equal(kept, "first,second", `${name} ${flag}`);
      } catch (thrown) {
        assert.ok(thrown instanceof MycroftError, `${name} ${flag}: ${thrown}`);
        assert.deepEqual(thrown.details?.["values"], ["first", "second"], `${name} ${flag}`);
      }
    }
  }
});

/** `asOf` of `--as-of`. */
function camelCase(flag: string): string {
  return flag.slice(2).replace(/-(.)/gu, (_, letter: string) => letter.toUpperCase());
}

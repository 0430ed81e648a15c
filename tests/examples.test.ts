/** Runs every example as `node` would, in this process, and holds it to what it teaches. */
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

const examples = new URL("../examples/", import.meta.url);

/** For each example, what it must print for its lesson to be true. */
const lessons: Readonly<Record<string, readonly RegExp[]>> = {
  "01-one-agent.ts": [
    /^2000-06-30: no opinion\./m,
    /^2010-02-26: down \d+%, flat \d+%, up \d+%\. The last month was a rise/m,
    /^LOOK_AHEAD: /m,
  ],
  "02-one-workflow.ts": [
    /^Steps: opinions\.trend, opinions\.reversal, decision$/m,
    /^What each one weighs, and why\n.*linear-pool.*\n.*reversal weighs 50\.0%/m,
  ],
  "03-many-companies.ts": [/\d+ tasks:\n( {2}[A-Z]+ .*\(\d+ opinions, conflict 0\.\d+\)\n?){5}$/],
  "04-when-things-go-wrong.ts": [
    /^news +succeeded +attempts: 3/m,
    /^opinions\.broken +failed +attempts: 1 {2}This agent cannot/m,
    /^alarm +skipped +attempts: 0 {2}its condition does not hold$/m,
    /^report +succeeded/m,
    /INPUT_INVALID/,
  ],
  "05-policies-and-conflict.ts": [
    /^Conflict: 0\.\d+/m,
    /^On the smaller of the two sides: 33 %/m,
    /pessimist weighs 7\.7%: its stated weight is 0\.25/,
  ],
  "06-own-data.ts": [
    /^240 of 242 rows are used/m,
    /^ {2}prices\.csv, line 242: Close "n\/a" is not a number/m,
    /^TIN: \d+%, \d+%, \d+% .*2 of 2 agents/m,
  ],
  "07-replay-and-compare.ts": [
    /^The record as it is: \d+ outcomes computed again, .* the decision agrees\.$/m,
    /^The record, tampered with: .* it does not agree: companies\[0\]\/resolution,/m,
    /^ {2}companies\[0\]\/resolution +\d+, first output\.policy\.name: "past-score" -> "linear-pool"$/m,
  ],
  "08-a-debate.ts": [/^(Round \d: trend .* apart\n){3,10}It ended after \d+ rounds, because they agree\.$/],
  "09-people-and-signals.ts": [
    /^Started: it waits\n {2}quote +waitingForSignal$/m,
    /^Quoted: it waits\n {2}quote +succeeded\n {2}sizing +succeeded\n {2}approval +waitingForApproval$/m,
    /^Approved: .*"approved":true,"by":"ada".*"shares":78/m,
    /^What if bob had said no: .*"approved":false,"by":"bob".*"shares":78/m,
  ],
  "10-agents-that-ask-each-other.ts": [
    /^follower: I began with 0\.\d\d and ended with 0\.\d\d\./m,
    /^( {2}follower asked doubter\n {2}doubter read doubter\n {2}doubter written doubter\n {2}follower written follower\n){3}/m,
    /^ASK_TOO_DEEP: .* asks pong, which asks ping, which asks pong, which asks ping, which asks pong\.$/m,
  ],
};

const files = (await readdir(examples)).filter((file) => /^\d\d-.*\.ts$/.test(file)).toSorted();

test("every example is run here, is numbered without a gap, and says how to run it", async () => {
  assert.deepEqual(files, Object.keys(lessons));
  for (const [index, file] of files.entries()) {
    assert.ok(file.startsWith(String(index + 1).padStart(2, "0")), file);
    const source = await readFile(new URL(file, examples), "utf8");
    assert.match(source, new RegExp(`^/\\*\\*\\n[^/]*Run it: npx node examples/${file}\\n \\*/`), file);
  }
});

for (const [file, expected] of Object.entries(lessons)) {
  test(`${file} prints what it teaches`, async (t) => {
    const lines: string[] = [];
    const log = t.mock.method(console, "log", (...values: unknown[]) => {
      lines.push(
        values.map((value) => (typeof value === "string" ? value : JSON.stringify(value))).join(" "),
      );
    });
    await import(new URL(file, examples).href);
    log.mock.restore();
    for (const pattern of expected) assert.match(lines.join("\n"), pattern);
  });
}

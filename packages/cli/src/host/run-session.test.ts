/** What a command shows of runs that wait to somebody who sits at a terminal, and what becomes of it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { execute as run } from "../commands/run.ts";
import { askHolder } from "../control/control-client.ts";
import { failsWith } from "../testing/assert-failure.ts";
import { callCommand } from "../testing/call-command.ts";
import { listeningTerminal } from "../testing/listening-terminal.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { writeWaitingProject } from "../testing/waiting-project.ts";

const folder = temporaryFolder({ isLinked: true });
const config = writeWaitingProject(folder);

test("E8 at a terminal the command goes on waiting, says for what, and takes the answer of another command", async () => {
  const { terminal, noted } = listeningTerminal({ isLive: true, isAttended: true });
  const options = { config, input: '{"value":8}' };
  const running = run({ arguments: { workflow: "review" }, options, terminal });
  const [, command = ""] = await noted(/^ {4}(?:npx )?mycroft (approve \S+ sign-off.*)$/mu);
  await noted(/^review waits for a verdict on sign-off +\(/mu);
  assert.ok(terminal.noted.some((line) => /^Run \S+ waits$/u.test(line)));
  assert.ok(terminal.noted.some((line) => line.startsWith("Ctrl-C ends the waiting here")));

  const record = join(folder.path, ".mycroft");
  const asked = await askHolder(record, { operation: "listPools", input: {} });
  assert.deepEqual(asked?.holder, { pid: process.pid, isStaying: false });
  const other = callCommand(["run", "failing", "--input", '{"value":8}', "--config", config]);
  await assert.rejects(other, failsWith("STORE_LOCKED", /ends with its own work and takes no other/u));
  const approved = await callCommand(command.split(" "));
  assert.match(approved.text, /^Approved sign-off of run /u);
  assert.match(approved.notes, /goes on with it while it runs/u);
  assert.equal(await running, 0);
  assert.deepEqual(terminal.printed, ['{ "value": 2 }']);
  assert.equal(
    await askHolder(record, { operation: "listPools", input: {} }),
    null,
    "nobody listens any more",
  );
});

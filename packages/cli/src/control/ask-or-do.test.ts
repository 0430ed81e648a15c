import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { failsWith } from "../testing/assert-failure.ts";
import { plainTerminal } from "../testing/plain-terminal.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { askOrDo } from "./ask-or-do.ts";
import type { ControlRequest } from "./control-protocol.ts";
import { ControlServer } from "./control-server.ts";

const input = { runId: "r1", reason: "test" };
const output = { cancelled: true, status: "cancelled" } as const;
const holder = { pid: 4711, isStaying: true };
const locked = new MycroftError("STORE_LOCKED", "It is held by process 4711.", { details: { pid: 4711 } });

function asking(recordFolder: string, patienceMs?: number) {
  const terminal = plainTerminal();
  const options = { recordFolder, name: "cancel", input, terminal } as const;
  return { terminal, options: patienceMs === undefined ? options : { ...options, patienceMs } };
}

async function listen(
  context: TestContext,
  recordFolder: string,
  answer: (request: ControlRequest) => Promise<unknown>,
) {
  const server = await ControlServer.open({ recordFolder, holder, answer });
  context.after(() => server?.close());
}

test("without a holder it is done here", async () => {
  const { options } = asking(temporaryFolder().path);
  assert.deepEqual(await askOrDo(options, async () => "here"), { kind: "done", value: "here" });
  await assert.rejects(
    askOrDo(options, () => Promise.reject(new TypeError("oh"))),
    TypeError,
  );
});

test("a holder does it, and its errors are those of the operation; an answer of another form is refused", async (context) => {
  const folder = temporaryFolder().path;
  let answer: () => unknown = () => output;
  await listen(context, folder, async (request) => {
    assert.deepEqual(request, { operation: "cancel", input });
    return answer();
  });
  const ask = () => askOrDo(asking(folder).options, () => assert.fail("the store is held"));
  assert.deepEqual(await ask(), { kind: "asked", holder, value: output });
  answer = () => {
    throw new MycroftError("RUN_UNKNOWN", "There is no run r1.", { details: { runId: "r1" } });
  };
  await assert.rejects(ask(), failsWith("RUN_UNKNOWN"));
  answer = () => ({ cancelled: "perhaps" });
  await assert.rejects(ask(), failsWith("CONTROL_INVALID"));
});

test("a holder that does not listen yet is waited for, and so is one that has let go when it does not listen any more", async (context) => {
  const starting = temporaryFolder().path;
  const { options, terminal } = asking(starting);
  let tries = 0;
  const asked = await askOrDo(options, async () => {
    tries += 1;
    if (tries === 2) await listen(context, starting, async () => output);
    throw locked;
  });
  assert.deepEqual([asked.kind, tries], ["asked", 2]);
  assert.ok(terminal.noted.some((line) => /^Waiting for process 4711, which holds the store/u.test(line)));

  const ending = asking(temporaryFolder().path).options;
  let refusals = 0;
  const done = await askOrDo(ending, async () => {
    refusals += 1;
    if (refusals < 3) throw locked;
    return "here";
  });
  assert.deepEqual(done, { kind: "done", value: "here" });
});

test("a holder that never listens is named, with what may be the matter", async () => {
  const { options } = asking(temporaryFolder().path, 0);
  await assert.rejects(
    askOrDo(options, () => Promise.reject(locked)),
    failsWith(
      "STORE_LOCKED",
      /held by process 4711\. It does not listen to other commands: .*another machine/u,
    ),
  );
});

/** The channel between a command and the process that holds the store, with real sockets. */
import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { failsWith } from "../testing/assert-failure.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { controlAddresses, isTrusted, preparePlace } from "./control-address.ts";
import { askHolder } from "./control-client.ts";
import { type ControlRequest, controlLimits, controlVersion } from "./control-protocol.ts";
import { ControlServer } from "./control-server.ts";

const skip = process.platform === "win32" ? "sockets are files elsewhere" : false;
const root = temporaryFolder();
const holder = { pid: 4711, isStaying: true };

let folders = 0;
function newFolder(...under: readonly string[]): string {
  folders += 1;
  const folder = join(root.path, String(folders), ...under);
  mkdirSync(folder, { recursive: true });
  return folder;
}

interface Opening {
  readonly answer?: (request: ControlRequest) => Promise<unknown>;
  readonly requestMs?: number;
}

async function open(
  context: TestContext,
  recordFolder: string,
  opening: Opening = {},
): Promise<ControlServer> {
  const { answer = async (request: ControlRequest) => request, ...settings } = opening;
  const server = await ControlServer.open({ recordFolder, holder, answer, ...settings });
  assert.ok(server);
  context.after(() => server.close());
  return server;
}

function socketOf(recordFolder: string): string {
  return controlAddresses(recordFolder)[0]?.path ?? "";
}

function reach(recordFolder: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketOf(recordFolder), () => resolve(socket));
    socket.on("error", reject);
  });
}

/** What a client of any kind is told, as it comes. */
async function say(recordFolder: string, bytes: string | Uint8Array): Promise<string> {
  const socket = await reach(recordFolder);
  socket.write(bytes);
  let heard = "";
  for await (const chunk of socket.setEncoding("utf8")) heard += chunk;
  return heard;
}

async function errorSaid(recordFolder: string, bytes: string | Uint8Array): Promise<unknown> {
  const heard = JSON.parse(await say(recordFolder, bytes)) as { readonly error: { readonly code: string } };
  return heard.error.code;
}

test("what is asked arrives, and so does the answer, whatever it holds", { skip }, async (context) => {
  const folder = newFolder();
  await open(context, folder);
  for (const input of [null, { text: 'ends\n, "quotes" and ü\u2028' }, ["x".repeat(1_000_000)]]) {
    const answer = await askHolder(folder, { operation: "echo", input });
    assert.deepEqual(answer, { holder, value: { operation: "echo", input } });
  }
});

test("errors travel with code, message and details; what is no JSON among the details does not", {
  skip,
}, async (context) => {
  const folder = newFolder();
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  await open(context, folder, {
    answer: async ({ operation }) => {
      if (operation === "defect") throw new TypeError("oh");
      const details = operation === "circle" ? { circle } : { runId: "r1", known: ["a"] };
      throw new MycroftError("SIGNAL_UNKNOWN", "No such signal.", { retryable: true, details });
    },
  });
  const errorOf = async (operation: string) => {
    const answer = await askHolder(folder, { operation, input: {} });
    assert.ok(answer !== null && "error" in answer);
    return answer.error.toRecord();
  };
  const common = { code: "SIGNAL_UNKNOWN", message: "No such signal.", retryable: true };
  assert.deepEqual(await errorOf("signal"), { ...common, details: { runId: "r1", known: ["a"] } });
  assert.deepEqual(await errorOf("circle"), { ...common, details: {} });
  assert.equal((await errorOf("defect")).code, "INTERNAL");
});

test("nobody listens: no folder, no socket, or one that a killed process left behind", {
  skip,
}, async (context) => {
  const ask = (folder: string) => askHolder(folder, { operation: "echo", input: 1 });
  assert.equal(await ask(join(root.path, "nowhere")), null);
  const folder = newFolder();
  assert.equal(await ask(folder), null);
  // A socket that nobody removes, as after kill -9.
  const left = createServer();
  await new Promise<void>((resolve) => left.listen(`${socketOf(folder)}.first`, resolve));
  renameSync(`${socketOf(folder)}.first`, socketOf(folder));
  await new Promise((resolve) => left.close(resolve));
  assert.ok(existsSync(socketOf(folder)));
  assert.equal(await ask(folder), null);
  await open(context, folder);
  assert.notEqual(await ask(folder), null, "and it is no obstacle to the next one");
});

test("only the user can reach it, and it is gone when it is closed", { skip }, async (context) => {
  const folder = newFolder();
  const server = await open(context, folder);
  assert.equal(statSync(socketOf(folder)).mode & 0o777, 0o600);
  assert.equal(process.umask(), process.umask(process.umask()), "the mask for other files is as it was");
  await server.close();
  await server.close();
  assert.ok(!existsSync(socketOf(folder)));
  assert.equal(await askHolder(folder, { operation: "echo", input: 1 }), null);
});

test("a folder with a long path, and one where something else lies, are served among the temporary files", {
  skip,
}, async (context) => {
  const long = newFolder("a".repeat(100));
  const taken = newFolder();
  const diary = join(taken, "control.sock");
  writeFileSync(diary, "my diary");
  for (const folder of [long, taken]) {
    await open(context, folder);
    const path = controlAddresses(folder).at(-1)?.path ?? "";
    assert.ok(path.startsWith(tmpdir()) && Buffer.byteLength(path) <= 100);
    assert.equal(statSync(dirname(path)).mode & 0o077, 0);
    assert.notEqual(await askHolder(folder, { operation: "echo", input: 1 }), null);
  }
  assert.equal(readFileSync(diary, "utf8"), "my diary");
});

test("one folder has one address, by whatever link one comes to it", { skip }, () => {
  const folder = newFolder("b".repeat(100));
  const link = join(root.path, "link");
  symlinkSync(folder, link);
  assert.deepEqual(controlAddresses(link), controlAddresses(folder));
  assert.notDeepEqual(controlAddresses(newFolder("b".repeat(100))), controlAddresses(folder));
});

test("P7 what others put among the temporary files is not trusted", { skip }, () => {
  const temporary = newFolder();
  const address = controlAddresses(newFolder("c".repeat(100)), { temporaryFolder: temporary }).at(-1);
  assert.ok(address?.isShared);
  assert.ok(!isTrusted(address), "nothing is there");
  symlinkSync(newFolder(), dirname(address.path));
  assert.ok(!preparePlace(address), "a link leads anywhere");
  const open = newFolder();
  const own = { ...address, path: join(open, "mycroft", "x.sock") };
  assert.ok(preparePlace(own) && isTrusted(own));
  chmodSync(dirname(own.path), 0o755);
  assert.ok(!preparePlace(own), "others can look in");
});

test("P7 what is no request gets an error and does no harm", { skip }, async (context) => {
  const folder = newFolder();
  const asked: string[] = [];
  await open(context, folder, {
    answer: async ({ operation }) => {
      asked.push(operation);
      return null;
    },
  });
  const request = { version: controlVersion, operation: "x", input: null };
  for (const line of [
    "GET / HTTP/1.1\r",
    "null",
    JSON.stringify({ ...request, version: controlVersion + 1 }),
    JSON.stringify({ ...request, version: "1" }),
    JSON.stringify({ ...request, operation: "x".repeat(101) }),
    JSON.stringify({ ...request, more: true }),
  ]) {
    assert.equal(await errorSaid(folder, `${line}\n`), "CONTROL_INVALID", line);
  }
  assert.equal(await errorSaid(folder, Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x0a])), "CONTROL_INVALID");
  assert.deepEqual(asked, []);
  assert.notEqual(await askHolder(folder, { operation: "still there", input: 1 }), null);
  assert.deepEqual(asked, ["still there"]);
});

test("P7 whoever connects and does not ask is turned away after a while", { skip }, async (context) => {
  const folder = newFolder();
  await open(context, folder, { requestMs: 5 });
  assert.equal(await errorSaid(folder, '{"version": 1'), "CONTROL_UNANSWERED");
});

test("P7 a request of any size is refused at the limit", { skip }, async (context) => {
  const folder = newFolder();
  await open(context, folder);
  const large = "x".repeat(controlLimits.requestBytes + 1);
  assert.equal(await errorSaid(folder, large), "LIMIT_EXCEEDED");
  await assert.rejects(
    askHolder(folder, { operation: "echo", input: large }),
    failsWith("LIMIT_EXCEEDED", /16777216 bytes/u),
  );
});

test("a holder that ends, or says nothing, leaves it open whether it was done", { skip }, async (context) => {
  const folder = newFolder();
  const mute = createServer((socket) => socket.on("data", () => socket.destroy()));
  await new Promise<void>((resolve) => mute.listen(socketOf(folder), resolve));
  const ask = (answerMs?: number) =>
    askHolder(folder, { operation: "echo", input: 1 }, answerMs === undefined ? {} : { answerMs });
  await assert.rejects(ask(), failsWith("CONTROL_UNANSWERED", /without an answer/u));
  await new Promise((resolve) => mute.close(resolve));
  const never = Promise.withResolvers<null>();
  await open(context, folder, { answer: () => never.promise });
  await assert.rejects(ask(5), failsWith("CONTROL_UNANSWERED", /within 5 ms/u));
  never.resolve(null);
});

test("closing waits for those that are being answered, and turns away those that have not asked", {
  skip,
}, async (context) => {
  const folder = newFolder();
  const asked = Promise.withResolvers<void>();
  const mayAnswer = Promise.withResolvers<void>();
  const server = await open(context, folder, {
    answer: async () => {
      asked.resolve();
      await mayAnswer.promise;
      return "done";
    },
  });
  const silent = await reach(folder);
  const answer = askHolder(folder, { operation: "slow", input: null });
  await asked.promise;
  const closed = server.close();
  await new Promise((resolve) => silent.resume().on("close", resolve));
  mayAnswer.resolve();
  assert.deepEqual(await answer, { holder, value: "done" });
  await closed;
});

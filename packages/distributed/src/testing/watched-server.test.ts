import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startWatched, type WatchedCommand } from "./watched-server.ts";

/** Calls the test, which hears at once when it ends, and what it says last. */
const program = `
  const socket = require("node:net").connect(+process.argv[1], "127.0.0.1", () => console.log("I am ready."));
  process.on("SIGTERM", () => socket.end("told to stop", () => process.exit()));
`;

const unixOnly = process.platform === "win32" && "a Unix shell watches over the servers";

describe("a watched server", { skip: unixOnly }, () => {
  let phone: Server;
  let folder: string;

  before(async () => {
    phone = createServer().listen(0, "127.0.0.1");
    await once(phone, "listening");
    folder = mkdtempSync(join(tmpdir(), "mycroft-watched-"));
  });

  after(() => {
    phone.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function command(changes: Partial<WatchedCommand> = {}): WatchedCommand {
    const address = phone.address();
    const port = address !== null && typeof address === "object" ? `${address.port}` : "";
    const args = ["-e", program, port];
    return {
      program: process.execPath,
      args,
      user: null,
      ready: "I am ready.",
      stopSignal: "TERM",
      ...changes,
    };
  }

  /** What the next server says until it ends. */
  async function lastWords(): Promise<string> {
    const [socket] = (await once(phone, "connection")) as [Socket];
    let said = "";
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      said += String(chunk);
    });
    await once(socket, "close");
    return said;
  }

  test("is stopped by the signal that it wants, and its temporary folder goes", async () => {
    const temporaryFolder = mkdtempSync(join(folder, "temporary-"));
    const words = lastWords();
    const server = await startWatched(command({ temporaryFolder }));
    await server.stop();
    assert.equal(await words, "told to stop");
    assert.equal(existsSync(temporaryFolder), false);
  });

  test("is killed without a word by a crash, and its folder stays", async () => {
    const temporaryFolder = mkdtempSync(join(folder, "temporary-"));
    const words = lastWords();
    const server = await startWatched(command({ temporaryFolder }));
    await server.crash();
    assert.equal(await words, "");
    assert.equal(existsSync(temporaryFolder), true);
  });

  test("is stopped when the process that started it is killed", async () => {
    const module = JSON.stringify(join(import.meta.dirname, "watched-server.ts"));
    const starter = `
      const { startWatched } = await import(${module});
      await startWatched(${JSON.stringify(command())});
      console.log("started");
      setInterval(() => {}, 1_000);
    `;
    const words = lastWords();
    const child = spawn(process.execPath, ["--input-type=module", "-e", starter], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    assert.equal(await words, "told to stop");
  });

  test("that ends before it is ready is an error with what it said", async () => {
    const args = ["-e", 'console.error("no disk"); process.exit(3)'];
    await assert.rejects(startWatched(command({ args })), /did not start; it said:\s+no disk/);
  });

  test("that ends by itself is known to have ended", async () => {
    const server = await startWatched(command({ args: ["-e", 'console.log("I am ready.")'] }));
    await server.ended();
  });
});

#!/usr/bin/env node
/**
 * Starts `mycroft` under a Node that runs its sources as they are: this one if it is new enough, otherwise the pinned one
 * of the npm package `node`. Plain JavaScript in a syntax that every Node since 20 reads.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module, { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const neededNode = 26;
const onWindows = process.platform === "win32";

if (majorOf(process.versions.node) >= neededNode) {
  keepCompiled();
  // Not awaited: what can never settle is told by `main` itself, not by Node's own warning.
  import("../src/main.ts").then(({ main }) => main(process.argv.slice(2))).catch(giveUp);
} else {
  restart();
}

/** Stripping types and compiling is most of a short command's time. Node checks the cache against each file's content. */
function keepCompiled() {
  const packageFile = findNodePackage();
  if (packageFile === undefined || process.env.NODE_COMPILE_CACHE !== undefined) return;
  module.enableCompileCache(join(dirname(packageFile), "..", ".cache", "mycroft"));
}

/** Only an incomplete installation comes here. */
function giveUp(error) {
  console.error(`error: mycroft could not be loaded: ${error.message}`);
  console.error("Run `npm run setup` in the project's checkout, then try again.");
  process.exit(1);
}

function majorOf(version) {
  return Number(version.split(".")[0]);
}

function restart() {
  const node = findPinnedNode();
  if (node === undefined) {
    console.error(
      `error: mycroft needs Node ${neededNode} or newer; this is Node ${process.versions.node}, and the one that comes with the ` +
        "project is not installed.\nRun `npm run setup` in the project's checkout, then try again.",
    );
    process.exitCode = 1;
    return;
  }
  const words = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  // Where the process can become the other one, signals and the exit code need no passing on.
  if (typeof process.execve === "function" && !onWindows) process.execve(node, [node, ...words], process.env);
  const child = spawn(node, words, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    console.error(`error: ${node} could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}

function findPinnedNode() {
  const packageFile = findNodePackage();
  if (packageFile === undefined) return undefined;
  const node = join(dirname(packageFile), "bin", onWindows ? "node.exe" : "node");
  return existsSync(node) ? node : undefined;
}

/** The package.json of the npm package `node`. */
function findNodePackage() {
  try {
    return createRequire(import.meta.url).resolve("node/package.json");
  } catch {
    return undefined;
  }
}

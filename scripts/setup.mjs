/**
 * Brings node_modules in step with package-lock.json, with the pinned Node in it; does nothing when they are in step.
 * It is the only script that runs before anything is installed: plain JavaScript for any Node >= 20, and in a syntax
 * that older ones can still read, so that they can say what is wrong.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const minimumNode = 20;
const root = fileURLToPath(new URL("..", import.meta.url));
const onWindows = process.platform === "win32";
const paths = {
  lock: join(root, "package-lock.json"),
  modules: join(root, "node_modules"),
  installedLock: join(root, "node_modules", ".package-lock.json"),
  stamp: join(root, "node_modules", ".mycroft-setup.json"),
  binNode: join(root, "node_modules", ".bin", "node"),
  // On Windows .bin holds a script that calls this file, and a script cannot be run without a shell.
  pinnedNode: join(root, "node_modules", "node", "bin", onWindows ? "node.exe" : "node"),
};

class SetupError extends Error {}

try {
  setUp();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\nMycroft could not be set up.\n${error.message}`);
  process.exitCode = 1;
}

function setUp() {
  requireNode();
  const lockText = readLock();
  const stamp = stampOf(lockText);
  if (readText(paths.stamp) === stamp && existsSync(paths.binNode)) return;
  const pinnedVersion = `v${JSON.parse(lockText).packages["node_modules/node"].version}`;
  // Whoever ran npm themselves is not made to wait for a second installation.
  if (!(isInstalled(lockText) && findPinnedNode() === pinnedVersion)) {
    const startedAt = Date.now();
    console.log(`Setting up (once): installing Node ${pinnedVersion.slice(1)} and the libraries ...`);
    install();
    requirePinnedNode(pinnedVersion);
    console.log(`Set up in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);
  }
  writeFileSync(paths.stamp, stamp);
}

function requireNode() {
  if (Number(process.versions.node.split(".")[0]) >= minimumNode) return;
  throw new SetupError(
    `It needs Node ${minimumNode} or newer, and this is Node ${process.version} (${process.execPath}).\n` +
      "Get a newer one from https://nodejs.org, then run the command again.",
  );
}

function readLock() {
  const text = readText(paths.lock);
  if (text !== undefined) return text;
  throw new SetupError(`${paths.lock} is missing: the checkout is incomplete. Restore it, or clone again.`);
}

function stampOf(lockText) {
  const lock = createHash("sha256").update(lockText).digest("hex");
  return JSON.stringify({ lock, platform: process.platform, arch: process.arch });
}

/** Whether npm's own record of what it installed agrees with the lock; what is for other platforms may be absent. */
function isInstalled(lockText) {
  const text = readText(paths.installedLock);
  if (text === undefined) return false;
  const installed = JSON.parse(text).packages;
  return Object.entries(JSON.parse(lockText).packages).every(([path, wanted]) => {
    if (path === "") return true;
    const found = installed[path];
    return found === undefined ? wanted.optional === true : identityOf(found) === identityOf(wanted);
  });
}

function identityOf({ version, integrity, resolved, link, bin }) {
  return JSON.stringify({ version, integrity, resolved, link, bin });
}

/** Runs `npm ci`; npm's progress and errors go straight to the terminal. */
function install() {
  // Windows cannot delete the running node.exe, which `npm ci` would have to.
  const verb = onWindows && process.execPath.startsWith(paths.modules + sep) ? "install" : "ci";
  const options = ["--no-audit", "--no-fund", "--include=dev", "--loglevel=error"];
  const { status, signal, error } = runNpm([verb, ...options], "inherit");
  if (status === 0) return;
  if (error !== undefined) {
    throw new SetupError(
      `npm could not be started (${error.message}).\nIt comes with Node: https://nodejs.org.`,
    );
  }
  throw new SetupError(
    `\`npm ${verb}\` ended with ${signal === null ? `code ${status}` : signal}; what it said stands above.\n` +
      "If it is about the network or the registry, look at those; then run the command again.",
  );
}

function runNpm(words, stderr) {
  const options = { cwd: root, stdio: ["ignore", "pipe", stderr], encoding: "utf8" };
  // Within an npm script npm says where it is, which spares the shell that npm.cmd needs on Windows.
  const npmCli = process.env.npm_execpath || "";
  if (/^npm-cli\.c?js$/.test(basename(npmCli))) {
    return spawnSync(process.env.npm_node_execpath || process.execPath, [npmCli, ...words], options);
  }
  return onWindows
    ? spawnSync(["npm", ...words].join(" "), { ...options, shell: true })
    : spawnSync("npm", words, options);
}

/** The version that the pinned Node gives, or undefined when it is absent or does not run. */
function findPinnedNode() {
  if (!existsSync(paths.binNode)) return undefined;
  const { status, stdout } = spawnSync(paths.pinnedNode, ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

function requirePinnedNode(wanted) {
  const found = findPinnedNode();
  if (found === wanted) return;
  if ((runNpm(["config", "get", "ignore-scripts"], "ignore").stdout || "").trim() === "true") {
    throw new SetupError(
      `npm is set not to run install scripts (ignore-scripts=true), and Node ${wanted} comes by the install script\n` +
        "of the package `node`. Allow this one, then run the command again:\n\n" +
        "  npm rebuild node --ignore-scripts=false\n",
    );
  }
  throw new SetupError(
    `${paths.binNode} should be Node ${wanted}, and ${found === undefined ? "is absent or does not run" : `is ${found}`}.\n` +
      "To see why, and to try again:\n\n" +
      "  npm rebuild node --foreground-scripts\n",
  );
}

function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

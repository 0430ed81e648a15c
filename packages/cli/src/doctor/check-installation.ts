/** Whether Node and the npm packages are those that the project was made for. */
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readCodeVersion } from "../version.ts";
import type { Finding } from "./finding.ts";

const packagesFolder = fileURLToPath(new URL("../../..", import.meta.url));
const setUp = "Run `npm run setup` in Mycroft's checkout.";

export function checkCode(): Finding {
  return { topic: "Mycroft", status: "ok", text: `${readCodeVersion()} in ${dirname(packagesFolder)}` };
}

/** The command starts itself with the pinned Node, unless the one it was called with is as new. */
export function checkNode(): Finding {
  const topic = "Node";
  const running = process.versions.node;
  const pinned = installedVersion("node", packagesFolder);
  if (pinned === null) {
    const text = `${running}; the pinned one is not installed`;
    return { topic, status: "warn", text, hint: setUp };
  }
  if (isPinned(process.execPath)) return { topic, status: "ok", text: `${running}, the pinned one` };
  const text = `${running} from ${process.execPath}, new enough; the pinned one is ${pinned}`;
  return { topic, status: "ok", text };
}

function isPinned(execPath: string): boolean {
  const folder = findPackage("node", packagesFolder);
  return folder !== null && realpathSync(execPath).startsWith(realpathSync(folder));
}

interface Wanted {
  readonly name: string;
  readonly version: string;
  /** The folder of the package that depends on it. */
  readonly from: string;
}

/** The packages from npm that Mycroft's own depend on, each in the version that they state. */
export function checkPackages(): Finding {
  const topic = "Packages";
  const wanted = wantedPackages();
  const missing = wanted.filter(({ name, from }) => installedVersion(name, from) === null);
  if (missing.length > 0) {
    const text = `not installed: ${namesOf(missing)}`;
    return { topic, status: "fail", text, hint: setUp };
  }
  const others = wanted.filter(({ name, version, from }) => installedVersion(name, from) !== version);
  if (others.length === 0) {
    return {
      topic,
      status: "ok",
      text: `${new Set(wanted.map(({ name }) => name)).size} from npm, as stated`,
    };
  }
  const text = others.map(
    ({ name, version, from }) => `${name} is ${installedVersion(name, from)}, stated is ${version}`,
  );
  return { topic, status: "warn", text: [...new Set(text)].join("; "), hint: setUp };
}

function wantedPackages(): readonly Wanted[] {
  return readdirSync(packagesFolder).flatMap((folder) => {
    const from = join(packagesFolder, folder);
    const { dependencies = {} } = readManifest(from) ?? {};
    return Object.entries(dependencies)
      .filter(([name]) => !name.startsWith("@mycroft/"))
      .map(([name, version]) => ({ name, version, from }));
  });
}

function namesOf(wanted: readonly Wanted[]): string {
  return [...new Set(wanted.map(({ name }) => name))].join(", ");
}

function installedVersion(name: string, from: string): string | null {
  const folder = findPackage(name, from);
  return folder === null ? null : (readManifest(folder)?.version ?? null);
}

/** As Node finds packages: in `node_modules` of the folder and of those above it. */
function findPackage(name: string, from: string): string | null {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, "node_modules", name);
    if (existsSync(join(folder, "package.json"))) return folder;
    if (dirname(at) === at) return null;
  }
}

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function readManifest(folder: string): Manifest | null {
  const file = join(folder, "package.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Manifest) : null;
}

/**
 * Links a project to the checkout that this code runs from, since the packages are not published: its @mycroft packages,
 * the few packages that a project imports or checks its types with, and the command itself. What is in the way and is
 * no link is left as it is.
 */
import { existsSync } from "node:fs";
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  symlink,
  unlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const cliFolder = fileURLToPath(new URL("../..", import.meta.url));
const packagesFolder = dirname(cliFolder);
const commandFile = join(cliFolder, "bin", "mycroft.js");
/** For the project's schemas, and for checking its types. */
const outsidePackages = ["zod", "typescript", "@types/node"] as const;
const ownScope = "@mycroft/";

export interface LinkReport {
  /** Names of what was linked now: it was not there, or led elsewhere. */
  readonly linked: readonly string[];
  readonly unchanged: readonly string[];
  /** What is there and is no link, and was therefore left. */
  readonly left: readonly string[];
}

interface Link {
  readonly name: string;
  readonly path: string;
  readonly target: string;
}

type LinkOutcome = keyof LinkReport;

/** Links `folder`, or repairs its links. Touches nothing outside `node_modules`. Throws what the file system throws. */
export async function linkPackages(folder: string): Promise<LinkReport> {
  const modules = join(folder, "node_modules");
  const report = { linked: [] as string[], unchanged: [] as string[], left: [] as string[] };
  for (const link of [...(await ownPackages(modules)), ...otherPackages(modules)]) {
    report[await setLink(link)].push(link.name);
  }
  report[await setCommand(join(modules, ".bin", "mycroft"), commandFile)].push("mycroft");
  const compiler = packageFolder("typescript");
  if (compiler !== null)
    report[await setCommand(join(modules, ".bin", "tsc"), join(compiler, "bin", "tsc"))].push("tsc");
  return report;
}

/** Where the packages are that projects are linked to. */
export function checkoutFolder(): string {
  return dirname(packagesFolder);
}

async function ownPackages(modules: string): Promise<readonly Link[]> {
  const names = await readdir(packagesFolder);
  const links: Link[] = [];
  for (const folder of names.toSorted()) {
    const target = join(packagesFolder, folder);
    const name = await packageName(target);
    if (name?.startsWith(ownScope)) links.push({ name, path: join(modules, name), target });
  }
  return links;
}

function otherPackages(modules: string): readonly Link[] {
  return outsidePackages.flatMap((name) => {
    const target = packageFolder(name);
    return target === null ? [] : [{ name, path: join(modules, name), target }];
  });
}

/** Where a package is installed, seen from here. */
function packageFolder(name: string): string | null {
  for (let at = cliFolder; ; at = dirname(at)) {
    const folder = join(at, "node_modules", name);
    if (existsSync(join(folder, "package.json"))) return folder;
    if (dirname(at) === at) return null;
  }
}

async function packageName(folder: string): Promise<string | null> {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return null;
  const { name } = JSON.parse(await readFile(file, "utf8")) as { readonly name?: unknown };
  return typeof name === "string" ? name : null;
}

async function setLink({ path, target }: Link): Promise<LinkOutcome> {
  const found = await lstat(path).catch(() => null);
  if (found !== null && !found.isSymbolicLink()) return "left";
  if (found !== null) {
    // An absolute target: the project may be moved, and still knows its packages.
    if (resolve(dirname(path), await readlink(path)) === resolve(target)) return "unchanged";
    await unlink(path);
  }
  await mkdir(dirname(path), { recursive: true });
  // On Windows a junction needs no privilege; elsewhere the kind has no meaning.
  await symlink(target, path, "junction");
  return "linked";
}

/** A command in `node_modules/.bin`, as npm makes it: a link, or on Windows a script for its shell. */
async function setCommand(path: string, target: string): Promise<LinkOutcome> {
  if (process.platform !== "win32") {
    const outcome = await setLink({ name: "", path, target });
    if (outcome === "linked") await makeExecutable(target);
    return outcome;
  }
  const file = `${path}.cmd`;
  const script = `@node "${target}" %*\r\n`;
  if (existsSync(file) && (await readFile(file, "utf8")) === script) return "unchanged";
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, script);
  return "linked";
}

/** A checkout may have lost the mark, when it came as an archive. */
async function makeExecutable(file: string): Promise<void> {
  const { mode } = await lstat(file);
  if ((mode & 0o111) === 0) await chmod(file, mode | 0o755);
}

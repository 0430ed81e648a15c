/** Which code this is: the package's version and, in a checkout, the commit. It is put on record with every run. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const packageFolder = fileURLToPath(new URL("..", import.meta.url));

/** The version of this package, such as `0.1.0`. */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as {
    readonly version: string;
  };
  return version;
}

/**
 * `0.1.0+1a2b3c4d5e6f` in a checkout, `0.1.0` elsewhere. The commit is the one that is checked out: changes to its files
 * that are not committed do not show. Read from `.git` itself, so that no git is needed.
 */
export function readCodeVersion(folder: string = packageFolder): string {
  const commit = readCommit(folder);
  return commit === null ? readVersion() : `${readVersion()}+${commit.slice(0, 12)}`;
}

/** The commit that is checked out in `folder` or above it, 40 or 64 hex digits; null when there is none. */
export function readCommit(folder: string): string | null {
  const gitFolder = findGitFolder(folder);
  if (gitFolder === null) return null;
  const head = readLine(join(gitFolder, "HEAD"));
  if (head === null || isHash(head)) return head;
  if (!head.startsWith("ref: ")) return null;
  // A linked working tree keeps its HEAD itself and shares its branches with the main one.
  const common = readLine(join(gitFolder, "commondir"));
  const shared = common === null ? gitFolder : resolve(gitFolder, common);
  return readRef(shared, head.slice("ref: ".length));
}

function readRef(gitFolder: string, name: string): string | null {
  const loose = readLine(join(gitFolder, name));
  if (loose !== null) return isHash(loose) ? loose : null;
  const packed = readText(join(gitFolder, "packed-refs")) ?? "";
  const line = packed.split("\n").find((one) => one.endsWith(` ${name}`));
  const hash = line?.split(" ")[0] ?? "";
  return isHash(hash) ? hash : null;
}

/** `.git` is a folder, or in a linked working tree a file that names it. */
function findGitFolder(folder: string): string | null {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const git = join(at, ".git");
    if (existsSync(git)) {
      if (statSync(git).isDirectory()) return git;
      const line = readLine(git) ?? "";
      return line.startsWith("gitdir: ") ? resolve(at, line.slice("gitdir: ".length)) : null;
    }
    if (dirname(at) === at) return null;
  }
}

function isHash(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.test(text);
}

function readLine(file: string): string | null {
  return readText(file)?.split("\n")[0]?.trim() ?? null;
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

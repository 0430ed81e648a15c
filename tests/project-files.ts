/** Where this project's own files are: its packages and their manifests, and the files that git knows. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const projectRoot = fileURLToPath(new URL("..", import.meta.url));

/** The part of a package.json that these tests read. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface Package {
  /** Its folder below the root, such as "packages/engine". */
  readonly folder: string;
  readonly manifest: Manifest;
}

export async function readText(path: string): Promise<string> {
  return readFile(join(projectRoot, path), "utf8");
}

export async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readText(join(folder, "package.json")));
}

export async function listPackages(): Promise<readonly Package[]> {
  const names = (await readdir(join(projectRoot, "packages"))).sort();
  return Promise.all(
    names.map(async (name) => {
      const folder = `packages/${name}`;
      return { folder, manifest: await readManifest(folder) };
    }),
  );
}

/** Files that git knows or would add, with one of these endings; undefined where there is no git checkout. */
export async function listFiles(...endings: readonly string[]): Promise<readonly string[] | undefined> {
  if (!existsSync(join(projectRoot, ".git"))) return undefined;
  // A checkout may belong to somebody else than CI runs as; only names of files are read here.
  const args = [
    "-c",
    "safe.directory=*",
    "ls-files",
    "-z",
    "--cached",
    "--others",
    "--exclude-standard",
    "--deduplicate",
  ];
  const { stdout } = await promisify(execFile)("git", args, { cwd: projectRoot });
  return stdout
    .split("\0")
    .filter((path) => path !== "" && endings.some((ending) => path.endsWith(ending)))
    .filter((path) => existsSync(join(projectRoot, path)));
}

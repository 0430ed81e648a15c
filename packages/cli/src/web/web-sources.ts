/** What the web application is built from: its own files, the packages that it imports, and the versions of its libraries. */
import { createHash } from "node:crypto";
import { existsSync, globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the checkout that this file lies in. */
const checkout = fileURLToPath(new URL("../../../../", import.meta.url));
const appFolder = "apps/web";
const ownScope = "@mycroft/";
/** Tests are no part of it, nor what tests read. */
const leftOut = /\.test\.tsx?$|(?:^|[/\\])(?:test-records|node_modules|dist)(?:[/\\]|$)/u;

/** Folders, as absolute paths. */
export interface WebApp {
  readonly root: string;
  readonly folder: string;
}

/** Null where there are no sources of a web application, as in a package that was installed by itself. */
export function findWebApp(root: string = checkout): WebApp | null {
  const folder = join(root, appFolder);
  return existsSync(join(folder, "package.json")) ? { root, folder } : null;
}

/** The same for the same content, wherever it lies: 16 hexadecimal digits. */
export async function hashWebSources({ root }: WebApp): Promise<string> {
  const packages = [...(await packagesOf(root, appFolder))];
  const patterns = [
    `${appFolder}/{src,public}/**`,
    `${appFolder}/*.*`,
    ...packages.flatMap((folder) => [`${folder}/src/**`, `${folder}/package.json`]),
    "package-lock.json",
  ];
  const entries = globSync(patterns, { cwd: root, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length).replaceAll("\\", "/"))
    .filter((path) => !leftOut.test(path))
    .sort();
  const hash = createHash("sha256");
  const contents = await Promise.all(paths.map((path) => readFile(join(root, path))));
  contents.forEach((content, index) => {
    hash.update(`${paths[index]}\0${content.length}\0`).update(content);
  });
  return hash.digest("hex").slice(0, 16);
}

/** The folders of the project's own packages that it needs, and that those need. */
async function packagesOf(
  root: string,
  folder: string,
  found: Set<string> = new Set(),
): Promise<ReadonlySet<string>> {
  const manifest: { readonly dependencies?: Readonly<Record<string, string>> } = JSON.parse(
    await readFile(join(root, folder, "package.json"), "utf8"),
  );
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    if (!name.startsWith(ownScope)) continue;
    const needed = `packages/${name.slice(ownScope.length)}`;
    if (found.has(needed)) continue;
    found.add(needed);
    await packagesOf(root, needed, found);
  }
  return found;
}

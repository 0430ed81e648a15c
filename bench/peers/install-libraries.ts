/** The libraries are no part of the project's own installation: they are installed when they are first needed. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = import.meta.dirname;
const marker = "node_modules/.package-lock.json";

/** Installs what the lock file states, unless it is there. Scripts of packages are not run: none of these needs one. */
export function installLibraries(): void {
  if (isInstalled()) return;
  console.log("The libraries to compare with are not installed here (some 500 MB). Installing them ...");
  const words = ["ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const npmCli = process.env["npm_execpath"];
  const options = { cwd: folder, stdio: "inherit" as const };
  const { status, error } =
    npmCli === undefined
      ? spawnSync("npm", words, { ...options, shell: process.platform === "win32" })
      : spawnSync(process.execPath, [npmCli, ...words], options);
  if (status === 0) return;
  throw new Error(
    `\`npm ci\` in bench/peers failed${error === undefined ? "" : `: ${error.message}`}; what it said stands above.`,
  );
}

/** Whether each package that is named here is there in that version. */
function isInstalled(): boolean {
  if (!existsSync(join(folder, marker))) return false;
  const { devDependencies }: { devDependencies: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  return Object.entries(devDependencies).every(([name, version]) => versionOf(name) === version);
}

/** Of a package that is installed. */
export function versionOf(name: string): string {
  const { packages }: { packages: Readonly<Record<string, { readonly version?: string }>> } = JSON.parse(
    readFileSync(join(folder, marker), "utf8"),
  );
  return packages[`node_modules/${name}`]?.version ?? "?";
}

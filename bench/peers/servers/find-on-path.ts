import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The file that a shell would run under this name, or the same in one of `moreFolders`; null when there is none. */
export function findOnPath(name: string, moreFolders: readonly string[] = []): string | null {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...moreFolders];
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

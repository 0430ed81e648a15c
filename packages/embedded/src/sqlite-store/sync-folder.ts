import { closeSync, fsyncSync, openSync } from "node:fs";

/** Makes durable that files were created, renamed or removed in a folder. */
export function syncFolder(path: string): void {
  // Windows cannot open a folder, and keeps its entries durable by itself.
  if (process.platform === "win32") return;
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

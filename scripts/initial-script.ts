/** How much script a browser has to load before a page of the web application shows anything. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** Bytes of it as they travel, with gzip: 300 kB. */
export const maxInitialScriptBytes = 300_000;

/** Of a build's folder: the scripts that `index.html` names, and those that it has the browser load with them. */
export function initialScriptBytes(folder: string): number {
  const page = readFileSync(join(folder, "index.html"), "utf8");
  const scripts = [...page.matchAll(/<(?:script|link)\b[^>]*?\b(?:src|href)="([^"]+\.js)"/gu)];
  return scripts.reduce((sum, [, path = ""]) => sum + gzipSync(readFileSync(join(folder, path))).length, 0);
}

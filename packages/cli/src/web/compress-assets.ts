/** Puts compressed variants (`.gz`, `.br`) beside the files of a build, for a server to send as they are. */
import { glob, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** Smaller ones fit into a packet or two anyway. */
const leastBytes = 1_024;
/** The highest takes ten times as long, for a few percent. */
const brotliQuality = 9;

export async function compressAssets(folder: string): Promise<void> {
  const paths = await Array.fromAsync(glob("**/*.{js,css,html,svg,json,txt}", { cwd: folder }));
  await Promise.all(paths.map((path) => compress(join(folder, path))));
}

async function compress(file: string): Promise<void> {
  const content = await readFile(file);
  if (content.length < leastBytes) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: brotliQuality };
  const [zipped, brotli] = await Promise.all([
    promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }),
    promisify(brotliCompress)(content, { params }),
  ]);
  await Promise.all([writeFile(`${file}.gz`, zipped), writeFile(`${file}.br`, brotli)]);
}

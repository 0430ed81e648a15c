/**
 * Content-addressed files: each is named by the SHA-256 of its bytes, appears under its name only when it is whole and
 * on disk (P1), and is never read as something else than what its name says.
 */
import { hash } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { MycroftError } from "@mycroft/errors";
import { syncFolder } from "./sync-folder.ts";

const suffix = ".json";

/** The names of the folders that files are spread over: the first two digits of their hashes. */
export const artifactShelves: readonly string[] = Array.from({ length: 256 }, (_, index) =>
  index.toString(16).padStart(2, "0"),
);

export class ArtifactFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Keeps `text` on disk and returns its hash. A file that is there already is kept if it is sound. */
  write(text: string): string {
    const bytes = Buffer.from(text);
    const name = hash("sha256", bytes);
    const path = this.#pathOf(name);
    const shelf = dirname(path);
    if (readIfThere(path)?.equals(bytes) !== true) {
      this.#makeShelf(shelf);
      writeWhole(path, bytes);
    }
    // Also for a file that was there: who wrote it may have died before its entry was on disk.
    syncFolder(shelf);
    return name;
  }

  /** Throws ARTIFACT_MISSING and ARTIFACT_DAMAGED. */
  read(name: string): string {
    const path = this.#pathOf(name);
    const bytes = readIfThere(path);
    if (bytes === undefined) {
      throw new MycroftError(
        "ARTIFACT_MISSING",
        `The artifact ${path} is gone. Restore it from a backup; runs that refer to it cannot be read without it.`,
        { details: { file: path, hash: name } },
      );
    }
    const found = hash("sha256", bytes);
    if (found === name) return bytes.toString("utf8");
    throw new MycroftError(
      "ARTIFACT_DAMAGED",
      `The artifact ${path} does not hold what its name says (its content has hash ${found}). Restore it from a backup.`,
      { details: { file: path, hash: name, found } },
    );
  }

  /** Removes what lies on a shelf and is not a file of an artifact that `isKnown` knows: drafts, and orphans. */
  sweep(shelf: string, isKnown: (name: string) => boolean): void {
    const folder = join(this.#folder, shelf);
    for (const file of listIfThere(folder)) {
      const name = basename(file, suffix);
      if (!(file.endsWith(suffix) && isKnown(name)))
        rmSync(join(folder, file), { force: true, recursive: true });
    }
  }

  #pathOf(name: string): string {
    return join(this.#folder, name.slice(0, 2), `${name}${suffix}`);
  }

  #makeShelf(shelf: string): void {
    const first = mkdirSync(shelf, { recursive: true });
    if (first === undefined) return;
    syncFolder(this.#folder);
    syncFolder(dirname(this.#folder));
  }
}

function writeWhole(path: string, bytes: Uint8Array): void {
  const draft = `${path}.new`;
  try {
    const handle = openSync(draft, "w");
    try {
      writeFileSync(handle, bytes);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, path);
  } catch (thrown) {
    rmSync(draft, { force: true });
    throw thrown;
  }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (thrown) {
    if (isNotThere(thrown)) return undefined;
    throw thrown;
  }
}

function listIfThere(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (thrown) {
    if (isNotThere(thrown)) return [];
    throw thrown;
  }
}

function isNotThere(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
}

/**
 * Writes a new project: a small one that works, with an agent and a workflow to be changed. Either all of its files are
 * written or none (P7), and no file that is there is ever touched.
 */
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { MycroftError } from "@mycroft/errors";
import { type LinkReport, linkPackages } from "./link-packages.ts";

export interface InitReport {
  readonly folder: string;
  /** Relative to the folder; empty when the project was there and only its links were seen to. */
  readonly created: readonly string[];
  readonly links: LinkReport;
}

const templateFolder = fileURLToPath(new URL("../template", import.meta.url));

/** Some files have another name in the template, where they would speak for it. */
const files: readonly { readonly from: string; readonly to: string }[] = [
  { from: "README.md", to: "README.md" },
  { from: "project-gitignore", to: ".gitignore" },
  { from: "project-tsconfig.json", to: "tsconfig.json" },
  { from: "mycroft.config.ts", to: "mycroft.config.ts" },
  { from: "agents/my-first-agent.ts", to: "agents/my-first-agent.ts" },
  { from: "workflows/my-committee.ts", to: "workflows/my-committee.ts" },
];

/** May lie in a folder that counts as empty. */
const ignoredEntries: ReadonlySet<string> = new Set([".git", ".DS_Store"]);

/**
 * Creates a project in `directory`, or sets the links of the one that is there.
 * @throws {MycroftError} USAGE (no name), PROJECT_EXISTS when something else is there; PROJECT_UNWRITABLE.
 */
export async function initProject(directory: string): Promise<InitReport> {
  if (directory.trim() === "")
    throw new MycroftError("USAGE", "The folder to create a project in has no name.");
  const folder = resolve(directory);
  const isProject = (await findProject(folder)) === "project";
  const created = isProject ? [] : await writeProject(folder);
  try {
    return { folder, created, links: await linkPackages(folder) };
  } catch (thrown) {
    throw unwritable(folder, thrown);
  }
}

async function findProject(folder: string): Promise<"nothing" | "project"> {
  const found = await stat(folder).catch(() => null);
  if (found === null) return "nothing";
  if (!found.isDirectory()) throw exists(folder, "is a file");
  const entries = (await readdir(folder)).filter((entry) => !ignoredEntries.has(entry));
  if (entries.length === 0) return "nothing";
  if (entries.includes("package.json") && (await isMarked(join(folder, "package.json")))) return "project";
  throw exists(folder, `is not empty: it holds ${entries.toSorted().slice(0, 5).join(", ")}`);
}

/** Whether a package.json was written by `mycroft init`. */
async function isMarked(file: string): Promise<boolean> {
  try {
    const { mycroft } = JSON.parse(await readFile(file, "utf8")) as {
      readonly mycroft?: { readonly project?: unknown };
    };
    return mycroft?.project !== undefined;
  } catch {
    return false;
  }
}

async function writeProject(folder: string): Promise<readonly string[]> {
  const firstMade = await makeFolder(folder).catch((thrown: unknown) => {
    throw unwritable(folder, thrown);
  });
  const made: string[] = [];
  try {
    for (const { from, to } of files) {
      await mkdir(dirname(join(folder, to)), { recursive: true });
      made.push(to);
      await copyFile(join(templateFolder, from), join(folder, to));
    }
    // Last, since it marks the folder as a project.
    made.push("package.json");
    await writeFile(join(folder, "package.json"), await packageFile(folder));
    return made.toSorted();
  } catch (thrown) {
    await undo(folder, firstMade, made);
    throw unwritable(folder, thrown);
  }
}

/**
 * Folder by folder: Node's own recursive way never ends where a file system refuses new folders with ENOENT, as /proc.
 * @returns the first one that had to be made.
 */
async function makeFolder(folder: string): Promise<string | undefined> {
  if ((await stat(folder).catch(() => null)) !== null) return undefined;
  const parent = dirname(folder);
  const first = parent === folder ? undefined : await makeFolder(parent);
  await mkdir(folder);
  return first ?? folder;
}

async function packageFile(folder: string): Promise<string> {
  const template = JSON.parse(await readFile(join(templateFolder, "project-package.json"), "utf8")) as object;
  return `${JSON.stringify({ ...template, name: packageName(basename(folder)) }, null, 2)}\n`;
}

/** What npm takes for a name: lower case, no blank, no dot or underscore in front. */
function packageName(folderName: string): string {
  const name = folderName
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/gu, "-")
    .replace(/^[._-]+/u, "")
    .slice(0, 100);
  return name === "" ? "my-project" : name;
}

async function undo(folder: string, firstMade: string | undefined, made: readonly string[]): Promise<void> {
  const leftovers =
    firstMade === undefined ? made.map((file) => join(folder, file.split("/")[0] ?? file)) : [firstMade];
  for (const leftover of leftovers) await rm(leftover, { recursive: true, force: true }).catch(() => {});
}

function exists(folder: string, what: string): MycroftError {
  return new MycroftError(
    "PROJECT_EXISTS",
    `${folder} ${what}. Name a folder that is empty or not there yet, or a project that \`mycroft init\` wrote, to repair its links.`,
    { details: { folder } },
  );
}

function unwritable(folder: string, thrown: unknown): MycroftError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new MycroftError("PROJECT_UNWRITABLE", `The project in ${folder} cannot be written: ${reason}.`, {
    details: { folder },
    cause: thrown,
  });
}

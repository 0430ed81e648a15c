/** The project that a command works on: the user's own, or the one that is built in. */
import { dirname, resolve } from "node:path";
import type { Project } from "@mycroft/sdk";
import type { Invocation } from "../command.ts";
import { readList, readText } from "../read-options.ts";
import { findConfigFile } from "./find-config-file.ts";

export interface OpenProject {
  readonly project: Project;
  /** Null for the built-in project. */
  readonly configFile: string | null;
  /** The absolute path of the folder that holds the project's record. */
  readonly recordFolder: string;
}

type Options = Invocation["options"];

const recordFolderName = ".mycroft";

/**
 * @param directory where the command was called.
 * @throws {MycroftError} CONFIG_NOT_FOUND or CONFIG_INVALID.
 */
export async function openProject(options: Options, directory: string = process.cwd()): Promise<OpenProject> {
  const configFile = findConfigFile(directory, readText(options, "config"));
  if (configFile === null) {
    const { builtInProject } = await import("./built-in-project.ts");
    const project = builtInProject({ hasFacts: readList(options, "facts").length > 0 });
    return { project, configFile, recordFolder: statedFolder(options, directory) };
  }
  const { loadConfigFile } = await import("./config-file.ts");
  const project = await loadConfigFile(configFile);
  const isOverruled = readText(options, "folder") !== undefined;
  const ownFolder = resolve(dirname(configFile), project.folder);
  return { project, configFile, recordFolder: isOverruled ? statedFolder(options, directory) : ownFolder };
}

/**
 * Where the record lies, for commands that need nothing else of the project: a configuration is loaded only if it has
 * the say.
 * @throws {MycroftError} CONFIG_NOT_FOUND or CONFIG_INVALID.
 */
export async function findRecordFolder(options: Options, directory: string = process.cwd()): Promise<string> {
  const isOverruled = readText(options, "folder") !== undefined;
  if (isOverruled || findConfigFile(directory, readText(options, "config")) === null) {
    return statedFolder(options, directory);
  }
  return (await openProject(options, directory)).recordFolder;
}

function statedFolder(options: Options, directory: string): string {
  return resolve(directory, readText(options, "folder") ?? ".", recordFolderName);
}

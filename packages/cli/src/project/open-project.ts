/** The project that a command works on: the user's own, or the one that is built in. */
import { dirname, resolve } from "node:path";
import type { Project } from "@mycroft/sdk";
import type { Invocation } from "../command.ts";
import { readText } from "../read-options.ts";

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
  const { findConfigFile, loadConfigFile } = await import("./config-file.ts");
  const configFile = findConfigFile(directory, readText(options, "config"));
  if (configFile === null) {
    const { builtInProject } = await import("./built-in-project.ts");
    return { project: builtInProject(), configFile, recordFolder: stated(options, directory) };
  }
  const project = await loadConfigFile(configFile);
  const own = resolve(dirname(configFile), project.folder);
  const isOverruled = readText(options, "folder") !== undefined;
  return { project, configFile, recordFolder: isOverruled ? stated(options, directory) : own };
}

/**
 * Where the record lies, for commands that need nothing else of the project: a configuration is loaded only if it has
 * the say.
 * @throws {MycroftError} CONFIG_NOT_FOUND or CONFIG_INVALID.
 */
export async function findRecordFolder(options: Options, directory: string = process.cwd()): Promise<string> {
  if (readText(options, "folder") !== undefined) return stated(options, directory);
  const { existsSync } = await import("node:fs");
  const isBuiltIn =
    readText(options, "config") === undefined && !existsSync(resolve(directory, "mycroft.config.ts"));
  return isBuiltIn ? stated(options, directory) : (await openProject(options, directory)).recordFolder;
}

function stated(options: Options, directory: string): string {
  return resolve(directory, readText(options, "folder") ?? ".", recordFolderName);
}

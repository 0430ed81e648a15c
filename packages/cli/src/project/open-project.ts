/** The project that a command works on: the user's own, or the one that is built in. */
import { dirname, resolve } from "node:path";
import type { Project } from "@mycroft/sdk";
import type { Invocation } from "../command.ts";
import { readList, readText } from "../read-options.ts";
import { findConfigFile } from "./find-config-file.ts";
import { type FolderPlace, type RecordPlace, readRecordPlace } from "./host-settings.ts";

export interface OpenProject {
  readonly project: Project;
  /** Null for the built-in project. */
  readonly configFile: string | null;
  /** The absolute path of the folder of what is kept on this machine: runs, unless a cluster has them, and backtests. */
  readonly recordFolder: string;
  /** Where the project's runs are. */
  readonly place: RecordPlace;
}

/** A project whose runs are in a folder. */
export interface FolderProject extends OpenProject {
  readonly place: FolderPlace;
}

type Options = Invocation["options"];

const recordFolderName = ".mycroft";

/**
 * @param directory where the command was called.
 * @throws {MycroftError} CONFIG_NOT_FOUND or CONFIG_INVALID; HOST_INVALID.
 */
export async function openProject(options: Options, directory: string = process.cwd()): Promise<OpenProject> {
  const configFile = findConfigFile(directory, readText(options, "config"));
  if (configFile === null) {
    const { builtInProject } = await import("./built-in-project.ts");
    const project = builtInProject({ hasFacts: readList(options, "facts").length > 0 });
    const place = unconfiguredPlace(options, directory);
    return {
      project,
      configFile,
      place,
      recordFolder: folderOf(place, resolve(directory, recordFolderName)),
    };
  }
  const { loadConfigFile } = await import("./config-file.ts");
  const project = await loadConfigFile(configFile);
  const usualFolder = resolve(dirname(configFile), project.folder);
  const { host } = project;
  const place = readRecordPlace({ options, env: process.env, host, directory, usualFolder });
  return { project, configFile, place, recordFolder: folderOf(place, usualFolder) };
}

/**
 * Where the record is, for commands that need nothing else of the project: a configuration is loaded only if it has
 * the say.
 * @throws {MycroftError} CONFIG_NOT_FOUND or CONFIG_INVALID; HOST_INVALID.
 */
export async function findRecordPlace(
  options: Options,
  directory: string = process.cwd(),
): Promise<RecordPlace> {
  const isOverruled = readText(options, "folder") !== undefined;
  if (isOverruled || findConfigFile(directory, readText(options, "config")) === null) {
    return unconfiguredPlace(options, directory);
  }
  return (await openProject(options, directory)).place;
}

/** As `recordFolder` of the project, without more of it than is needed to say so. */
export async function findRecordFolder(options: Options, directory: string = process.cwd()): Promise<string> {
  const isOverruled = readText(options, "folder") !== undefined;
  if (isOverruled || findConfigFile(directory, readText(options, "config")) === null) {
    return folderOf(unconfiguredPlace(options, directory), resolve(directory, recordFolderName));
  }
  return (await openProject(options, directory)).recordFolder;
}

function folderOf(place: RecordPlace, usualFolder: string): string {
  return place.kind === "folder" ? place.folder : usualFolder;
}

function unconfiguredPlace(options: Options, directory: string): RecordPlace {
  const usualFolder = resolve(directory, recordFolderName);
  return readRecordPlace({ options, env: process.env, host: {}, directory, usualFolder });
}

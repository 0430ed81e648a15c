/**
 * Loads a user's `mycroft.config.ts`. Whatever is wrong with it is CONFIG_INVALID with the file and, where it can be
 * told, the line: the user's own code runs here, and may fail in any way.
 */
import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { MycroftError } from "@mycroft/errors";
import { checkProject, type Project } from "@mycroft/sdk";

/** @throws {MycroftError} CONFIG_INVALID. */
export async function loadConfigFile(file: string): Promise<Project> {
  const exported = await importConfig(file);
  if (!isProject(exported)) {
    throw new MycroftError(
      "CONFIG_INVALID",
      `${file} has no usable default export. It must end in \`export default defineConfig({ workflows: [...] })\`, with ` +
        "defineConfig from @mycroft/sdk.",
      { details: { file } },
    );
  }
  try {
    checkProject(exported);
  } catch (thrown) {
    throw invalid(file, thrown);
  }
  return exported;
}

async function importConfig(file: string): Promise<unknown> {
  const stuck = Promise.withResolvers<never>();
  const onStuck = () => stuck.reject(new Error("it waits for something that can never come"));
  process.once("beforeExit", onStuck);
  try {
    const module: { readonly default?: unknown } = await Promise.race([
      import(pathToFileURL(file).href),
      stuck.promise,
    ]);
    return module.default;
  } catch (thrown) {
    throw invalid(file, thrown);
  } finally {
    process.off("beforeExit", onStuck);
  }
}

/** By its marks, not by identity, so that a second copy of the SDK makes projects too. */
function isProject(value: unknown): value is Project {
  return typeof value === "object" && value !== null && Reflect.get(value, "kind") === "project";
}

function invalid(file: string, thrown: unknown): MycroftError {
  const place = placeOf(thrown, dirname(file));
  const where = place === null ? file : `${place.file}, line ${place.line}`;
  const text = thrown instanceof Error ? thrown.message : `it threw ${String(thrown)}`;
  const sentence = /[.?!]$/u.test(text) ? text : `${text}.`;
  const isOwnCode = !(thrown instanceof MycroftError) || thrown.code === "CONFIG_INVALID";
  const stated = thrown instanceof MycroftError ? thrown.details : undefined;
  return new MycroftError("CONFIG_INVALID", `${where}: ${sentence}${linkHint(file, thrown)}`, {
    details: {
      ...stated,
      file: place?.file ?? file,
      ...(place === null ? {} : { line: place.line }),
      ...(isOwnCode ? {} : { reason: thrown.code }),
    },
    cause: thrown,
  });
}

/**
 * The innermost place in the user's own files that a stack names: for a syntax error the line above its text, for
 * anything else the first frame inside `folder`.
 */
function placeOf(thrown: unknown, folder: string): { readonly file: string; readonly line: number } | null {
  const stack = thrown instanceof Error ? (thrown.stack ?? "") : "";
  const folders = [folder, realpathSync(folder)];
  for (const line of stack.split("\n")) {
    const found = /^(?:\s+at .*?\(?)?(file:\/\/\/.+?|\/.+?|[A-Za-z]:\\.+?):(\d+)(?::\d+)?\)?$/u.exec(line);
    const [, place = "", number = ""] = found ?? [];
    if (place === "") continue;
    const file = place.startsWith("file:") ? fileURLToPath(place) : place;
    const isOwn = folders.some((one) => file.startsWith(one)) && !/[\\/]node_modules[\\/]/u.test(file);
    if (isOwn) return { file, line: Number(number) };
  }
  return null;
}

/** Said when the configuration asks for a package, and its folder cannot reach Mycroft's at all. */
function linkHint(file: string, thrown: unknown): string {
  if (!(thrown instanceof Error) || Reflect.get(thrown, "code") !== "ERR_MODULE_NOT_FOUND") return "";
  try {
    createRequire(file).resolve("@mycroft/sdk");
    return "";
  } catch {
    return (
      " Mycroft's packages cannot be reached from this folder. `mycroft init <dir>` writes a project that is linked to them: " +
      "begin with that one and bring your files along."
    );
  }
}

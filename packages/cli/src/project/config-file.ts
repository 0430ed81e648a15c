/**
 * Loads a user's `mycroft.config.ts`. Whatever is wrong with it is CONFIG_INVALID with the file and, where it can be
 * told, the line: the user's own code runs here, and may fail in any way.
 */
import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { checkProject, type Project } from "@mycroft/sdk";

/** How long a configuration's own top-level code may take. */
const loadLimitMs = 60_000;

/** @throws {MycroftError} CONFIG_INVALID. */
export async function loadConfigFile(file: string, { limitMs = loadLimitMs } = {}): Promise<Project> {
  const { exported } = await importConfig(file, limitMs);
  try {
    if (isProject(exported)) {
      checkProject(exported);
      return exported;
    }
  } catch (thrown) {
    throw invalid(file, thrown);
  }
  throw new MycroftError(
    "CONFIG_INVALID",
    `${file} has no usable default export. It must end in \`export default defineConfig({ workflows: [...] })\`, with ` +
      "defineConfig from @mycroft/sdk.",
    { details: { file } },
  );
}

/** The export is wrapped: a promise would look into it, and it may throw when it is looked at. */
async function importConfig(file: string, limitMs: number): Promise<{ readonly exported: unknown }> {
  const stuck = Promise.withResolvers<never>();
  const onStuck = () => stuck.reject(new Error("it waits for something that can never come"));
  process.once("beforeExit", onStuck);
  const onLate = () => stuck.reject(new Error(`it was not loaded within the limit of ${limitMs} ms`));
  // It must not itself be what keeps a process alive that waits for something that can never come.
  const limit = setTimeout(onLate, limitMs).unref();
  try {
    const module: { readonly default?: unknown } = await Promise.race([
      import(pathToFileURL(file).href),
      stuck.promise,
    ]);
    return { exported: module.default };
  } catch (thrown) {
    throw invalid(file, thrown);
  } finally {
    clearTimeout(limit);
    process.off("beforeExit", onStuck);
  }
}

/** By its marks, not by identity, so that a second copy of the SDK makes projects too. */
function isProject(value: unknown): value is Project {
  if (typeof value !== "object" || value === null || Reflect.get(value, "kind") !== "project") return false;
  return ["workflows", "agents", "functions", "policies"].every((list) => {
    const entries: unknown = Reflect.get(value, list);
    return Array.isArray(entries) && entries.every((entry) => typeof entry === "object" && entry !== null);
  });
}

function invalid(file: string, thrown: unknown): MycroftError {
  const place = placeOf(thrown, dirname(file));
  const where = place === null ? file : `${place.file}, line ${place.line}`;
  const { message } = asMycroftError(thrown);
  const text = isError(thrown) ? message : `it threw ${message}`;
  const sentence = /[.?!]$/u.test(text) ? text : `${text}.`;
  const isOwnCode = !isError(thrown) || !(thrown instanceof MycroftError) || thrown.code === "CONFIG_INVALID";
  const stated = isError(thrown) && thrown instanceof MycroftError ? thrown.details : undefined;
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
  const stack = stackOf(thrown);
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

/** What is thrown may itself throw when it is looked at. */
function isError(thrown: unknown): thrown is Error {
  return Error.isError(thrown);
}

function stackOf(thrown: unknown): string {
  try {
    return isError(thrown) ? String(thrown.stack) : "";
  } catch {
    return "";
  }
}

/** Said when the configuration asks for a package, and its folder cannot reach Mycroft's at all. */
function linkHint(file: string, thrown: unknown): string {
  if (!isError(thrown) || Reflect.get(thrown, "code") !== "ERR_MODULE_NOT_FOUND") return "";
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

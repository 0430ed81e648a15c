/** The programs of others that tests need: database servers, and a browser. Each is installed, or its tests skipped, alike. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import {
  findServer,
  installCommands,
  type ServerKind,
  serverKinds,
  servers,
} from "@mycroft/distributed/testing";

export type TestProgram = ServerKind | "chromium";

interface ProgramFacts {
  /** For people. */
  readonly name: string;
  readonly debianPackage: string;
  readonly brewFormula: string;
}

export const testPrograms: Readonly<Record<TestProgram, ProgramFacts>> = {
  ...servers,
  chromium: { name: "Chromium", debianPackage: "chromium", brewFormula: "chromium" },
};

export const testProgramKinds: readonly TestProgram[] = [...serverKinds, "chromium"];

/** In the order in which they are tried: Debian, Ubuntu and others, then Google's own. */
const chromiumNames = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const chromiumOnMac = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Null where there is none. */
export function findTestProgram(kind: TestProgram, env: NodeJS.ProcessEnv = process.env): string | null {
  return kind === "chromium" ? findChromium(env) : findServer(kind, env);
}

/** Never on Windows, where none of the programs is looked for. */
function findChromium(env: NodeJS.ProcessEnv): string | null {
  if (process.platform === "win32") return null;
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const onPath = chromiumNames.flatMap((name) => folders.map((folder) => join(folder, name)));
  const installed = process.platform === "darwin" ? chromiumOnMac : [];
  return [...onPath, ...installed].find(isExecutable) ?? null;
}

/** How people get them. */
export function commandsToInstall(...kinds: readonly TestProgram[]): string {
  // Where there is nothing to type, that is all there is to say.
  if (process.platform === "win32") return installCommands();
  const packages = kinds.map((kind) => testPrograms[kind].debianPackage).join(" ");
  const formulas = kinds.map((kind) => testPrograms[kind].brewFormula).join(" ");
  return `apt-get install ${packages} (Debian, Ubuntu) or brew install ${formulas} (macOS)`;
}

/** What tests say that are skipped for want of this program. */
export function missingProgram(kind: TestProgram): string {
  return `There is no ${testPrograms[kind].name} on this machine; to have it: ${commandsToInstall(kind)}.`;
}

/** As `skip` of a test or suite that needs the browser. On CI (`CI=true`) a missing one is an error instead. */
export function whyNoChromium(): string | false {
  if (findTestProgram("chromium") !== null) return false;
  const reason = missingProgram("chromium");
  if (process.env["CI"] === "true") throw new Error(`${reason} With CI=true that is a failure.`);
  return reason;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What `npm test` does about programs that its tests need: installs them where it may, and says loudly where it may not. */
import { relative } from "node:path";
import { hasApt, installWithApt, type Machine } from "./install-with-apt.ts";
import { filesThatNeed } from "./test-files.ts";
import { commandsToInstall, type TestProgram, testProgramKinds, testPrograms } from "./test-programs.ts";

export interface Surroundings extends Machine {
  readonly isRoot: boolean;
  readonly find: (kind: TestProgram) => string | null;
  /** The root of the project, and all its tests. */
  readonly root: string;
  readonly testFiles: readonly string[];
  readonly say: (text: string) => void;
}

/** Whether the tests may begin: on CI (`CI=true`) only with every program. */
export function provideServers(here: Surroundings): boolean {
  const missing = listMissing(here);
  if (missing.length === 0) return true;
  const hindrance = install(missing, here);
  const stillMissing = listMissing(here);
  if (stillMissing.length === 0) return true;
  const onCi = here.env["CI"] === "true";
  for (const kind of stillMissing) {
    const files = filesThatNeed(kind, here.testFiles).map((file) => `\n    ${relative(here.root, file)}`);
    const consequence = onCi ? "and with CI=true that is a failure" : "so that these skip what needs it";
    here.say(
      `⚠ NOT TESTED: there is no ${testPrograms[kind].name} on this machine, ${consequence}:${files.join("")}`,
    );
  }
  here.say(`⚠ To have it tested: ${commandsToInstall(...stillMissing)}\n  (${hindrance})\n`);
  return !onCi;
}

function listMissing({ find }: Surroundings): readonly TestProgram[] {
  return testProgramKinds.filter((kind) => find(kind) === null);
}

/** Why not all of them are there now, should one be missing still. */
function install(missing: readonly TestProgram[], here: Surroundings): string {
  if (here.env["MYCROFT_INSTALL_SERVERS"] === "no") return "Not installed here: MYCROFT_INSTALL_SERVERS=no.";
  if (!here.isRoot || !hasApt(here)) return "Installed here only for root, and with apt-get.";
  const packages = missing.map((kind) => testPrograms[kind].debianPackage);
  here.say(
    `Installing ${packages.join(" and ")} for the tests, with apt-get (once; no service is started; MYCROFT_INSTALL_SERVERS=no forbids it) ...`,
  );
  const services = missing
    .filter((kind) => kind !== "chromium")
    .map((kind) => testPrograms[kind].debianPackage);
  const failure = installWithApt({ packages, services }, here);
  return failure === null
    ? "apt-get installed them, and yet they are not found."
    : `apt-get failed: ${failure}`;
}

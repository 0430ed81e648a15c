/** `npm run web:build`: builds the web application unless there is a build of these sources. Exit code 1 when it fails. */
import { buildWeb } from "@mycroft/cli";
import { initialScriptBytes } from "./initial-script.ts";

const startedAt = performance.now();
const build = await buildWeb();
if (build.kind === "ready") {
  const size = `${(initialScriptBytes(build.folder) / 1_000).toFixed(0)} kB of script to begin with (gzip)`;
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(
    `The web application is ${build.wasBuilt ? `built, in ${seconds} s` : "up to date"}: ${size}, in ${build.folder}`,
  );
} else {
  console.error(`The web application could not be built: ${build.reason}`);
  process.exitCode = 1;
}

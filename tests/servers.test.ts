/** What `npm test` does when servers are missing, against stand-ins for apt-get and for the machine. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { findTests } from "../scripts/find-tests.ts";
import { provideServers } from "../scripts/servers/provide-servers.ts";
import { filesThatNeed } from "../scripts/servers/test-files.ts";
import { commandsToInstall, findTestProgram, type TestProgram } from "../scripts/servers/test-programs.ts";

/**
 * Sees the machine's own programs, which the code under test never does: the real apt-get is out of its reach. Writes down
 * its words and what a package's own scripts would find; fails as often as FAKE_FAILURES says.
 */
const fakeApt = `#!/bin/sh
PATH=/usr/bin:/bin
[ "$1" = --version ] && exit 0
echo "$DEBIAN_FRONTEND $*" >> "$FAKE_ROOT/apt.log"
"$FAKE_ROOT/usr/sbin/policy-rc.d"; echo "may start: $?" >> "$FAKE_ROOT/seen.log"
cat "$FAKE_ROOT/etc/postgresql-common/createcluster.conf" >> "$FAKE_ROOT/seen.log"
if [ "$(wc -l < "$FAKE_ROOT/apt.log")" -le "$FAKE_FAILURES" ]; then echo "E: no such package" >&2; exit 100; fi
case "$*" in *install*) touch "$FAKE_ROOT/installed";; esac
`;
const fakeUpdateRc = `#!/bin/sh\necho "$*" >> "$FAKE_ROOT/rc.log"\n`;

const unixOnly = process.platform === "win32" && "the stand-ins are shell scripts";

test("the browser is the first on the path, by Debian's name or another", { skip: unixOnly }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "mycroft browser "));
  const file = join(folder, "chromium-browser");
  await writeFile(file, "");
  const env = { PATH: `/nowhere:${folder}` };
  const elsewhere = process.platform === "darwin" ? findTestProgram("chromium", {}) : null;
  assert.equal(findTestProgram("chromium", env), elsewhere, "it may not be run");
  await chmod(file, 0o755);
  assert.equal(findTestProgram("chromium", env), file);
  await rm(folder, { recursive: true });
});

describe("npm test without a server", { skip: unixOnly }, () => {
  let root: string;
  let said: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "mycroft servers "));
    said = "";
    await plant("bin/apt-get", fakeApt, 0o755);
    await plant("bin/update-rc.d", fakeUpdateRc, 0o755);
    await plant("needs.test.ts", 'test("a", { skip: whyNoRedis() });\n');
    await plant("needs-not.test.ts", "test();\n");
  });

  afterEach(() => rm(root, { recursive: true }));

  test("says and does nothing when there are all", async () => {
    assert.equal(provide({ found: ["postgres", "redis", "chromium"], env: { CI: "true" } }), true);
    assert.equal(said, "");
    assert.equal(await logOf("apt.log"), null);
  });

  test("installs what is missing, as root, and says so in one line", async () => {
    assert.equal(provide({ found: ["postgres", "chromium"] }), true);
    assert.match(said, /^Installing redis-server for the tests[^\n]*\n$/);
    const words = "install --yes --no-install-recommends redis-server";
    assert.match((await logOf("apt.log")) ?? "", new RegExp(`^noninteractive [^\\n]* ${words}\\n$`));
  });

  test("installs the browser in the same way; it brings no service", async () => {
    assert.equal(provide({ found: ["postgres", "redis"] }), true);
    assert.match((await logOf("apt.log")) ?? "", / install --yes --no-install-recommends chromium\n$/);
    assert.equal(await logOf("rc.log"), null);
  });

  test("lets no service start, now or with the machine, and no cluster be made; and leaves no trace of that", async () => {
    await plant("usr/share/postgresql-common/createcluster.conf", "the package's own\n");
    provide({});
    assert.equal(await logOf("seen.log"), "may start: 101\n\ncreate_main_cluster = false\n");
    assert.equal(await logOf("rc.log"), "postgresql disable\nredis-server disable\n");
    assert.equal(await logOf("usr/sbin/policy-rc.d"), null);
    assert.equal(await logOf("etc/postgresql-common/createcluster.conf"), "the package's own\n");
  });

  test("leaves an administrator's settings as they were, even when apt-get fails", async () => {
    await plant("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 104\n", 0o755);
    await plant("etc/postgresql-common/createcluster.conf", "mine\n");
    provide({ env: { FAKE_FAILURES: "9" } });
    assert.match((await logOf("seen.log")) ?? "", /^may start: 104\nmine\n\ncreate_main_cluster = false\n/);
    assert.equal(await logOf("usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 104\n");
    assert.equal(await logOf("etc/postgresql-common/createcluster.conf"), "mine\n");
  });

  test("brings the lists of packages up to date only when it has to", async () => {
    assert.equal(provide({ env: { FAKE_FAILURES: "1" } }), true);
    const verbs = [...((await logOf("apt.log")) ?? "").matchAll(/ (install|update)/g)].map(
      ([, verb]) => verb,
    );
    assert.deepEqual(verbs, ["install", "update", "install"]);
  });

  test("says aloud what will not be tested when it may not install, and goes on", async () => {
    assert.equal(provide({ found: ["postgres", "chromium"], isRoot: false }), true);
    assert.match(said, /⚠ NOT TESTED: there is no Redis .* skip what needs it:\n {4}needs\.test\.ts\n/);
    assert.ok(said.includes(`⚠ To have it tested: ${commandsToInstall("redis")}\n`), said);
    assert.doesNotMatch(said, /needs-not/);
    assert.equal(await logOf("apt.log"), null);
  });

  test("the same where there is no apt-get, where it fails, and where it is told not to", async () => {
    provide({ env: { FAKE_FAILURES: "9" } });
    assert.match(said, /no Postgres .*no Redis .*no Chromium .*apt-get failed: E: no such package/s);
    said = "";
    provide({ env: { MYCROFT_INSTALL_SERVERS: "no" } });
    assert.match(said, /NOT TESTED.*MYCROFT_INSTALL_SERVERS=no\./s);
    said = "";
    await rm(join(root, "bin"), { recursive: true });
    provide({});
    assert.match(said, /NOT TESTED.*only for root, and with apt-get\./s);
  });

  test("fails on CI, with the same words", () => {
    assert.equal(provide({ found: ["postgres", "chromium"], isRoot: false, env: { CI: "true" } }), false);
    assert.match(
      said,
      /⚠ NOT TESTED: there is no Redis .*CI=true.*needs\.test\.ts.*apt-get install redis-server/s,
    );
  });

  interface Changes {
    readonly found?: readonly TestProgram[];
    readonly isRoot?: boolean;
    readonly env?: NodeJS.ProcessEnv;
  }

  function provide({ found = [], isRoot = true, env = {} }: Changes): boolean {
    const installed = new Set<TestProgram>(found);
    return provideServers({
      systemFolder: root,
      env: { PATH: join(root, "bin"), FAKE_ROOT: root, FAKE_FAILURES: "0", ...env },
      isRoot,
      find: (kind) => (installed.has(kind) || isThere("installed") ? `/programs/${kind}` : null),
      root,
      testFiles: [join(root, "needs.test.ts"), join(root, "needs-not.test.ts")],
      say: (text) => {
        said += `${text}\n`;
      },
    });
  }

  function isThere(path: string): boolean {
    return existsSync(join(root, path));
  }

  async function plant(path: string, text: string, mode = 0o644): Promise<void> {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    await chmod(join(root, path), mode);
  }

  function logOf(path: string): Promise<string | null> {
    return readFile(join(root, path), "utf8").catch(() => null);
  }
});

test("every test that starts a server says what becomes of it where there is none", async () => {
  const starters = {
    postgres: /\bstartPostgres\(/,
    redis: /\bstartPrivateRedis\(/,
    chromium: /\bopenScene\(/,
  };
  const files = findTests();
  for (const kind of ["postgres", "redis", "chromium"] as const) {
    const asking = new Set(filesThatNeed(kind, files));
    assert.ok(asking.size > 0);
    for (const file of files) {
      if (starters[kind].test(await readFile(file, "utf8"))) assert.ok(asking.has(file), file);
    }
  }
});

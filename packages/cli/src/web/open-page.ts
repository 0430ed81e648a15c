/**
 * Opens the page in the browser of whoever sits at this machine. The address holds a token, and what a program is started with
 * can be read by everybody on the machine: so the browser is given a file that only this user can read, which leads on.
 */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface Desk {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** Whether somebody reads what is printed. */
  readonly isTerminal: boolean;
}

/** Where nobody has a screen on this machine, as far as can be known, nothing is opened. */
export function hasDesktop({ env, platform, isTerminal }: Desk): boolean {
  if (!isTerminal || isSet(env["CI"]) || isSet(env["SSH_CONNECTION"]) || isSet(env["SSH_TTY"])) return false;
  if (platform === "win32" || platform === "darwin") return true;
  return isSet(env["DISPLAY"]) || isSet(env["WAYLAND_DISPLAY"]);
}

const fileName = "open-page.html";

/**
 * Resolves when the browser has been told, or could not be: a page that does not open is no failure, for its address is printed.
 * @param folder where the file may lie, with the record say.
 * @returns takes the file away again.
 */
export async function openPage(url: string, folder: string): Promise<() => Promise<void>> {
  const file = join(folder, fileName);
  const forget = () => rm(file, { force: true });
  try {
    await forget();
    await writeFile(file, leadingTo(url), { mode: 0o600, flag: "wx" });
    const { default: open } = await import("open");
    const browser = await open(file);
    // There may be no browser.
    browser.on("error", () => {});
  } catch {
    await forget().catch(() => {});
  }
  return () => forget().catch(() => {});
}

function leadingTo(url: string): string {
  const address = url.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return (
    `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer">` +
    `<meta http-equiv="refresh" content="0; url=${address}"><title>Mycroft</title>\n` +
    `<p><a href="${address}">To Mycroft's page</a></p>\n`
  );
}

/** As build services and shells set it. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false"].includes(value.toLowerCase());
}

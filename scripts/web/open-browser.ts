/** Chromium, without a window, without anything that it asks the network for by itself, and with nothing kept. */
import { type Browser, chromium } from "playwright-core";
import { findTestProgram, missingProgram } from "../servers/test-programs.ts";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function openBrowser(): Promise<Browser> {
  const executablePath = findTestProgram("chromium");
  if (executablePath === null) throw new Error(missingProgram("chromium"));
  return chromium.launch({ executablePath, args: flags, headless: true });
}

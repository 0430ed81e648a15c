/** What the kinds of nodes are called, and their icons. */
import type { IconName } from "../design/icon.tsx";

const icons: Readonly<Record<string, IconName>> = {
  ask: "agents",
  call: "bolt",
  resolve: "half",
  map: "layers",
  repeat: "retry",
  run: "runs",
  approve: "hand",
  waitFor: "flag",
  sleep: "moon",
};

const words: Readonly<Record<string, string>> = {
  ask: "asks agents",
  call: "function",
  resolve: "resolves",
  map: "for each",
  repeat: "rounds",
  run: "child run",
  approve: "approval",
  waitFor: "signal",
  sleep: "sleep",
};

/** A kind that is not known yet, of a newer server, is shown by its name. */
export function kindLook(kind: string): { readonly icon: IconName; readonly word: string } {
  return { icon: icons[kind] ?? "circle", word: words[kind] ?? kind };
}

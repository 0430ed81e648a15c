/** Which colour scheme is shown: the system's unless a person has chosen one. Kept in step with public/color-scheme.js. */
import { useSyncExternalStore } from "react";

export type ColorScheme = "light" | "dark";
export type SchemeChoice = ColorScheme | "system";

const storageKey = "mycroft.colorScheme";
const systemIsDark = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

systemIsDark.addEventListener("change", tell);

export function chooseScheme(choice: SchemeChoice): void {
  const { dataset } = document.documentElement;
  if (choice === "system") delete dataset["colorScheme"];
  else dataset["colorScheme"] = choice;
  try {
    if (choice === "system") localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, choice);
  } catch {
    // Storage may be forbidden: then the choice lasts as long as the page.
  }
  tell();
}

export function useSchemeChoice(): SchemeChoice {
  return useSyncExternalStore(subscribe, readChoice);
}

/** The scheme in force, for what draws on a canvas and cannot follow CSS. */
export function useColorScheme(): ColorScheme {
  return useSyncExternalStore(subscribe, () => {
    const choice = readChoice();
    if (choice !== "system") return choice;
    return systemIsDark.matches ? "dark" : "light";
  });
}

function readChoice(): SchemeChoice {
  const chosen = document.documentElement.dataset["colorScheme"];
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}

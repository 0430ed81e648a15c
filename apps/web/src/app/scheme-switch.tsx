/** Light, dark, or as the system has it. */
import { IconButton } from "../design/button.tsx";
import { chooseScheme, type SchemeChoice, useSchemeChoice } from "../design/color-scheme.ts";
import type { IconName } from "../design/icon.tsx";

const after: Readonly<Record<SchemeChoice, SchemeChoice>> = {
  system: "light",
  light: "dark",
  dark: "system",
};
const icons: Readonly<Record<SchemeChoice, IconName>> = { system: "screen", light: "sun", dark: "moon" };

export function SchemeSwitch() {
  const choice = useSchemeChoice();
  const next = after[choice];
  return (
    <IconButton
      icon={icons[choice]}
      label={`Colours: ${choice}. Change to ${next}`}
      onClick={() => chooseScheme(next)}
    />
  );
}

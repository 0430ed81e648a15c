// Runs before the first paint, so that a chosen scheme does not flash in the other. Kept in step with src/design/color-scheme.ts.
try {
  const chosen = localStorage.getItem("mycroft.colorScheme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.colorScheme = chosen;
} catch {
  // Storage may be forbidden; then the system's scheme it is.
}

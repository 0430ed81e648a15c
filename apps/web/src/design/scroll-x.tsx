/** What may be wider than its place scrolls within itself, also by the keyboard, and never the page. */
import type { ReactNode } from "react";

export function ScrollX({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: What scrolls must be reachable by the keyboard (WCAG 2.1.1).
    <section className="scroll-x" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

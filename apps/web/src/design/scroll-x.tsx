/** What may be larger than its place scrolls within itself, also by the keyboard, and never the page. */
import type { ReactNode } from "react";

interface ScrollXProps {
  /** What it holds; read aloud. */
  readonly label: string;
  /** In place of sideways scrolling alone. */
  readonly className?: string;
  readonly children: ReactNode;
}

export function ScrollX({ label, className = "scroll-x", children }: ScrollXProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: A fieldset is for controls, and a region for each table is one landmark too many.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: What scrolls must be reachable by the keyboard (WCAG 2.1.1).
    <div className={className} role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

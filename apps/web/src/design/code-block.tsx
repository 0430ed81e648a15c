/** Text as it is, such as a command or a stack: in a frame of its own, with a button that copies it. */
import "./values.css";
import { CopyButton } from "./hash.tsx";
import { SafeText } from "./safe-text.tsx";

export function CodeBlock({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: What scrolls must be reachable by the keyboard (WCAG 2.1.1).
    <section className="code-block" aria-label={label} tabIndex={0}>
      <pre>
        <SafeText text={text} foldAt={4_000} />
      </pre>
      <CopyButton text={text} label={`Copy ${label}`} />
    </section>
  );
}

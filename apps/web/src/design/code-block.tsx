/** Text as it is, such as a command or a stack: in a frame of its own, with a button that copies it. */
import "./values.css";
import { CopyButton } from "./hash.tsx";
import { SafeText } from "./safe-text.tsx";
import { ScrollX } from "./scroll-x.tsx";

export function CodeBlock({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <ScrollX className="code-block" label={label}>
      <pre>
        <SafeText text={text} foldAt={4_000} />
      </pre>
      <CopyButton text={text} label={`Copy ${label}`} />
    </ScrollX>
  );
}

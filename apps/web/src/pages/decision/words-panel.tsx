/** The explanation in words, as the record gives it. */
import type { DecisionDetail } from "@mycroft/protocol";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";

export function WordsPanel({ detail }: { readonly detail: DecisionDetail }) {
  return (
    <Panel title="In words">
      <div className="words">
        {detail.explanation.sections.map(({ title, sentences }, section) => (
          <details key={title} open={section < 3}>
            <summary>{title}</summary>
            <ul>
              {sentences.map((sentence, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: Sentences of a record never change places.
                <li key={index}>
                  <SafeText text={sentence} foldAt={700} />
                </li>
              ))}
            </ul>
          </details>
        ))}
      </div>
    </Panel>
  );
}

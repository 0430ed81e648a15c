/** Text of agents, users and files: hidden characters are shown by their code, its direction touches nothing beside it, and what is long is folded. */
import "./safe-text.css";
import { useState } from "react";
import { formatCount } from "./format.ts";
import { cutText, visiblePieces } from "./visible-text.ts";

interface SafeTextProps {
  readonly text: string;
  /** Characters that are shown before a person asks for more. */
  readonly foldAt?: number;
}

/** However long a text is, no more than this is put on the page at once. */
const mostShown = 50_000;
/** Not worth a fold: about a line. */
const fewCharacters = 80;

export function SafeText({ text, foldAt = 500 }: SafeTextProps) {
  const [isOpen, setIsOpen] = useState(false);
  // What is hardly longer is shown whole: a fold for a few words hides more than it saves.
  const fold = text.length <= Math.max(1.3 * foldAt, foldAt + fewCharacters) ? text.length : foldAt;
  const shown = cutText(text, isOpen ? mostShown : fold);
  const omitted = text.length - shown.length;
  return (
    <bdi className="safe-text">
      {visiblePieces(shown).map((piece, index) =>
        piece.hidden === null ? (
          piece.text
        ) : (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: The pieces of one text never change places.
            key={index}
            className="hidden-character"
            title={`The character ${piece.hidden}, not shown as it is`}
          >
            {piece.hidden}
          </span>
        ),
      )}
      {omitted > 0 && (
        <>
          {"\u2026 "}
          {isOpen ? (
            <span className="quiet">({formatCount(omitted)} more characters are left out)</span>
          ) : (
            <button type="button" className="text-button" onClick={() => setIsOpen(true)}>
              {formatCount(omitted)} more characters
            </button>
          )}
        </>
      )}
    </bdi>
  );
}

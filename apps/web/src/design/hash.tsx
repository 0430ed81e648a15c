/** A content hash: its beginning, which tells it apart, and a button that copies it whole. */
import "./values.css";
import { useState } from "react";
import { IconButton } from "./button.tsx";

const shownCharacters = 12;

export function Hash({ hash, label = "hash" }: { readonly hash: string; readonly label?: string }) {
  return (
    <span className="hash">
      <code title={hash}>{hash.slice(0, shownCharacters)}</code>
      <CopyButton text={hash} label={`Copy the ${label}`} />
    </span>
  );
}

export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const onClick = (): void => {
    // Without a secure context there is no clipboard; then nothing is claimed.
    void navigator.clipboard?.writeText(text).then(
      () => setIsCopied(true),
      () => setIsCopied(false),
    );
  };
  return (
    <IconButton
      className="copy-button"
      icon={isCopied ? "check" : "copy"}
      label={isCopied ? "Copied" : label}
      onClick={onClick}
      onBlur={() => setIsCopied(false)}
    />
  );
}

/** A name that others gave, such as an agent's: short, harmless, and fit to stand within a link or a button. */
import { plainText } from "./visible-text.ts";

interface NameProps {
  readonly name: string;
  /** Characters that are shown; its title has more. */
  readonly maxLength?: number;
}

export function Name({ name, maxLength = 60 }: NameProps) {
  return (
    <bdi className="name" title={name.length > maxLength ? plainText(name, 400) : undefined}>
      {plainText(name, maxLength)}
    </bdi>
  );
}

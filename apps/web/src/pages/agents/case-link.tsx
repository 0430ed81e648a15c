/** A company as of a day of its history, which opens in the Lab. */
import { Link } from "react-router";
import { labCasePath } from "../../app/paths.ts";
import { SafeText } from "../../design/safe-text.tsx";

interface CaseLinkProps {
  readonly subject: string;
  readonly asOf: string;
}

export function CaseLink({ subject, asOf }: CaseLinkProps) {
  return (
    <Link className="case-link" to={labCasePath(subject, asOf)}>
      <SafeText text={subject} foldAt={32} /> of {asOf}
    </Link>
  );
}

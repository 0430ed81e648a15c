/** A failure, where it happened: what is wrong, its code, what to do, and a way to try again where that can help. */
import "./notices.css";
import { ApiProblem } from "../api/api-problem.ts";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";
import { SafeText } from "./safe-text.tsx";

interface ErrorNoticeProps {
  readonly error: unknown;
  /** What could not be done, such as "The run was not started". */
  readonly title?: string;
  readonly onRetry?: () => void;
}

export function ErrorNotice({ error, title, onRetry }: ErrorNoticeProps) {
  const problem = error instanceof ApiProblem ? error : null;
  const message = error instanceof Error ? error.message : String(error);
  const issues = issuesOf(problem);
  return (
    <div className="error-notice" role="alert">
      <Icon name="warning" />
      <div className="error-notice-text">
        {title !== undefined && <p className="error-notice-title">{title}</p>}
        <p>
          <SafeText text={message} />
        </p>
        {issues.length > 0 && (
          <ul className="error-notice-issues">
            {issues.map((issue) => (
              <li key={issue}>
                <SafeText text={issue} />
              </li>
            ))}
          </ul>
        )}
        {problem !== null && <p className="error-notice-code">{codeText(problem)}</p>}
      </div>
      {onRetry !== undefined && (
        <Button size="small" icon="retry" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

function codeText({ code, retryable }: ApiProblem) {
  const isDocumented = code !== "OFFLINE" && code !== "ANSWER_UNREADABLE";
  return (
    <>
      {isDocumented ? <a href={`/docs/errors#${code}`}>{code}</a> : code}
      {retryable && " \u00b7 the same request may succeed later"}
    </>
  );
}

function issuesOf(problem: ApiProblem | null): readonly string[] {
  const problems = problem?.problems ?? [];
  // A single one is what the message says already.
  if (problems.length < 2) return [];
  return problems.map(({ field, message }) => (field === "" ? message : `${field}: ${message}`));
}

/** Takes an experiment from the record, once that has been asked for twice. */
import { type ReactNode, useState } from "react";
import { useNavigate } from "react-router";
import { useChange } from "../../api/use-api.ts";
import { paths } from "../../app/paths.ts";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";

interface ForgetButtonProps {
  readonly what: "backtest" | "evaluation";
  readonly id: string;
  /** What it takes away. */
  readonly children: ReactNode;
}

export function ForgetButton({ what, id, children }: ForgetButtonProps) {
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const ofBacktest = useChange("forgetBacktest", { renews: ["listBacktests"] });
  const ofEvaluation = useChange("forgetEvaluation", { renews: ["listEvaluations"] });
  const forget = what === "backtest" ? ofBacktest : ofEvaluation;
  return (
    <>
      <Button kind="danger" onClick={() => setAsking(true)}>
        Forget
      </Button>
      <Dialog
        title={`Forget this ${what}?`}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        actions={
          <Button
            kind="danger"
            isBusy={forget.isPending}
            onClick={() =>
              forget.mutate({ params: { id } }, { onSuccess: () => void navigate(paths.experiments) })
            }
          >
            Forget it
          </Button>
        }
      >
        {forget.error !== null && <ErrorNotice error={forget.error} />}
        <p>{children}</p>
      </Dialog>
    </>
  );
}

/** API keys: for programs and for people on other machines. A key is shown once, when it is made. */
import type { ApiKeyView } from "@mycroft/protocol";
import { type FormEvent, useState } from "react";
import { useApi, useChange } from "../../api/use-api.ts";
import { Badge } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { CodeBlock } from "../../design/code-block.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Select, TextField } from "../../design/field.tsx";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { Time } from "../../design/time.tsx";

export function KeysPanel() {
  const { data, error } = useApi("listKeys", {});
  const [isMaking, setIsMaking] = useState(false);
  const [toRevoke, setToRevoke] = useState<ApiKeyView | null>(null);
  const columns: readonly Column<ApiKeyView>[] = [
    { key: "name", header: "Name", cell: ({ name }) => <SafeText text={name} /> },
    { key: "role", header: "May", cell: ({ role }) => <Badge>{role}</Badge> },
    { key: "created", header: "Made", cell: ({ createdAt }) => <Time at={createdAt} />, isSecondary: true },
    {
      key: "used",
      header: "Last used",
      cell: ({ lastUsedAt }) => (lastUsedAt === null ? "never" : <Time at={lastUsedAt} />),
    },
    {
      key: "expires",
      header: "Expires",
      cell: ({ expiresAt }) => (expiresAt === null ? "never" : <Time at={expiresAt} />),
      isSecondary: true,
    },
    {
      key: "revoke",
      header: <span className="visually-hidden">Revoke</span>,
      align: "end",
      cell: (key) => (
        <Button kind="danger" size="small" onClick={() => setToRevoke(key)}>
          Revoke
        </Button>
      ),
    },
  ];
  return (
    <Panel
      title="API keys"
      isFlush
      actions={
        <Button size="small" icon="plus" onClick={() => setIsMaking(true)}>
          Make a key
        </Button>
      }
    >
      {error !== null && <ErrorNotice error={error} />}
      {data === undefined && error === null && <Skeleton lines={3} label="Loading the keys" />}
      {data?.keys.length === 0 && (
        <EmptyState title="No keys">
          They are needed for programs, and before this server may listen publicly.
        </EmptyState>
      )}
      {data !== undefined && data.keys.length > 0 && (
        <Table caption="API keys" columns={columns} rows={data.keys} rowKey={({ id }) => id} />
      )}
      <NewKeyDialog isOpen={isMaking} onClose={() => setIsMaking(false)} />
      <RevokeDialog apiKey={toRevoke} onClose={() => setToRevoke(null)} />
    </Panel>
  );
}

const roleChoices = [
  { value: "viewer", label: "viewer: sees everything" },
  { value: "operator", label: "operator: starts and steers runs too" },
  { value: "admin", label: "admin: keys and the audit log too" },
] as const;

function NewKeyDialog({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<ApiKeyView["role"]>("viewer");
  const [days, setDays] = useState("");
  const create = useChange("createKey", { renews: ["listKeys", "listAudit"] });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate({ body: { name, role, ...(days !== "" && { expiresInDays: Number(days) }) } });
  };
  const close = (): void => {
    // The key must not stay on the page after it was copied.
    create.reset();
    setName("");
    onClose();
  };
  return (
    <Dialog title="Make an API key" isOpen={isOpen} onClose={close}>
      {create.data === undefined ? (
        <form className="stack" onSubmit={onSubmit}>
          <TextField label="Name" value={name} onChange={setName} isRequired maxLength={100} />
          <Select label="What it may do" value={role} choices={roleChoices} onChange={setRole} />
          <TextField
            label="Expires after so many days"
            type="number"
            hint="Left empty: never."
            value={days}
            onChange={setDays}
          />
          {create.error !== null && <ErrorNotice title="The key was not made" error={create.error} />}
          <div>
            <Button kind="primary" submits isBusy={create.isPending}>
              Make the key
            </Button>
          </div>
        </form>
      ) : (
        <div className="stack">
          <p>Copy it now: it is shown this once, and only its fingerprint is kept.</p>
          <CodeBlock label="the key" text={create.data.key} />
        </div>
      )}
    </Dialog>
  );
}

function RevokeDialog({
  apiKey,
  onClose,
}: {
  readonly apiKey: ApiKeyView | null;
  readonly onClose: () => void;
}) {
  const revoke = useChange("revokeKey", { renews: ["listKeys", "listAudit"] });
  return (
    <Dialog
      title="Revoke this key?"
      isOpen={apiKey !== null}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            kind="danger"
            isBusy={revoke.isPending}
            onClick={() => {
              if (apiKey !== null) revoke.mutate({ params: { id: apiKey.id } }, { onSuccess: onClose });
            }}
          >
            Revoke it
          </Button>
        </>
      }
    >
      <p>
        Whoever uses <SafeText text={apiKey?.name ?? ""} /> is turned away from now on, and the sessions that
        it began end. This cannot be undone.
      </p>
      {revoke.error !== null && <ErrorNotice error={revoke.error} />}
    </Dialog>
  );
}

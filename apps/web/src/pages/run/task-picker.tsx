/** Chooses tasks of a run by a part of their ids: there may be ten thousand. */
import { useMemo, useState } from "react";
import { Button } from "../../design/button.tsx";
import { TextField } from "../../design/field.tsx";
import { formatPlural } from "../../design/format.ts";
import { plainText } from "../../design/visible-text.ts";
import { useOrderedTasks } from "./use-ordered-tasks.ts";
import type { RunView } from "./use-run-view.ts";

interface TaskPickerProps {
  readonly view: RunView;
  readonly label: string;
  readonly chosen: readonly string[];
  readonly onChoose: (task: string) => void;
  readonly onDrop: (task: string) => void;
}

const mostFound = 30;

export function TaskPicker({ view, label, chosen, onChoose, onDrop }: TaskPickerProps) {
  const [text, setText] = useState("");
  const tasks = useOrderedTasks(view);
  const found = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    if (wanted === "") return [];
    return tasks.filter(({ task }) => task.toLowerCase().includes(wanted) && !chosen.includes(task));
  }, [tasks, text, chosen]);
  return (
    <div className="stack">
      <TextField
        label={label}
        hint="A part of the task's id, such as a step's name"
        value={text}
        onChange={setText}
        type="search"
        autoComplete="off"
      />
      {found.length > 0 && (
        <ul className="fork-found" aria-label="Tasks that fit">
          {found.slice(0, mostFound).map(({ task }) => (
            <li key={task}>
              <button
                type="button"
                onClick={() => {
                  onChoose(task);
                  setText("");
                }}
              >
                {plainText(task, 200)}
              </button>
            </li>
          ))}
          {found.length > mostFound && (
            <li className="quiet">
              {formatPlural(found.length - mostFound, "more task")} that fit; type more
            </li>
          )}
        </ul>
      )}
      {chosen.length > 0 && (
        <ul className="fork-choice" aria-label="Chosen tasks">
          {chosen.map((task) => (
            <li key={task}>
              <Button size="small" icon="close" aria-label={`Drop ${task}`} onClick={() => onDrop(task)}>
                {plainText(task, 80)}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

"use client";

import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useId, useRef } from "react";
import "@/components/text-editor.css";

/** What is wrong with a text, and where; both count from 1. Line 0: nowhere in particular. */
export type TextProblem = { line: number; column: number; message: string };

/** The mark is beside the numbers, and the problems are told below: colour carries nothing. */
const LINE_MARK = "▸ ";
const LINES_MIN = 8;

/**
 * An editor for a text of lines: numbers beside it, problems below, each of which puts the cursor where
 * it is. The tab key moves on to the next control, as everywhere.
 */
export function TextEditor({
  label,
  text,
  onChange,
  problems,
  isReadOnly = false,
}: {
  label: string;
  text: string;
  onChange: (text: string) => void;
  problems: readonly TextProblem[];
  isReadOnly?: boolean;
}) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const lineCount = Math.max(text.split("\n").length, LINES_MIN);
  const marked = new Set(problems.map(({ line }) => line));
  const goTo = (problem: TextProblem): void => {
    const at = offsetOf(text, problem);
    area.current?.focus();
    area.current?.setSelectionRange(at, at);
  };
  return (
    <div>
      <div className="text-editor">
        <pre className="text-editor-lines" aria-hidden>
          {Array.from({ length: lineCount }, (_, index) =>
            marked.has(index + 1) ? `${LINE_MARK}${index + 1}` : String(index + 1),
          ).join("\n")}
        </pre>
        <textarea
          ref={area}
          aria-label={label}
          aria-invalid={problems.length > 0}
          aria-describedby={`${id}-problems`}
          rows={lineCount}
          value={text}
          readOnly={isReadOnly}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          onChange={({ target }) => onChange(target.value)}
        />
      </div>
      <ul className="text-editor-problems" id={`${id}-problems`} aria-live="polite">
        {problems.map((problem) => (
          <li key={`${problem.line}:${problem.column}:${problem.message}`}>
            <Problem problem={problem} onGo={() => goTo(problem)} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Problem({ problem, onGo }: { problem: TextProblem; onGo: () => void }) {
  const { line, column, message } = problem;
  return (
    <>
      <StatusIndicator type="error">{message}</StatusIndicator>{" "}
      {line > 0 && (
        <Button variant="inline-link" onClick={onGo}>
          Line {line}, column {column}
        </Button>
      )}
    </>
  );
}

function offsetOf(text: string, { line, column }: TextProblem): number {
  const before = text.split("\n").slice(0, line - 1);
  return before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
}

"use client";

import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import { Fragment } from "react";
import { inertLines } from "@/lib/console/inert-text";

/** JSON to read and to copy; hashes that are looked for are marked. */
export function EntryJson({
  what,
  value,
  hashes,
}: {
  what: string;
  value: unknown;
  hashes: readonly string[];
}) {
  const text = JSON.stringify(value, null, 2);
  return (
    <div className="audit-json">
      <CopyToClipboard
        variant="icon"
        textToCopy={text}
        copyButtonAriaLabel={`Copy ${what} as JSON`}
        copySuccessText="Copied"
        copyErrorText="The browser did not let it be copied"
      />
      <pre className="snippet" tabIndex={0} aria-label={`JSON of ${what}`}>
        {marked(inertLines(text), hashes).map((piece, place) => (
          <Fragment key={place}>{piece}</Fragment>
        ))}
      </pre>
    </div>
  );
}

function marked(text: string, hashes: readonly string[]) {
  const [hash] = hashes;
  if (hash === undefined) return [text];
  return text.split(hash).flatMap((piece, place) => {
    // eslint-disable-next-line react/jsx-key -- keyed by its place above
    return place === 0 ? [piece] : [<mark>{hash}</mark>, piece];
  });
}

"use client";

import Box from "@cloudscape-design/components/box";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { Command } from "cmdk";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { NAVIGATION } from "@/components/navigation";
import { pageEntries } from "@/components/palette-entries";
import { type FindText, usePaletteSearch } from "@/components/palette-search";
import type { PaletteFound } from "@/components/palette-search";
import { usePreferences } from "@/components/preferences";
import "@/components/palette.css";

/** What the palette needs from outside: how to look for a text, what a secret is, and how to leave. */
export type PaletteAccess = {
  find: FindText;
  /** What kind of secret a text holds; null: none. */
  secretIn: (text: string) => string | null;
  signOut: () => Promise<void>;
};

const MASK = "••••••••";

/** Goes to any page, does what every page can, and finds any identifier that is typed or pasted. */
export function Palette({ access, onClose }: { access: PaletteAccess; onClose: () => void }) {
  const router = useRouter();
  const [text, setText] = useState("");
  const [secret, setSecret] = useState<string | null>(null);
  const search = usePaletteSearch(access.find, secret === null ? text.trim() : "");
  const type = (typed: string): void => {
    const kind = access.secretIn(typed);
    setSecret(kind);
    setText(kind === null ? typed : MASK);
  };
  const go = (href: string): void => {
    onClose();
    router.push(href);
  };
  return (
    <Modal visible header="Find or go to" closeAriaLabel="Close" onDismiss={onClose}>
      <div className="palette">
        <Command label="Page, action or identifier" shouldFilter={false} loop>
          <Field text={text} onType={type} />
          <Command.List label="What was found">
            {secret === null && <Pages text={text} onGo={go} />}
            {secret === null && <Actions text={text} access={access} onDone={onClose} />}
            <FoundGroups found={search.found} onGo={go} />
          </Command.List>
        </Command>
        <Told text={text} secret={secret} search={search} />
      </div>
    </Modal>
  );
}

function Field({ text, onType }: { text: string; onType: (text: string) => void }) {
  const isFocused = useRef(false);
  return (
    <Command.Input
      // The dialog puts the focus on its first control, which closes it.
      ref={(field) => {
        if (field === null || isFocused.current) return;
        isFocused.current = true;
        requestAnimationFrame(() => field.focus());
      }}
      placeholder="Page, role, policy, lease id, access key id, ARN, accessor, request or attempt id"
      value={text}
      onValueChange={onType}
      maxLength={4096}
      spellCheck={false}
      autoComplete="off"
    />
  );
}

function Pages({ text, onGo }: { text: string; onGo: (href: string) => void }) {
  const entries = pageEntries(NAVIGATION, text);
  if (entries.length === 0) return null;
  return (
    <Command.Group heading="Pages">
      {entries.map(({ text: name, detail, href }) => (
        <Command.Item key={href} value={`page ${href}`} onSelect={() => onGo(href)}>
          {name}
          {detail !== "" && <small>{detail}</small>}
        </Command.Item>
      ))}
    </Command.Group>
  );
}

function Actions({
  text,
  access,
  onDone,
}: {
  text: string;
  access: PaletteAccess;
  onDone: () => void;
}) {
  const { preferences, change } = usePreferences();
  const all = [
    ["Light theme", () => change({ mode: "light" })],
    ["Dark theme", () => change({ mode: "dark" })],
    [
      preferences.density === "compact" ? "Comfortable density" : "Compact density",
      () => change({ density: preferences.density === "compact" ? "comfortable" : "compact" }),
    ],
    [
      preferences.zone === "utc" ? "Times in local time" : "Times in UTC",
      () => change({ zone: preferences.zone === "utc" ? "local" : "utc" }),
    ],
    ["Sign out", () => void access.signOut()],
  ] as const;
  const shown = all.filter(([name]) => name.toLowerCase().includes(text.trim().toLowerCase()));
  if (shown.length === 0) return null;
  return (
    <Command.Group heading="Actions">
      {shown.map(([name, run]) => (
        <Command.Item
          key={name}
          value={`action ${name}`}
          onSelect={() => {
            run();
            onDone();
          }}
        >
          {name}
        </Command.Item>
      ))}
    </Command.Group>
  );
}

function FoundGroups({
  found,
  onGo,
}: {
  found: PaletteFound | null;
  onGo: (href: string) => void;
}) {
  return (found?.groups ?? []).map(({ kind, hits, isMore }) => (
    <Command.Group key={kind} heading={isMore ? `${kind}: the first ${hits.length}` : kind}>
      {hits.map(({ text, detail, href }) => (
        <Command.Item
          key={`${href} ${detail}`}
          value={`${kind} ${href} ${detail}`}
          onSelect={() => onGo(href)}
        >
          <code>{text}</code>
          {detail !== "" && <small>{detail}</small>}
        </Command.Item>
      ))}
    </Command.Group>
  ));
}

/** How the search stands, what was left out of it, and what was not sent. */
function Told({
  text,
  secret,
  search: { found, isSearching, failure },
}: {
  text: string;
  secret: string | null;
  search: ReturnType<typeof usePaletteSearch>;
}) {
  return (
    <div role="status">
      <SpaceBetween size="xs">
        {secret !== null && (
          <StatusIndicator type="warning">
            That looks like a {secret}. It was masked and not sent. To find what it belongs to, use
            its accessor, its access key id or its lease id.
          </StatusIndicator>
        )}
        {secret === null && <Progress {...{ text, found, isSearching, failure }} />}
        {(found?.hidden ?? []).map(({ kind, capability, path }) => (
          <Box key={kind} variant="small">
            {kind} are left out: your policies do not give <code>{capability}</code> on{" "}
            <code>{path}</code>.
          </Box>
        ))}
        {(found?.failed ?? []).map(({ kind, message }) => (
          <Box key={kind} variant="small">
            {kind} could not be searched: {message}
          </Box>
        ))}
      </SpaceBetween>
    </div>
  );
}

function Progress({
  text,
  found,
  isSearching,
  failure,
}: {
  text: string;
  found: PaletteFound | null;
  isSearching: boolean;
  failure: string | null;
}) {
  const typed = text.trim().length;
  if (failure !== null) return <StatusIndicator type="error">{failure}</StatusIndicator>;
  if (isSearching) return <StatusIndicator type="loading">Looking for it</StatusIndicator>;
  if (typed > 0 && typed < 3) {
    return <Box variant="small">Identifiers are looked for from three characters on.</Box>;
  }
  if (found === null) return null;
  const count = found.groups.reduce((sum, { hits }) => sum + hits.length, 0);
  return (
    <Box variant="small">
      {count === 0 ? "No identifier matches." : `${count} found, at most five of each kind.`}
    </Box>
  );
}

/** One server-sent event. */
export type StreamEvent = { id: string; name: string; data: Record<string, unknown>; at: number };

/** A stream of events that is being read. */
export type OpenStream = {
  status: number;
  headers: Headers;
  /** All that came so far. */
  events: StreamEvent[];
  /** The first event that fits, of those that came and those that come. */
  until(fits: (event: StreamEvent) => boolean): Promise<StreamEvent>;
  /** Resolves once the server has ended it. */
  ended: Promise<void>;
  close(): void;
};

/** Opens `GET url` and reads its events as a browser does. */
export async function openStream(
  url: string,
  headers: Record<string, string>,
): Promise<OpenStream> {
  const abort = new AbortController();
  const response = await fetch(url, { headers, signal: abort.signal });
  const events: StreamEvent[] = [];
  const lookers = new Set<() => void>();
  const read = async (): Promise<void> => {
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const parts = text.split("\n\n");
      text = parts.pop() ?? "";
      events.push(...parts.flatMap(eventOf));
      for (const look of lookers) look();
    }
  };
  const ended = read().catch(() => undefined);
  return {
    status: response.status,
    headers: response.headers,
    events,
    until: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = events.find(fits);
          if (found === undefined) return;
          lookers.delete(look);
          resolve(found);
        };
        lookers.add(look);
        look();
      }),
    ended,
    close: () => abort.abort(),
  };
}

function eventOf(part: string): StreamEvent[] {
  const fields = new Map(
    part
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]),
  );
  const name = fields.get("event");
  if (name === undefined) return [];
  const data = JSON.parse(fields.get("data") ?? "{}") as Record<string, unknown>;
  return [{ id: fields.get("id") ?? "", name, data, at: performance.now() }];
}

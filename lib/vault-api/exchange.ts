import type { Tail } from "@/lib/engine/audit/tail";

/** What the door of the API takes in: one HTTP request, read whole, nothing interpreted yet. */
export type ApiRequest = {
  /** As sent, upper case: `GET`, `PUT`, `LIST`, … */
  method: string;
  /** The request target as sent, with its query: `/v1/sys/mounts?list=true`. */
  target: string;
  /** Lower-case names; a header sent several times keeps its first value, `x-forwarded-for` all. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  peer: { address: string; port: number };
};

export type ApiResponse = {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string | Buffer | null;
  /** The answer goes on with these events; see tail-stream.ts. */
  tail?: Tail;
};

/**
 * Who stands behind a request that this process makes itself. It travels beside the request and never
 * in it, so nothing that comes over a socket can set it.
 */
export type Inside = {
  /** The id that the audit log knows the request by; told to whoever asked for it. */
  requestId: string;
  clientAddress: string;
  /** The token that acts, known by its HMAC alone; null: none, or the one that the request carries. */
  tokenHmac: string | null;
};

/** The whole API as a function; `inside` is for callers in this process only. */
export type Dispatch = (request: ApiRequest, inside?: Inside) => Promise<ApiResponse>;

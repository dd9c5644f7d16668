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
};

/** The whole API as a function. */
export type Dispatch = (request: ApiRequest) => Promise<ApiResponse>;

/** Where a device's lines go. */
export type Sink = {
  /** Resolves once the text was taken over. @throws Error when it was not. */
  write(text: string): Promise<void>;
  close(): Promise<void>;
};

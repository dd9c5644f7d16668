import { readFileSync, watchFile } from "node:fs";
import { createServer, type Server } from "node:https";
import { HTTP_SERVER_OPTIONS } from "@/lib/vault-api/node-http";

const CHECK_MS = 5_000;

/** An https server whose certificate and key are read again when their files change. */
export function createTlsServer(files: { certFile: string; keyFile: string }): Server {
  const read = () => ({ cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) });
  const server = createServer({ ...HTTP_SERVER_OPTIONS, ...read(), minVersion: "TLSv1.2" });
  for (const file of [files.certFile, files.keyFile]) {
    watchFile(file, { interval: CHECK_MS, persistent: false }, () => {
      try {
        server.setSecureContext(read());
      } catch {
        // Half of a pair was replaced: the old one serves on until the other follows.
      }
    });
  }
  return server;
}

import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  // The wired engine of the process is shared with these; a bundled copy would be another one.
  serverExternalPackages: ["pg"],
  // `npm run check` reads every file with the project's own settings; a build need not again.
  typescript: { ignoreBuildErrors: true, tsconfigPath: "app/tsconfig.json" },
  devIndicators: false,
  // In development it prints the arguments of server actions, passwords and compared values among them.
  logging: { serverFunctions: false },
  // What `--dev` prints as the console's address.
  allowedDevOrigins: ["127.0.0.1"],
};

export default config;

import nextPlugin from "eslint-config-next/core-web-vitals";
import tseslint from "typescript-eslint";

/** Forbids imports from one layer into others; the reason is what a reader of the error needs. */
const layer = (folder, banned, reason) => ({
  files: [`${folder}/**/*.{ts,tsx}`],
  ignores: ["**/*.test.ts"],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          { group: ["../*", "./../*"], message: "Import by @/…, never by ../" },
          { group: banned, message: reason, allowTypeImports: false },
        ],
      },
    ],
  },
});

const STYLE_LIMITS = {
  "max-params": "off",
  "@typescript-eslint/max-params": ["error", { max: 4 }],
  "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
  "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
  "max-depth": ["error", 3],
};

export default tseslint.config(
  {
    ignores: [
      "dist/",
      ".next/",
      "node_modules/",
      ".leasehold/",
      ".reports/",
      "next-env.d.ts",
      "**/*.mjs",
      ".cache/",
      "public/",
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  ...nextPlugin.map((config) => ({
    ...config,
    files: ["app/**/*.{ts,tsx}", "components/**/*.{ts,tsx}"],
  })),
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      ...STYLE_LIMITS,
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/consistent-type-definitions": ["error", "type"],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
      ],
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "env",
          message: "Only lib/config.ts reads the environment.",
        },
      ],
    },
  },
  layer(
    "lib/engine",
    [
      "@/lib/!(engine)/**",
      "@/lib/config*",
      "@/app/**",
      "@/components/**",
      "node:!(crypto|net|util)",
      "pg",
      "zod",
      "undici",
      "@aws-sdk/*",
      "next",
      "next/*",
      "react",
    ],
    "The engine is pure: it imports itself and node:crypto (hashes) only.",
  ),
  {
    files: ["lib/engine/**/*.ts"],
    ignores: ["**/*.test.ts"],
    rules: {
      "no-restricted-globals": ["error", "fetch", "setTimeout", "setInterval", "setImmediate"],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "Take the clock port." },
        { object: "Math", property: "random", message: "Take the random port." },
        {
          object: "process",
          property: "env",
          message: "Only lib/config.ts reads the environment.",
        },
      ],
    },
  },
  layer(
    "lib/vault-api",
    [
      "@/lib/!(engine|vault-api)/**",
      "@/app/**",
      "@/components/**",
      "pg",
      "@aws-sdk/*",
      "next",
      "next/*",
    ],
    "The HTTP dialect knows the engine and nothing else.",
  ),
  layer(
    "lib/postgres",
    ["@/lib/!(engine|postgres)/**", "@/app/**", "@/components/**", "@aws-sdk/*", "next", "next/*"],
    "The store knows the engine's ports and types only.",
  ),
  layer(
    "lib/aws",
    ["@/lib/!(engine|aws)/**", "@/app/**", "@/components/**", "pg", "next", "next/*"],
    "The AWS adapters know the engine's ports and types only.",
  ),
  layer(
    "lib/aws-simulator",
    [
      "@/lib/!(aws-simulator)/**",
      "@/app/**",
      "@/components/**",
      "pg",
      "zod",
      "undici",
      "@aws-sdk/*",
      "next",
      "next/*",
    ],
    "The simulator stands for AWS: it imports itself and Node's own modules only.",
  ),
  layer(
    "lib/demo",
    ["@/lib/!(demo|aws-simulator)/**", "@/lib/config*", "@/app/**", "@/components/**", "pg"],
    "The demo speaks to Leasehold over HTTP, as any client does.",
  ),
  layer(
    "components",
    ["@/lib/**", "@/app/**"],
    "Components take data; they do not fetch or decide.",
  ),
  layer("app", ["@/lib/!(console)/**"], "Pages reach the engine through lib/console only."),
  {
    files: ["lib/config.ts", "lib/testing/**", "e2e/**", "**/*.test.ts", "*.config.ts", "bench/**"],
    rules: { "no-restricted-properties": "off" },
  },
  {
    files: ["**/*.test.ts", "e2e/**/*.ts", "lib/testing/**"],
    rules: {
      "max-lines-per-function": "off",
      "max-lines": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
);

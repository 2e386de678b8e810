import { defineConfig } from "vitest/config"

// Vite alone would take graphql's development build, and Node gives graphql-ws and yoga the other one: two do not mix.
const conditions = ["module-sync", "node", "import", "default"]

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: { include: ["test/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 120_000 }
})

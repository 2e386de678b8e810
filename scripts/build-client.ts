/**
 * `npm run build:client`: the client as JavaScript with types, as a package of its own in `dist/client`.
 *
 * Another project cannot take the sources, because Node strips no types inside node_modules, and should not take the
 * server's dependencies. It installs that folder, or `npm pack dist/client`, and imports `oddswire/client`.
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import manifest from "../package.json" with { type: "json" }

const ROOT = join(import.meta.dirname, "..")

const ENTRIES = { "./client": "Client", "./client/react": "React", "./client/testing": "Replay" } as const

/** What a browser of the last years runs as it is. */
const COMPILER_OPTIONS = {
  target: "ES2022",
  lib: ["ES2023", "DOM"],
  types: [],
  noEmit: false,
  declaration: true,
  rewriteRelativeImportExtensions: true,
  rootDir: join(ROOT, "src/client")
}

/** Answers what the compiler had to say; empty = built. */
export const buildClient = (folder: string): string => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const project = join(folder, "tsconfig.json")
  const files = Object.values(ENTRIES).map((name) => join(ROOT, "src/client", `${name}.ts`))
  writeFileSync(
    project,
    JSON.stringify({
      extends: join(ROOT, "tsconfig.json"),
      compilerOptions: { ...COMPILER_OPTIONS, outDir: folder, typeRoots: [join(ROOT, "node_modules/@types")] },
      files,
      include: []
    })
  )
  const { stdout } = spawnSync(process.execPath, [join(ROOT, "node_modules/.bin/tsc"), "--project", project], {
    encoding: "utf8"
  })
  rmSync(project)
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(packageOf(), null, 2)}\n`)
  return stdout
}

const packageOf = () => ({
  name: manifest.name,
  version: manifest.version,
  description: "Follows the odds of an oddswire server",
  license: manifest.license,
  type: manifest.type,
  sideEffects: false,
  exports: Object.fromEntries(
    Object.entries(ENTRIES).map(([path, name]) => [path, { types: `./${name}.d.ts`, default: `./${name}.js` }])
  ),
  // graphql-ws names graphql in its types and imports none of it.
  dependencies: { graphql: manifest.dependencies.graphql, "graphql-ws": manifest.dependencies["graphql-ws"] },
  peerDependencies: { react: ">=18" },
  peerDependenciesMeta: { react: { optional: true } }
})

if (import.meta.main) {
  const folder = resolve(ROOT, "dist/client")
  const said = buildClient(folder)
  console.log(said === "" ? `Built ${folder}` : said)
  if (said !== "") process.exitCode = 1
}

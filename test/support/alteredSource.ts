/**
 * Preloaded into a house that has to be broken: replaces pieces of its source as they are loaded, in every thread.
 *
 * So a check can be shown a house that is known to be wrong without a switch in the house. A piece that is not
 * there ends the process: a control that altered nothing would control nothing.
 */
import { registerHooks } from "node:module"
import { fileURLToPath } from "node:url"

export interface Alteration {
  /** The end of its path, `journalWorker.ts`. */
  readonly file: string
  readonly from: string
  readonly to: string
}

/** The environment of a house that is altered so. */
export const alteredBy = (alterations: readonly Alteration[]): Readonly<{ [name: string]: string }> => ({
  ALTERED_SOURCE: JSON.stringify(alterations),
  NODE_OPTIONS: `--import=${fileURLToPath(import.meta.url)}`
})

const alterations: readonly Alteration[] = JSON.parse(process.env["ALTERED_SOURCE"] ?? "[]")

if (alterations.length > 0) {
  registerHooks({
    load: (url, context, load) => {
      const loaded = load(url, context)
      const wanted = alterations.filter(({ file }) => url.endsWith(`/${file}`))
      if (wanted.length === 0) return loaded
      const { source } = loaded
      const text = typeof source === "string" ? source : new TextDecoder().decode(source ?? new Uint8Array())
      return { ...loaded, source: wanted.reduce(altered, text) }
    }
  })
}

function altered(source: string, { file, from, to }: Alteration): string {
  if (!source.includes(from)) {
    console.error(`${file} has no "${from}" to alter.`)
    process.exit(99)
  }
  return source.replace(from, () => to)
}

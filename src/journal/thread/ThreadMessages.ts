/**
 * What the journal's two threads say to each other. Bytes travel in one transferred buffer per message:
 * a thousand small buffers would cost more to hand over than to copy.
 */
import type { Unbased } from "../Journal.ts"

/** Many byte strings as one; `sizes[i]` bytes belong to item i. */
export interface Packed {
  readonly sizes: Int32Array
  readonly bytes: Uint8Array
}

export interface Commit {
  readonly at: number
  readonly seqs: Float64Array
  readonly records: Packed
  readonly imageKeys: readonly string[]
  readonly images: Packed
  /** Records up to here are deleted in the same commit. */
  readonly floor: number
}

/** Records that were appended in the same commit, as far as retention cares. */
export interface Segment {
  readonly last: number
  readonly at: number
  readonly records: number
  readonly bytes: number
}

export interface Opened {
  readonly epoch: number
  /** The last number on disk. */
  readonly last: number
  /** New numbers begin behind this one: a process that was killed may have used up to here without a disk. */
  readonly reserved: number
  readonly floor: number
  readonly segments: readonly Segment[]
  /** Name of the file that was set aside, and what was wrong with it. */
  readonly setAside: { readonly name: string; readonly why: string } | undefined
  /** Why the mark beside it could not be written. */
  readonly unmarked: string | undefined
  /** Why it does not know what Postgres knows. */
  readonly unbased: Unbased | undefined
}

export type Request =
  | { readonly verb: "open"; readonly folder: string; readonly world: string; readonly now: number }
  | { readonly verb: "commit"; readonly commit: Commit }
  | { readonly verb: "read"; readonly after: number; readonly limit: number }
  | { readonly verb: "last" }
  | { readonly verb: "images" }
  /** The next start sets the file aside; `why` is a sentence. */
  | { readonly verb: "abandon"; readonly why: string }
  /** What Postgres knew is in the file. */
  | { readonly verb: "base" }
  | { readonly verb: "close" }

export type Reply =
  | { readonly verb: "opened"; readonly opened: Opened }
  | { readonly verb: "committed" }
  | { readonly verb: "last"; readonly last: number }
  /** `anchored` is false when no record, floor or end has the number that was asked from. */
  | { readonly verb: "records"; readonly anchored: boolean; readonly seqs: Float64Array; readonly records: Packed }
  | { readonly verb: "images"; readonly keys: readonly string[]; readonly images: Packed }
  | { readonly verb: "abandoned" }
  | { readonly verb: "based" }
  | { readonly verb: "closed" }
  /** The file is another one by now, and no later request can mend that. */
  | { readonly verb: "replaced"; readonly message: string }
  /** `message` is a sentence. */
  | { readonly verb: "refused"; readonly message: string }

/** Texts as UTF-8. */
export const pack = (items: readonly (Uint8Array | string)[]): Packed => {
  const sizes = Int32Array.from(items, (item) => (typeof item === "string" ? Buffer.byteLength(item) : item.length))
  const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0))
  let end = 0
  items.forEach((item, i) => {
    if (typeof item === "string") encoder.encodeInto(item, bytes.subarray(end))
    else bytes.set(item, end)
    end += sizes[i] ?? 0
  })
  return { sizes, bytes }
}

const encoder = new TextEncoder()

/** Views, not copies. */
export const unpack = ({ sizes, bytes }: Packed): readonly Uint8Array[] => {
  let end = 0
  return Array.from(sizes, (size) => bytes.subarray(end, (end += size)))
}

/**
 * Gives the bytes back at once. The journal's thread makes so little garbage of its own that it is seldom collected,
 * and what was handed to it would wait for that.
 */
export const free = (...packed: readonly Packed[]): void => {
  for (const buffer of buffersOf(...packed)) buffer.transfer(0)
}

export const buffersOf = (...packed: readonly Packed[]): ArrayBuffer[] =>
  packed.flatMap(({ bytes }) => (bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : []))

/** Commits of records that hold nothing, for tests of the file alone. */
import { pack } from "../../../src/journal/thread/ThreadMessages.ts"

export const commitOf = (...seqs: readonly number[]) => ({
  at: 1,
  seqs: Float64Array.from(seqs),
  records: pack(seqs.map((seq) => Uint8Array.of(seq % 256, 7))),
  imageKeys: [],
  images: pack([]),
  floor: 0
})

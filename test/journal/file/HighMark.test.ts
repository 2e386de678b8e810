/** A journal in whose place a copy is put: whether it is known as one of earlier times, with no Postgres to say so. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { RESERVED_BLOCK, openJournalFile } from "../../../src/journal/file/JournalFile.ts"
import type { JournalFile } from "../../../src/journal/file/JournalFile.ts"
import { temporaryFolder } from "../../support/folder.ts"
import { commitOf } from "./commits.ts"

/** A data folder and what may be done to it; time stands still, so that only the epochs themselves can rise. */
const placed = Effect.map(temporaryFolder, (folder) => {
  const dataDir = join(folder, "data")
  const journal = join(dataDir, "journal")
  mkdirSync(dataDir)
  const copied = (from: string, to: string): void => {
    rmSync(to, { recursive: true, force: true })
    cpSync(from, to, { recursive: true })
  }
  const open = () => openJournalFile(journal, "test", 1)
  const append = (file: JournalFile): number => {
    const next = Math.max(file.last(), file.opened.reserved) + 1
    file.commit(commitOf(next))
    return next
  }
  return {
    journal,
    mark: `${journal}.mark`,
    open,
    append,
    /** Ends in order. */
    live: (): void => {
      const file = open()
      append(file)
      file.close()
    },
    /** `first` is done as soon as it is open. */
    liveAndBeKilled: (first: (file: JournalFile) => void = append): void => {
      const file = open()
      first(file)
      // A kill leaves what lies on the disk at that moment.
      copied(dataDir, join(folder, "killed"))
      file.close()
      copied(join(folder, "killed"), dataDir)
    },
    backUp: () => copied(journal, join(folder, "backup")),
    restore: () => copied(join(folder, "backup"), journal)
  }
})

type Placed = Effect.Success<typeof placed>

const beginsAnew = (sentence: string, lives: (place: Placed) => void) =>
  it.effect(`begins a new epoch where it was copied ${sentence}`, () =>
    Effect.map(placed, (place) => {
      place.live()
      lives(place)
      const { append, journal, mark, open, restore } = place
      const epoch = parseInt(readFileSync(mark, "utf8"), 10)
      restore()
      const file = open()
      assert.isAbove(file.opened.epoch, epoch)
      assert.include(file.opened.setAside?.why, "so it comes from a backup")
      assert.isTrue(existsSync(join(journal, file.opened.setAside?.name ?? "none")))
      assert.include(file.opened.setAside?.name, "journal.sqlite.older-")
      assert.strictEqual(append(file), 1)
      file.close()
      const next = open()
      assert.deepInclude(next.opened, { epoch: file.opened.epoch, last: 1, setAside: undefined })
      next.close()
    })
  )

const goesOn = (sentence: string, lives: (place: Placed) => void) =>
  it.effect(`goes on ${sentence}`, () =>
    Effect.map(placed, (place) => {
      place.live()
      lives(place)
      const file = place.open()
      assert.deepInclude(file.opened, { epoch: 1, setAside: undefined, unmarked: undefined })
      assert.isTrue(file.read(0, 10).seqs.includes(1))
      file.close()
    })
  )

describe("a journal from a backup", () => {
  beginsAnew("before the last life, which ended in order", ({ backUp, live }) => {
    backUp()
    live()
  })

  beginsAnew("before the last life, which was killed", ({ backUp, liveAndBeKilled }) => {
    backUp()
    liveAndBeKilled()
  })

  beginsAnew("in the midst of a life before the last one", ({ append, backUp, live, open }) => {
    const file = open()
    append(file)
    backUp()
    file.close()
    live()
  })

  beginsAnew("in the midst of the last life, which ended in order", ({ append, backUp, open }) => {
    const file = open()
    backUp()
    append(file)
    file.close()
  })

  beginsAnew(
    "in the midst of the last life, which had to reserve more numbers and was killed",
    ({ backUp, liveAndBeKilled }) =>
      liveAndBeKilled((file) => {
        backUp()
        file.commit(commitOf(RESERVED_BLOCK))
      })
  )

  beginsAnew("before another one took its place", ({ backUp, journal, live }) => {
    live()
    backUp()
    rmSync(journal, { recursive: true })
    live()
  })

  goesOn("where it is the newest copy", ({ backUp, live, restore }) => {
    live()
    backUp()
    restore()
  })

  goesOn("after a kill, and after an end in order behind that", ({ live, liveAndBeKilled }) => {
    liveAndBeKilled()
    live()
  })

  goesOn("after a kill that came when more numbers had been reserved", ({ journal, open }) => {
    const file = open()
    file.commit(commitOf(RESERVED_BLOCK))
    // What a lost log leaves.
    cpSync(join(journal, "journal.sqlite"), `${journal}.cut`)
    cpSync(`${journal}.mark`, `${journal}.noted`)
    file.close()
    cpSync(`${journal}.cut`, join(journal, "journal.sqlite"))
    cpSync(`${journal}.noted`, `${journal}.mark`)
  })

  goesOn("where nobody has noted how far it came", ({ mark }) => rmSync(mark))

  goesOn("where the note is damaged", ({ mark }) => writeFileSync(mark, `${"99 7 7 1".padEnd(79)}\n`))

  it.effect("keeps its reserve where the note cannot be written, and so never stands below one", () =>
    Effect.map(placed, ({ append, live, mark, open }) => {
      mkdirSync(mark)
      live()
      const file = open()
      assert.include(file.opened.unmarked, "EISDIR")
      assert.strictEqual(append(file), RESERVED_BLOCK + 1)
      file.close()
    })
  )
})

/**
 * Proves that a fold equals the server's state: asks for the digest of its filter and compares at the very cursor
 * the server took it at.
 *
 * The stream goes on meanwhile, and a fold that has jumped over that cursor has nothing to compare; then it is asked
 * again. The digest of our side is begun in the same step in which the cursor is reached, before anything else is folded.
 */
import { digestOf } from "./Digest.ts"
import { DIGEST } from "./Documents.ts"
import type { Fold } from "./Fold.ts"
import type { DigestData, OddsFilter } from "./generated.ts"
import type { Link } from "./Link.ts"
import type { Cancel } from "./Surroundings.ts"

/** UNDECIDED: there was no connection, or no moment at which both stood at one cursor. */
export type Verification = "EQUAL" | "DIFFERENT" | "UNDECIDED"

export interface Verified {
  readonly fold: Fold
  readonly link: () => Link | undefined
  /** Called in the same step in which the fold has changed, and when the connection has. */
  readonly onChange: (listener: () => void) => Cancel
}

export const verifyDigest = async (verified: Verified, filter: OddsFilter | null): Promise<Verification> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const link = verified.link()
    if (link === undefined) return "UNDECIDED"
    const theirs = await askDigest(link, verified, filter)
    if (theirs === undefined) return "UNDECIDED"
    const ours = await digestAt(theirs.cursor, link, verified)
    if (ours !== undefined) return ours === theirs.digest ? "EQUAL" : "DIFFERENT"
  }
  return "UNDECIDED"
}

const ATTEMPTS = 50

const askDigest = (
  link: Link,
  { link: current, onChange }: Verified,
  filter: OddsFilter | null
): Promise<DigestData["cacheDigest"] | undefined> =>
  new Promise((resolve) => {
    const answer = (digest: DigestData["cacheDigest"] | undefined): void => {
      leave()
      resolve(digest)
    }
    const leave = onChange(() => {
      if (current() !== link) answer(undefined)
    })
    link.subscribe(
      { query: DIGEST, variables: { filter } },
      {
        next: (data) => answer(isDigest(data) ? data.cacheDigest : undefined),
        failed: () => answer(undefined),
        completed: () => answer(undefined)
      }
    )
  })

/** Our digest at this cursor; undefined when the fold has passed it, or the link broke before it came there. */
const digestAt = (
  cursor: string,
  link: Link,
  { fold, link: current, onChange }: Verified
): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const look = (): boolean => {
      const mine = fold.cursor()
      if (current() === link && (mine === undefined || mine < cursor)) return false
      if (mine === cursor) digestOf(fold.board()).then(resolve, reject)
      else resolve(undefined)
      return true
    }
    if (look()) return
    const leave = onChange(() => {
      if (look()) leave()
    })
  })

const isDigest = (data: unknown): data is DigestData =>
  typeof data === "object" && data !== null && "cacheDigest" in data && data.cacheDigest !== null

/** Sections H, S and E: the line, statuses, encodings. H1–H7 come from the fault kit. */
import {
  BLOCKED,
  BROKEN,
  expect,
  GONE,
  READ,
  shared,
  throttled,
  TIMED_OUT,
  TOO_LARGE,
  UNREACHABLE,
  UNREADABLE
} from "../Expected.ts"
import type { Case } from "../Expected.ts"

const NEVER_FOLLOWED = "only redirects within the origin are followed, so a live host can send us nowhere"
const NOT_ASKED = "an encoding that was not asked for is a format we cannot read; the sample shows it"

export const LINE_CASES: readonly Case[] = shared([
  expect("H1", "connection refused", UNREACHABLE),
  expect("H2", "connection never answered", UNREACHABLE),
  expect("H3", "a name nobody knows", UNREACHABLE),
  expect("H4", "a name that is never answered", UNREACHABLE),
  expect("H5", "an expired certificate", UNREACHABLE),
  expect("H6", "somebody else's certificate", UNREACHABLE),
  expect("H7", "cut in the handshake", UNREACHABLE)
])

export const WIRE_CASES: readonly Case[] = shared([
  expect("H8", "reset before the status", UNREACHABLE),
  expect("H9", "reset in the middle of the headers", UNREACHABLE),
  expect("H10", "reset in the middle of the body", UNREACHABLE),
  expect("H11", "end at half of the content length", UNREACHABLE),
  expect("H12", "content length shorter than the body", UNREADABLE, {
    why: "what was announced came, and is no JSON: the reply lies, not the line"
  }),
  expect("H13", "two content lengths", UNREACHABLE, { why: "HTTP that cannot be framed is a line that does not work" }),
  expect("H14", "content length and chunks", UNREACHABLE, { why: "as H13" }),
  expect("H15", "a bad chunk size", UNREACHABLE, { why: "as H13" }),
  expect("H16", "chunks without a last one", UNREACHABLE),
  expect("H17", "headers after 30 s", TIMED_OUT, { stalls: true }),
  expect("H18", "a byte every 200 ms", TIMED_OUT, { stalls: true }),
  expect("H19", "a kilobyte every second, of two megabytes", TIMED_OUT, { stalls: true }),
  expect("H20", "500 ms give or take 400", READ),
  expect("H21", "slices of 1 to 16 bytes", READ),
  expect("H22", "closed 20 s after the whole body", READ, { why: "the body is whole; who closes when says nothing" }),
  expect("H23", "kept connections closed between requests", READ, {
    why: "a new connection, or one more try, mends it"
  }),
  expect("H24", "200 headers of 16 kB", TOO_LARGE, { why: "the cap on headers is a cap on size" }),
  expect("H25", "redirects without end", BROKEN),
  expect("H26", "four redirects", BROKEN, { why: "three are followed" }),
  expect("H27", "a redirect to another host over http", BROKEN, { why: NEVER_FOLLOWED }),
  expect("H28-loopback", "a redirect to this machine", BROKEN, { why: NEVER_FOLLOWED }),
  expect("H28-metadata", "a redirect to a cloud's metadata", BROKEN, { why: NEVER_FOLLOWED }),
  expect("H29", "204", BROKEN, { why: "a status nobody expects is a fault of theirs" }),
  expect("H30", "304 although nothing was asked conditionally", BROKEN, { why: "as H29" }),
  expect("H31", "206 with half of it", BROKEN, { why: "as H29; half a board must never pass for a whole one" }),
  expect("H32", "ten thousand early hints, then the answer", READ, { why: "hints are legal, and the answer comes" }),
  expect("H33", "HTTP/1.0 without a length", READ, { why: "the end of the connection is the end of the body" }),
  expect("H34", "an upgrade nobody asked for", UNREACHABLE, { why: "as H13" })
])

export const STATUS_CASES: readonly Case[] = shared([
  expect("S35", "400", BROKEN, { why: "as H29" }),
  expect("S36", "401", BLOCKED),
  expect("S37", "403 with JSON", BLOCKED),
  expect("S38", "403 with a captcha", BLOCKED),
  expect("S39", "404", GONE),
  expect("S40", "410", GONE),
  expect("S41", "429 without a header", throttled(30_000), { why: "half a minute where no time is told" }),
  expect("S42", "429, Retry-After: 5", throttled(5_000)),
  expect("S43", "429 with a date in 90 s", throttled(90_000), {
    why: "a date is measured by its writer's clock"
  }),
  expect("S44", "429 with a date in the past", throttled(1_000)),
  expect("S45", "429, Retry-After: −1", throttled(1_000)),
  expect("S46", "429, Retry-After: abc", throttled(30_000), { why: "as S41" }),
  expect("S47", "429, Retry-After: 1e12", throttled(900_000)),
  expect("S48", "500 without end", BROKEN),
  expect("S49", "502, 503, 504 in turn", BROKEN),
  expect("S50", "503, Retry-After: 5", { ...throttled(5_000), breaker: 5 }),
  expect("S51", "520 to 526", BROKEN),
  expect(
    "S52",
    "one answer in ten among 500s",
    { ...BROKEN, breaker: "EVENTUALLY" },
    {
      why: "one answer in ten comes too seldom to break a row of five"
    }
  )
])

export const ENCODING_CASES: readonly Case[] = shared([
  expect("E53", "a login page", BLOCKED),
  expect("E54", "a login page that says it is JSON", BLOCKED),
  expect("E55", "JSON that says it is text", READ, { why: "content types lie; the body is what counts" }),
  expect("E56", "no content type", READ, { why: "as E55" }),
  expect("E57", "a gzip bomb of 200 MB", TOO_LARGE),
  expect("E58", "six layers of gzip", UNREADABLE, { why: NOT_ASKED }),
  expect("E59", "a brotli bomb", TOO_LARGE),
  expect("E60", "gzip cut at half", UNREACHABLE),
  expect("E61", "gzip with a wrong checksum", UNREADABLE, { why: "what came is damaged; odds are never read from it" }),
  expect("E62", "gzip declared, nothing packed", UNREADABLE),
  expect("E63", "brotli declared, gzip sent", UNREADABLE),
  expect("E64", "zstd", UNREADABLE, { why: NOT_ASKED }),
  expect("E65", "a byte order mark", READ, { why: "harmless, and some servers send it" }),
  expect("E66", "UTF-16", UNREADABLE),
  expect("E67", "names in Latin-1", READ, { why: "prices are digits; a spoilt name needs three sayings to count" }),
  expect("E68", "a byte that is no UTF-8", READ, { why: "as E67" }),
  expect("E69", "50 MB of JSON", TOO_LARGE),
  expect("E70", "a body without end", TOO_LARGE),
  expect("E71", "an empty 200", UNREADABLE),
  expect("E72", "a 200 of spaces", UNREADABLE),
  expect("E73", "two documents", UNREADABLE),
  expect("E74", "JSONP", UNREADABLE),
  expect("E75", "a document per line", UNREADABLE),
  expect("E76", "a guard before the JSON", UNREADABLE)
])

/**
 * Rows in the binary form of `copy`: what the server takes with the least work on both sides.
 *
 * Plain code over one growing buffer, because a busy second writes a quarter of a million cells. A value that does not
 * fit its column makes the whole unfit instead of being bent: the slower way then finds out which row it is.
 */
import { isInstant } from "./Instant.ts"

export interface CopyBinary {
  readonly row: (columns: number) => void
  readonly text: (value: string | null) => void
  readonly json: (value: object) => void
  readonly int4: (value: number) => void
  readonly int8: (value: number) => void
  readonly int4s: (values: readonly number[]) => void
  /** With two places after the point. */
  readonly numeric: (value: number | null) => void
  readonly date: (ms: number) => void
  readonly time: (ms: number | null) => void
  /** All of it; undefined when a value did not fit. */
  readonly bytes: () => Uint8Array | undefined
}

export const copyBinary = (): CopyBinary => {
  let buffer = Buffer.allocUnsafe(FIRST_BYTES)
  let end = SIGNATURE.copy(buffer)
  let fits = true

  const room = (bytes: number): void => {
    if (end + bytes <= buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, end + bytes))
    buffer.copy(larger, 0, 0, end)
    buffer = larger
  }
  const nothing = (): void => {
    room(4)
    end = buffer.writeInt32BE(-1, end)
  }
  const int8 = (value: number): void => {
    room(12)
    end = buffer.writeInt32BE(8, end)
    const high = Math.floor(value / TWO_TO_32)
    end = buffer.writeInt32BE(high, end)
    end = buffer.writeUInt32BE(value - high * TWO_TO_32, end)
  }
  const isInt4 = (value: number): boolean => {
    if ((value | 0) === value) return true
    fits = false
    return false
  }

  const text = (value: string | null): void => {
    if (value === null) return nothing()
    room(4 + 3 * value.length)
    const start = end + 4
    let to = start
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i)
      if (code > 127) {
        to = start + buffer.write(value, start, "utf8")
        break
      }
      buffer[to++] = code
    }
    buffer.writeInt32BE(to - start, end)
    end = to
  }

  return {
    row: (columns) => {
      room(2)
      end = buffer.writeInt16BE(columns, end)
    },
    text,
    json: (value) => {
      // The version of the form, then the text.
      text(`\u0001${JSON.stringify(value)}`)
    },
    int4: (value) => {
      if (!isInt4(value)) return
      room(8)
      end = buffer.writeInt32BE(4, end)
      end = buffer.writeInt32BE(value, end)
    },
    int8: (value) => {
      if (Number.isSafeInteger(value)) int8(value)
      else fits = false
    },
    int4s: (values) => {
      room(24 + 8 * values.length)
      if (values.length === 0) {
        end = buffer.writeInt32BE(12, end)
        end = buffer.writeInt32BE(0, end)
        end = buffer.writeInt32BE(0, end)
        end = buffer.writeInt32BE(INT4_OID, end)
        return
      }
      end = buffer.writeInt32BE(20 + 8 * values.length, end)
      end = buffer.writeInt32BE(1, end)
      end = buffer.writeInt32BE(0, end)
      end = buffer.writeInt32BE(INT4_OID, end)
      end = buffer.writeInt32BE(values.length, end)
      end = buffer.writeInt32BE(1, end)
      for (const value of values) {
        if (!isInt4(value)) return
        end = buffer.writeInt32BE(4, end)
        end = buffer.writeInt32BE(value, end)
      }
    },
    numeric: (value) => {
      if (value === null) return nothing()
      const hundredths = Math.round(Math.abs(value) * 100)
      const whole = Math.floor(hundredths / 100)
      // One digit of base 10,000 before the point is more than the column holds anyway, and no line has three places.
      if (!(whole < 10_000) || Math.abs(hundredths - Math.abs(value) * 100) > 1e-6) {
        fits = false
        return
      }
      room(16)
      end = buffer.writeInt32BE(12, end)
      end = buffer.writeInt16BE(2, end)
      end = buffer.writeInt16BE(0, end)
      end = buffer.writeInt16BE(value < 0 ? 0x4000 : 0, end)
      end = buffer.writeInt16BE(2, end)
      end = buffer.writeInt16BE(whole, end)
      end = buffer.writeInt16BE((hundredths - whole * 100) * 100, end)
    },
    date: (ms) => {
      if (!isInstant(ms)) {
        fits = false
        return
      }
      room(8)
      end = buffer.writeInt32BE(4, end)
      end = buffer.writeInt32BE(Math.floor((ms - EPOCH_MS) / DAY_MS), end)
    },
    time: (ms) => {
      if (ms === null) return nothing()
      // Microseconds of any time that a JavaScript date can be fit a double only up to the year 2255.
      const micros = (ms - EPOCH_MS) * 1_000
      if (Number.isSafeInteger(micros)) int8(micros)
      else fits = false
    },
    bytes: () => {
      room(2)
      return fits ? buffer.subarray(0, buffer.writeInt16BE(-1, end)) : undefined
    }
  }
}

const FIRST_BYTES = 1 << 16
const TWO_TO_32 = 2 ** 32
const DAY_MS = 86_400_000
/** Postgres counts from 2000-01-01. */
const EPOCH_MS = 946_684_800_000
const INT4_OID = 23
/** The signature, no flags, no header extension. */
const SIGNATURE = Buffer.from("5047434f50590aff0d0a000000000000000000", "hex")

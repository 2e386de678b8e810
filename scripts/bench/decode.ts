/**
 * `decode`: a payload's text to the finished snapshot through the real adapter, next to `JSON.parse` of that text.
 */
import { decoderOf } from "./adapters.ts"
import { payloads } from "./payloads.ts"
import type { Payload } from "./payloads.ts"
import { atMost } from "./report.ts"
import type { Benchmark, Row } from "./report.ts"
import { cpuPerCall, interleaved, median, medianRatio } from "./rounds.ts"

export const decode: Benchmark = {
  name: "decode",
  question: "How much does reading a payload into a snapshot cost, next to parsing it?",
  measure: async () => {
    const rows: Row[] = []
    for (const payload of await payloads()) rows.push(await rowOf(payload))
    return {
      rows,
      notes: [`Parsing is part of both sides. CPU of one thread, median of ${ROUNDS} interleaved rounds.`]
    }
  }
}

const ROUNDS = 7

const rowOf = async (payload: Payload): Promise<Row> => {
  const decoded = decoderOf(payload)
  const costs = await interleaved(ROUNDS, {
    parse: () => cpuPerCall((): unknown => JSON.parse(payload.text)),
    decode: () => cpuPerCall(decoded)
  })
  const prices = decoded().board.milli.length
  const parse = median(costs("parse"))
  const what = `${payload.bookmakerId}, ${payload.source}, ${Math.round(payload.text.length / 1_000)} kB, ${prices} prices`
  return { ...atMost(what, parse * medianRatio(costs("decode"), costs("parse")), parse, 2.5, "µs") }
}

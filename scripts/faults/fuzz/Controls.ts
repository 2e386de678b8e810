/** Decoders that are known to be broken, put to the same judge. */
import type { Decode } from "./Decoders.ts"

/** `Number("")` is 0, `Number([1.85])` is 1.85 and `parseFloat("1.85abc")` is 1.85. */
export const coercing =
  (decode: Decode): Decode =>
  (subject, text) =>
    decode(
      subject,
      rewritten(text, (name, value) =>
        /^(?:odds|price|v|[A-Z]+_.*)$/.test(name) && value !== "-" ? parseFloat(String(value)) : value
      )
    )

export const overlooking =
  (decode: Decode): Decode =>
  (subject, text) =>
    decode(
      subject,
      rewritten(text, (name, value) =>
        name === "suspended" || name === "banned" ? false : name === "isActive" ? 1 : name === "status" ? 0 : value
      )
    )

/** Takes the first price of a payload without a look at what lies on the way. */
export const trusting: Decode = ({ site }, text) => {
  try {
    const json = JSON.parse(text)
    const first =
      site === "betpawa"
        ? json.markets[0].row[0].prices[0].name.length
        : site === "sportybet"
          ? json.data.markets[0].outcomes[0].desc.length
          : Object.keys(json.D.O)[0]
    return { snapshot: undefined, listed: [], crash: first === undefined ? "no price" : undefined }
  } catch (fault) {
    return { snapshot: undefined, listed: [], crash: fault instanceof TypeError ? fault.message : undefined }
  }
}

const rewritten = (text: string, change: (name: string, value: unknown) => unknown): string => {
  try {
    return JSON.stringify(JSON.parse(text, change)) ?? ""
  } catch {
    return text
  }
}

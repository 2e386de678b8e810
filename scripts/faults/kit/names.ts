/**
 * Names under `.invalid` that resolve as a fault run says, in this process only: the resolver of the machine is never asked.
 *
 * It replaces `dns.lookup`, which every socket of Node goes through, because HTTP is to be put to the test as it is and
 * has no door for a resolver. Other names resolve as ever.
 */
import dns from "node:dns"
import type { LookupAddress, LookupAllOptions, LookupOneOptions, LookupOptions } from "node:dns"

/** An IPv4 address, or what happens instead: nobody knows the name, or no answer ever comes. */
export type Resolution = { readonly address: string } | "UNKNOWN" | "SILENCE"

type Answer = (fault: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void

const resolutions = new Map<string, Resolution>()

/** From here on this name resolves so. */
export const resolve = (name: string, to: Resolution): void => {
  if (dns.lookup !== lookup) Object.assign(dns, { lookup })
  resolutions.set(name, to)
}

export const forget = (name: string): boolean => resolutions.delete(name)

const real = dns.lookup

const lookup = (name: string, options: LookupOptions, answer: Answer): void => {
  const told = resolutions.get(name)
  if (told === undefined) return realLookup(name, options, answer)
  if (told === "SILENCE") return
  setImmediate(() => {
    if (told === "UNKNOWN") answer(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: "ENOTFOUND" }), "")
    else if (options.all === true) answer(null, [{ address: told.address, family: 4 }])
    else answer(null, told.address, 4)
  })
}

const realLookup = (name: string, options: LookupOptions, answer: Answer): void => {
  const all: LookupAllOptions = { ...options, all: true }
  const one: LookupOneOptions = { ...options, all: false }
  if (options.all === true) real(name, all, answer)
  else real(name, one, answer)
}

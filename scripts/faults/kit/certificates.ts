/**
 * Certificates made at run time, for servers whose certificate is good, has expired, or is somebody else's.
 *
 * Each signs itself. DER is written here by hand, which is a page, because Node cannot make a certificate and a package
 * that can brings an ASN.1 library with it.
 */
import { generateKeyPairSync, sign } from "node:crypto"

export interface Certified {
  /** PEM. */
  readonly key: string
  readonly cert: string
}

/** For this host name, from an hour before then and for thirty days. */
export const certify = (host: string, from: number): Certified => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const name = sequence(set(sequence(oid("2.5.4.3"), der(UTF8, Buffer.from(host)))))
  const hosts = sequence(der(DNS_NAME, Buffer.from(host)))
  const body = sequence(
    der(VERSION, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, Buffer.from([1])),
    ECDSA_SHA256,
    name,
    sequence(time(from - HOUR), time(from + 30 * 24 * HOUR)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(EXTENSIONS, sequence(sequence(oid("2.5.29.17"), der(OCTETS, hosts))))
  )
  const signature = sign("sha256", body, privateKey)
  const whole = sequence(body, ECDSA_SHA256, der(BITS, Buffer.concat([Buffer.from([0]), signature])))
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${whole.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`
  }
}

const HOUR = 3_600_000

const [INTEGER, BITS, OCTETS, OID, UTF8, UTC, SEQUENCE, SET] = [0x02, 0x03, 0x04, 0x06, 0x0c, 0x17, 0x30, 0x31]
const [DNS_NAME, VERSION, EXTENSIONS] = [0x82, 0xa0, 0xa3]

/** Tag, length, value. */
const der = (tag: number, value: Buffer): Buffer => {
  const { length } = value
  const head =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(head), value])
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(SEQUENCE, Buffer.concat(parts))

const set = (part: Buffer): Buffer => der(SET, part)

const time = (at: number): Buffer =>
  der(UTC, Buffer.from(`${new Date(at).toISOString().slice(2, 19).replace(/\D/g, "")}Z`))

const oid = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number)
  return der(OID, Buffer.from([first * 40 + second, ...rest.flatMap(septets)]))
}

/** Base 128, the last one without the flag. */
const septets = (value: number): readonly number[] =>
  value < 0x80 ? [value] : [...septets(value >> 7).map((septet) => septet | 0x80), value & 0x7f]

const ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"))

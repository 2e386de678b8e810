/**
 * What browsers ask for before a page of another origin may use the API (CORS), on top of the check of origins.
 *
 * Only an origin that may come is ever named, never `*`; tokens are sent by the page itself, so credentials are not allowed.
 */
import type { IncomingMessage, ServerResponse } from "node:http"

/** What a browser asks before it sends a page's request to another origin. It never carries a token. */
export const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === "OPTIONS" && headers.origin !== undefined && headers["access-control-request-method"] !== undefined

/** Lets pages of an origin that may come read the answer. */
export const letRead = (response: ServerResponse, origin: string): void => {
  response.setHeader("access-control-allow-origin", origin)
  response.setHeader("vary", "origin")
}

/** Answers a preflight. */
export const allow = (response: ServerResponse): void => {
  response
    .writeHead(204, {
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": "authorization, content-type",
      "access-control-max-age": "600"
    })
    .end()
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { authorized } from '@/api/client'
import { signIn, signedIn } from '@/api/tokens'

/** A server that takes one token at a time, and a browser whose locks are one after another. */
let server: Server
let base = ''
let good = 'first'
let refreshed = 0
const seen: string[] = []

function answer(request: IncomingMessage, response: ServerResponse): void {
  const tokens = (access: string, expires: number) =>
    JSON.stringify({
      access_token: access,
      refresh_token: `r-${access}`,
      expires_in: expires,
      token_type: 'bearer',
    })
  response.setHeader('Content-Type', 'application/json')
  if (request.url === '/api/v1/auth/token') response.end(tokens('first', 900))
  else if (request.url === '/api/v1/auth/refresh') {
    refreshed += 1
    good = 'second'
    response.end(tokens('second', 900))
  } else {
    seen.push(request.headers.authorization ?? '')
    response.statusCode = request.headers.authorization === `Bearer ${good}` ? 200 : 401
    response.end('{}')
  }
}

beforeEach(async () => {
  server = createServer(answer).listen(0, '127.0.0.1')
  await new Promise((ready) => server.once('listening', ready))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  ;(window as unknown as { happyDOM: { setURL(url: string): void } }).happyDOM.setURL(base)
  let turn: Promise<unknown> = Promise.resolve()
  Object.defineProperty(navigator, 'locks', {
    configurable: true,
    value: { request: (_: string, __: unknown, work: () => unknown) => (turn = turn.then(work)) },
  })
  localStorage.clear()
  refreshed = 0
  good = 'first'
  seen.length = 0
})

afterEach(() => {
  server.close()
})

test('a token that has ended is renewed once for all who ask at that moment', async () => {
  await signIn('dispatcher1', 'secret', 'zh')
  expect(signedIn()).toBe(true)
  expect((await authorized(new Request(`${base}/x`))).status).toBe(200)
  good = 'second'
  const answers = await Promise.all([1, 2, 3].map(() => authorized(new Request(`${base}/x`))))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(refreshed).toBe(1)
  expect(seen.filter((token) => token === 'Bearer second')).toHaveLength(3)
})

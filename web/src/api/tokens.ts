/** Access and refresh tokens. The refresh token is shared by the tabs of a browser, one renews it at a time. */
import { ProblemError, Unreachable, type Problem } from '@/api/problem'
import type { components } from '@/api/schema'
import { alone } from '@/api/secure'

type TokenOut = components['schemas']['TokenOut']

const KEY = 'wangge.refresh'
const EARLY_MS = 30_000

let access = ''
let expires = 0
const ended = new Set<() => void>()

export const signedIn = (): boolean => localStorage.getItem(KEY) !== null

/** Call back when the sign-in is over: refused, revoked, or signed out in another tab. */
export function onEnd(call: () => void): void {
  ended.add(call)
}

window.addEventListener('storage', (event) => {
  if (event.key === KEY && event.newValue === null) forget()
})

function keep(tokens: TokenOut): void {
  access = tokens.access_token
  expires = Date.now() + tokens.expires_in * 1000
  localStorage.setItem(KEY, tokens.refresh_token)
}

function forget(): void {
  access = ''
  expires = 0
  localStorage.removeItem(KEY)
  for (const call of ended) call()
}

async function post(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`/api/v1/auth/${path}`, { method: 'POST', ...init })
  } catch {
    throw new Unreachable()
  }
}

export async function signIn(username: string, password: string, language: string): Promise<void> {
  const body = new URLSearchParams({ grant_type: 'password', username, password })
  const answer = await post('token', { body, headers: { 'Accept-Language': language } })
  if (!answer.ok) throw new ProblemError((await answer.json()) as Problem)
  keep((await answer.json()) as TokenOut)
}

export async function signOut(): Promise<void> {
  const token = localStorage.getItem(KEY)
  if (token !== null) await post('logout', json({ refresh_token: token })).catch(() => undefined)
  forget()
}

function json(body: unknown): RequestInit {
  return { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }
}

/** A token that is good for some seconds yet; `stale` is one that was refused. */
export async function accessToken(stale?: string): Promise<string> {
  const good = () => access !== '' && access !== stale && Date.now() < expires - EARLY_MS
  if (good()) return access
  return alone('wangge.refresh', async () => {
    if (!good()) await renew()
    return access
  })
}

async function renew(): Promise<void> {
  const token = localStorage.getItem(KEY)
  if (token === null) return forget()
  const answer = await post('refresh', json({ refresh_token: token }))
  if (answer.ok) keep((await answer.json()) as TokenOut)
  else if (answer.status < 500) forget()
  else throw new Unreachable()
}

/** The API: typed by its OpenAPI document, signed in, in the language of the console. */
import createClient from 'openapi-fetch'

import { ProblemError, Unreachable, type Problem } from '@/api/problem'
import type { components, paths } from '@/api/schema'
import { accessToken } from '@/api/tokens'
import { language } from '@/i18n'

export type Schemas = components['schemas']

/** Fetch with the token of the sign-in; one that has just ended is renewed once. */
export async function authorized(request: Request): Promise<Response> {
  const send = async (stale?: string) => {
    const copy = request.clone()
    const token = await accessToken(stale)
    copy.headers.set('Authorization', `Bearer ${token}`)
    copy.headers.set('Accept-Language', language())
    return { token, answer: await fetch(copy) }
  }
  try {
    const { token, answer } = await send()
    return answer.status === 401 ? (await send(token)).answer : answer
  } catch (error) {
    if (request.signal.aborted || error instanceof ProblemError) throw error
    throw new Unreachable()
  }
}

export const api = createClient<paths>({
  fetch: authorized,
  baseUrl: window.location.origin,
  querySerializer: { array: { style: 'form', explode: true } },
})

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The data of an answer; a refusal is thrown as a ProblemError. */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call
  if (response.ok) return data as T
  throw new ProblemError(isProblem(error) ? error : unnamed(response))
}

function isProblem(error: unknown): error is Problem {
  return typeof error === 'object' && error !== null && 'title' in error
}

function unnamed(response: Response): Problem {
  return { type: 'about:blank', title: response.statusText, status: response.status }
}

/** A file that only the signed-in may fetch, e.g. a photo. */
export async function blob(path: string, signal?: AbortSignal): Promise<Blob> {
  const answer = await authorized(
    new Request(new URL(path, window.location.origin), signal ? { signal } : {}),
  )
  if (answer.ok) return answer.blob()
  const error: unknown = await answer.json().catch(() => undefined)
  throw new ProblemError(isProblem(error) ? error : unnamed(answer))
}

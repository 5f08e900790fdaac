/**
 * Facts as they happen. One tab of a browser holds the stream and tells the others, because a
 * browser opens only six connections to a server. A broken stream resumes where it stood.
 */
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { defineStore } from 'pinia'
import { ref } from 'vue'

import { authorized, type Schemas } from '@/api/client'
import { alone, together } from '@/api/secure'
import { queries } from '@/queries'
import { useSession } from '@/stores/session'

export interface Live {
  fact: Schemas['FactOut']
  incident: Schemas['IncidentOut']
}
export type State = 'connecting' | 'live' | 'offline'

type Told =
  | { kind: 'fact'; id: string; live: Live }
  /** A new stream, or too much was missed: what was read before may be old. */
  | { kind: 'reset'; id: string }
  | { kind: 'at'; id: string }
  | { kind: 'state'; state: State }
  | { kind: 'hello' }

const WAITS_MS = [500, 1000, 2000, 5000, 10_000]
const SILENCE_MS = 40_000
const GATHER_MS = 700

/** What a fact makes stale: every list, and all that was read of its case. */
const LISTS = new Set(['incidents', 'queues', 'screen', 'requests', 'notices', 'map'])

export const useLive = defineStore('live', () => {
  const state = ref<State>('connecting')
  const hearers = new Set<(live: Live) => void>()
  let channel: BroadcastChannel | null = null
  let stop: AbortController | null = null
  let last = ''
  let stale = new Set<string>()
  let timer: number | undefined

  /** Call back with every fact; returns how to stop that. */
  function hear(call: (live: Live) => void): () => void {
    hearers.add(call)
    return () => hearers.delete(call)
  }

  function start(): void {
    const account = useSession().me?.account.id
    if (stop || account === undefined) return
    stop = new AbortController()
    const { signal } = stop
    const name = `wangge.live.${account}`
    if (together) {
      channel = new BroadcastChannel(name)
      channel.onmessage = ({ data }: MessageEvent<Told>) => take(data)
      say({ kind: 'hello' })
    }
    alone(name, () => lead(signal), signal).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  }

  function end(): void {
    stop?.abort()
    channel?.close()
    stop = channel = null
    last = ''
    state.value = 'connecting'
  }

  async function lead(signal: AbortSignal): Promise<void> {
    for (let tries = 0; !signal.aborted; tries++) {
      await stream(signal, () => (tries = 0)).catch(() => undefined)
      if (signal.aborted) return
      if (tries > 0) tell({ kind: 'state', state: 'offline' })
      await new Promise((wake) => {
        window.addEventListener('online', wake, { once: true })
        setTimeout(wake, WAITS_MS[Math.min(tries, WAITS_MS.length - 1)])
      })
    }
  }

  async function stream(signal: AbortSignal, opened: () => void): Promise<void> {
    const dead = new AbortController()
    const either = AbortSignal.any([signal, dead.signal])
    // A stream over a pulled cable would only fall silent.
    window.addEventListener('offline', () => dead.abort(), { signal: either })
    const headers: Record<string, string> = last ? { 'Last-Event-ID': last } : {}
    const url = new URL('/api/v1/live', window.location.origin)
    const answer = await authorized(new Request(url, { headers, signal: either }))
    if (!answer.ok || !answer.body) throw new Error(String(answer.status))
    opened()
    tell({ kind: 'state', state: 'live' })
    let watch = 0
    const heard = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, out) {
        clearTimeout(watch)
        watch = window.setTimeout(() => dead.abort(), SILENCE_MS)
        out.enqueue(chunk)
      },
    })
    const events = answer.body
      .pipeThrough(heard)
      .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
      .pipeThrough(new EventSourceParserStream())
    try {
      for await (const event of events as unknown as AsyncIterable<{
        id?: string
        event?: string
        data: string
      }>) {
        const id = event.id ?? last
        if (event.event === 'fact') tell({ kind: 'fact', id, live: JSON.parse(event.data) as Live })
        else tell({ kind: event.event === 'alive' ? 'at' : 'reset', id })
      }
    } finally {
      clearTimeout(watch)
    }
  }

  /** Say it in this tab and in the others. */
  function tell(told: Told): void {
    say(told)
    take(told)
  }

  const say = (told: Told) => channel?.postMessage(told)

  /** Every tab keeps the place, so that any of them can hold the stream next. */
  function take(told: Told): void {
    if ('id' in told) last = told.id
    if (told.kind === 'state') state.value = told.state
    else if (told.kind === 'reset') void queries.invalidateQueries()
    else if (told.kind === 'hello') greet()
    else if (told.kind === 'fact') {
      for (const call of hearers) call(told.live)
      stale.add(told.live.fact.incident_id)
      timer ??= window.setTimeout(refresh, GATHER_MS)
    }
  }

  /** Tell a tab that has just been opened how things stand. */
  function greet(): void {
    if (state.value !== 'live') return
    say({ kind: 'state', state: 'live' })
    say({ kind: 'at', id: last })
  }

  /** Read again what the gathered facts made stale, and is on the screen. */
  function refresh(): void {
    const cases = stale
    stale = new Set()
    timer = undefined
    void queries.invalidateQueries({
      predicate: ({ queryKey: [what, id] }) =>
        LISTS.has(String(what)) || (what === 'case' && cases.has(String(id))),
    })
  }

  return { state, hear, start, end }
})

/**
 * The rows of a list, page by page, kept current by live facts. What a fact touches is read again;
 * while somebody is reading further down nothing moves: what left the list turns pale, what is new
 * waits behind a button.
 */
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'

import { api, ask, type Schemas } from '@/api/client'
import { asked, mayBelong, type Filter } from '@/pages/queue/filters'
import { useCity } from '@/stores/city'
import { useLive } from '@/stores/live'

export type Incident = Schemas['IncidentOut']

const SIZE = 100
const SOON_MS = 150
const PAUSE_MS = 1000
const GLOW_MS = 4000
const MOST_PAGES = 4

/** `calm` tells whether rows may move: nobody has scrolled down or ticked any. */
export function useCases(filter: () => Filter, calm: () => boolean) {
  const city = useCity()
  const live = useLive()
  const items = shallowRef<Incident[]>([])
  const fresh = shallowRef(new Set<string>())
  const gone = shallowRef(new Set<string>())
  const error = ref<unknown>(null)
  const loading = ref(false)
  const ready = ref(false)
  const unseen = ref(0)
  const next = ref<string | null>(null)

  let stop = new AbortController()
  let starts: (string | undefined)[] = []
  let pageOf = new Map<string, number>()
  let touched = new Set<string>()
  let timer: number | undefined
  let read = 0

  const request = (after?: string) => {
    const query = { ...asked(filter(), city.city?.timezone ?? 'Asia/Shanghai'), limit: SIZE, after }
    return ask(api.GET('/api/v1/incidents', { params: { query }, signal: stop.signal }))
  }

  async function attempt(work: () => Promise<void>): Promise<void> {
    const { signal } = stop
    try {
      await work()
      error.value = null
    } catch (failed) {
      if (!signal.aborted) error.value = failed
    }
  }

  /** Read the list anew from its top. */
  async function reload(): Promise<void> {
    stop.abort()
    stop = new AbortController()
    const { signal } = stop
    loading.value = true
    ready.value = false
    await attempt(async () => {
      const page = await request()
      if (!signal.aborted) begin(page)
    })
    if (signal.aborted) return
    loading.value = false
    ready.value = true
  }

  function begin(page: Schemas['IncidentPage']): void {
    items.value = page.items
    next.value = page.next
    starts = [undefined]
    pageOf = new Map(page.items.map(({ id }) => [id, 0]))
    fresh.value = gone.value = touched = new Set()
    unseen.value = 0
    read = Date.now()
  }

  async function more(): Promise<void> {
    if (loading.value || next.value === null) return
    const { signal } = stop
    const after = next.value
    loading.value = true
    await attempt(async () => {
      const page = await request(after)
      if (signal.aborted) return
      const known = page.items.filter(({ id }) => !pageOf.has(id))
      for (const { id } of known) pageOf.set(id, starts.length)
      starts.push(after)
      next.value = page.next
      items.value = [...items.value, ...known]
    })
    if (!signal.aborted) loading.value = false
  }

  /** Put cases as they are now in the place of what the list shows of them. */
  function patch(incidents: Incident[]): void {
    const now = new Map(incidents.map((incident) => [incident.id, incident]))
    items.value = items.value.map((row) => {
      const found = now.get(row.id)
      return found && found.version >= row.version ? found : row
    })
  }

  async function refresh(): Promise<void> {
    timer = undefined
    read = Date.now()
    const { signal } = stop
    const ids = touched
    touched = new Set()
    await attempt(async () => {
      const first = await request()
      if (signal.aborted) return
      if (calm()) return renew(first)
      merge(first, ids, 0)
      unseen.value = first.items.filter(({ id }) => !pageOf.has(id)).length
      const pages = new Set([...ids].map((id) => pageOf.get(id) ?? 0))
      pages.delete(0)
      for (const page of [...pages].slice(0, MOST_PAGES)) {
        const found = await request(starts[page])
        if (signal.aborted) return
        merge(found, ids, page)
      }
    })
  }

  /** The first page as it is now, new rows glowing. */
  function renew(page: Schemas['IncidentPage']): void {
    const before = pageOf
    begin(page)
    const arrived = page.items.map(({ id }) => id).filter((id) => !before.has(id))
    if (before.size === 0 || arrived.length === 0) return
    fresh.value = new Set(arrived)
    setTimeout(() => (fresh.value = new Set()), GLOW_MS)
  }

  function merge(page: Schemas['IncidentPage'], ids: Set<string>, number: number): void {
    const here = new Set(page.items.map(({ id }) => id))
    const pale = new Set(gone.value)
    for (const id of ids) {
      if (pageOf.get(id) !== number) continue
      if (here.has(id)) pale.delete(id)
      else pale.add(id)
    }
    patch(page.items)
    gone.value = pale
  }

  const unhear = live.hear(({ fact, incident }) => {
    const shown = pageOf.has(fact.incident_id)
    if (shown) patch([incident])
    else if (!mayBelong(incident, filter())) return
    touched.add(fact.incident_id)
    const wait = Math.max(SOON_MS, read + PAUSE_MS - Date.now())
    timer ??= window.setTimeout(() => void refresh(), wait)
  })
  watch(
    () => live.state,
    (state, before) => {
      if (state === 'live' && before === 'offline') void refresh()
    },
  )
  watch(
    () => JSON.stringify(filter()),
    () => void reload(),
    { immediate: true },
  )
  onScopeDispose(() => {
    unhear()
    stop.abort()
    clearTimeout(timer)
  })

  const complete = computed(() => next.value === null)
  const state = { items, fresh, gone, error, loading, ready, unseen, complete }
  return { ...state, reload, refresh, more, patch }
}

/** The filter of a list is its address: query names are those of the API, so that every list is a link. */
import type { LocationQuery, LocationQueryRaw } from 'vue-router'

import type { Schemas } from '@/api/client'
import type { paths } from '@/api/schema'
import { cityDay, cityMoment, nextDay } from '@/composables/citytime'

type Query = NonNullable<paths['/api/v1/incidents']['get']['parameters']['query']>
export type Filter = Omit<Query, 'limit' | 'after'>
export type Name = keyof Filter

const LISTS: Name[] = ['status', 'source']
const FLAGS: Name[] = ['no_cell', 'pending', 'claimed', 'supervised', 'late', 'counted_late']
const TEXTS: Name[] = [
  ...([
    'area',
    'category',
    'unit',
    'steward',
    'reporter',
    'number',
    'light',
    'due_before',
  ] as const),
  ...([
    'claimed_by',
    'handler',
    'reported_from',
    'reported_to',
    'closed_from',
    'closed_to',
  ] as const),
  ...(['overdue_from', 'overdue_to', 'step', 'step_from', 'step_to', 'step_unit'] as const),
  ...(['bbox', 'text', 'sort'] as const),
]
/** Ends of a period: a day means the whole of it. */
const ENDS: Name[] = ['reported_to', 'closed_to', 'step_to', 'overdue_to']
const MOMENTS: Name[] = [
  ...ENDS,
  ...(['reported_from', 'closed_from', 'step_from', 'overdue_from', 'due_before'] as const),
]

/** What an address asks for; days stay days. */
export function filterOf(query: LocationQuery, queue?: string): Filter {
  const found: Record<string, unknown> = {}
  const first = (name: Name) => [query[name]].flat()[0] ?? ''
  for (const name of TEXTS) if (first(name)) found[name] = first(name)
  for (const name of FLAGS) {
    if (first(name) === 'true' || first(name) === 'false') found[name] = first(name) === 'true'
  }
  for (const name of LISTS) {
    const values = [query[name]].flat().filter((value) => value)
    if (values.length) found[name] = values
  }
  return (queue ? { ...found, queue } : found) as Filter
}

/** The address of a filter, but for its queue, which is a part of the path. */
export function queryOf(filter: Filter): LocationQueryRaw {
  const given = Object.entries(filter).filter(
    ([name, value]) => name !== 'queue' && ![null, undefined, ''].includes(value as never),
  )
  return Object.fromEntries(
    given
      .filter(([, value]) => !Array.isArray(value) || value.length > 0)
      .map(([name, value]) => [name, Array.isArray(value) ? value : String(value)]),
  )
}

/** As the API takes it: days of the city become moments. */
export function asked(filter: Filter, zone: string): Filter {
  const found: Record<string, unknown> = { ...filter }
  for (const name of MOMENTS) {
    const value = found[name]
    if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) continue
    found[name] = cityMoment(ENDS.includes(name) ? nextDay(value) : value, zone)
  }
  return found as Filter
}

/** A period of the filter as days; an end that is a moment is the day before it. */
export function daysOf(from: unknown, to: unknown, zone: string): [string, string] | null {
  if (typeof from !== 'string' || typeof to !== 'string') return null
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(to)
  const last = isDay ? to : cityDay(new Date(Date.parse(to) - 1).toISOString(), zone)
  return [cityDay(from, zone), last]
}

/** False only if a case surely is none of the list: what is left out here, the server decides. */
export function mayBelong(incident: Schemas['IncidentOut'], filter: Filter): boolean {
  const { status, source, area, category, unit } = filter
  const within = (values: string[] | undefined, value: string) =>
    !values?.length || values.includes(value)
  const below = (code: string | null | undefined, whole = '') => whole.startsWith(code ?? '')
  return (
    within(status, incident.status) &&
    within(source, incident.source) &&
    below(area, incident.cell?.code) &&
    below(category, incident.category.code) &&
    (!unit || incident.unit?.id === unit)
  )
}

/** The address of the map is its state: filters by the names of the list, position, what is shown and chosen. */
import type { LocationQuery, LocationQueryRaw } from 'vue-router'

import type { Schemas } from '@/api/client'
import type { View } from '@/map/board'
import type { Metric } from '@/map/counts'
import type { CaseFilters } from '@/map/filters'
import type { Level } from '@/map/style'

export const MODES = ['clusters', 'heat', 'areas', 'none'] as const
export const LEVELS: Level[] = ['community', 'subdistrict', 'district']
export const METRICS: Metric[] = ['open', 'overdue', 'reported']
const KINDS = ['case', 'cell', 'area', 'steward'] as const
export type Kind = (typeof KINDS)[number]
export type Mode = (typeof MODES)[number]

export interface MapState {
  mode: Mode
  level: Level
  metric: Metric
  cells: boolean
  unmanned: boolean
  stewards: boolean
  /** How many days the time bar spans; 0: it is put away. */
  days: number
  filters: CaseFilters
  view: View | null
  chosen: { kind: Kind; id: string } | null
}

const LISTS = ['status', 'source'] as const
const TEXTS = ['category', 'area', 'light', 'reported_from', 'reported_to'] as const

const first = (query: LocationQuery, name: string): string => [query[name]].flat()[0] ?? ''

function one<T extends string>(query: LocationQuery, name: string, among: readonly T[]): T {
  const value = first(query, name) as T
  return among.includes(value) ? value : (among[0] as T)
}

function viewOf(text: string): View | null {
  const [lon = NaN, lat = NaN, zoom = NaN] = text.split(',').map(Number)
  const sound = Math.abs(lon) <= 180 && Math.abs(lat) <= 90 && zoom >= 0 && zoom <= 24
  return sound ? { lon, lat, zoom } : null
}

function filtersOf(query: LocationQuery): CaseFilters {
  const found: Record<string, unknown> = {}
  for (const name of LISTS) {
    const values = [query[name]].flat().filter(Boolean)
    if (values.length) found[name] = values
  }
  for (const name of TEXTS) if (first(query, name)) found[name] = first(query, name)
  if (first(query, 'ended') && found.reported_from) found.ended = true
  return found as CaseFilters
}

export function stateOf(query: LocationQuery): MapState {
  const kind = KINDS.find((name) => first(query, `show_${name}`))
  return {
    mode: one(query, 'mode', MODES),
    level: one(query, 'level', LEVELS),
    metric: one(query, 'metric', METRICS),
    cells: first(query, 'cells') !== '0',
    unmanned: first(query, 'unmanned') === '1',
    stewards: first(query, 'stewards') === '1',
    days: Math.max(0, Math.floor(Number(first(query, 'days')) || 0)),
    filters: filtersOf(query),
    view: viewOf(first(query, 'at')),
    chosen: kind ? { kind, id: first(query, `show_${kind}`) } : null,
  }
}

/** Only what differs from the plain map stands in the address. */
export function queryOf(state: MapState): LocationQueryRaw {
  const { mode, level, metric, view, chosen, filters } = state
  const parts: [string, string | string[], boolean][] = [
    ['mode', mode, mode !== 'clusters'],
    ['level', level, mode === 'areas' && level !== 'community'],
    ['metric', metric, mode === 'areas' && metric !== 'open'],
    ['cells', '0', !state.cells],
    ['unmanned', '1', state.unmanned],
    ['stewards', '1', state.stewards],
    ['days', String(state.days), state.days > 0],
    ['ended', '1', filters.ended === true],
    ['at', view ? at(view) : '', view !== null],
    [`show_${chosen?.kind}`, chosen?.id ?? '', chosen !== null],
    ...[...LISTS, ...TEXTS].map((name): [string, string | string[], boolean] => [
      name,
      filters[name] ?? '',
      (filters[name] ?? '').length > 0,
    ]),
  ]
  return Object.fromEntries(parts.filter(([, , on]) => on).map(([name, value]) => [name, value]))
}

const at = ({ lon, lat, zoom }: View): string =>
  [lon.toFixed(5), lat.toFixed(5), zoom.toFixed(2)].join(',')

/** The list of the cases that the map shows. */
export function listQuery(filters: CaseFilters, area: string): LocationQueryRaw {
  const { ended, ...same } = filters
  return {
    ...same,
    ...(ended || same.status?.length ? {} : { status: [...OPEN] }),
    ...(area ? { area } : {}),
  }
}

export const OPEN: Schemas['Status'][] = [
  ...(['reported', 'verifying', 'accepted', 'filed', 'dispatched', 'handling'] as const),
  ...(['suspended', 'handled', 'checking', 'check_failed', 'checked'] as const),
]
export const ENDED: Schemas['Status'][] = ['closed', 'rejected', 'voided', 'merged']
export const SOURCES: Schemas['Source'][] = [
  ...(['steward', 'hotline', 'resident', 'camera', 'leader', 'media'] as const),
  ...(['partner', 'sensor', 'import', 'other'] as const),
]

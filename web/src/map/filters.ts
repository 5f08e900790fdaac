/** Which cases a map shows: the words of the list's filters, so that a link leads from one to the other. */
import type { Schemas } from '@/api/client'

export interface CaseFilters {
  status?: Schemas['Status'][]
  source?: Schemas['Source'][]
  category?: string
  area?: string
  light?: Schemas['Light']
  reported_from?: string
  reported_to?: string
  /** Ended cases too; the server wants `reported_from` with it. */
  ended?: boolean
}

/** As the query of an address; several values of one name are alternatives. */
export function asQuery(filters: CaseFilters): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filters) as [string, unknown][]) {
    if (value === undefined || value === '' || value === false) continue
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one))
  }
  return query
}

const ENDED = new Set<string>(['closed', 'rejected', 'voided', 'merged'])

const among = (wanted: readonly string[] | undefined, value: string): boolean =>
  !wanted?.length || wanted.includes(value)

const begins = (value: string | undefined, start: string | undefined): boolean =>
  (value ?? '').startsWith(start ?? '')

const between = (at: string, from: string | undefined, to: string | undefined): boolean =>
  (!from || Date.parse(at) >= Date.parse(from)) && (!to || Date.parse(at) < Date.parse(to))

/** Whether a case that has just been told of would be on the map. */
export function fits(one: Schemas['IncidentOut'], filters: CaseFilters): boolean {
  return [
    filters.ended === true || !ENDED.has(one.status),
    among(filters.status, one.status),
    among(filters.source, one.source),
    begins(one.category.code, filters.category),
    begins(one.cell?.code, filters.area),
    !filters.light || one.clock.light === filters.light,
    between(one.reported_at, filters.reported_from, filters.reported_to),
  ].every(Boolean)
}

/** The filters but for some. */
export function without(filters: CaseFilters, ...names: (keyof CaseFilters)[]): CaseFilters {
  const kept = Object.entries(filters).filter(([name]) => !names.includes(name as never))
  return Object.fromEntries(kept) as CaseFilters
}

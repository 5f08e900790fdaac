/** From the query that the API gives with a number to the list of its cases. */
import type { RouteLocationRaw } from 'vue-router'

import type { Schemas } from '@/api/client'

export type Figure = Schemas['Figure']

export function listOf(link: Figure['link']): RouteLocationRaw | null {
  if (!link) return null
  const { queue, ...query } = link as Record<string, unknown>
  const text = (value: unknown) => (Array.isArray(value) ? value.map(String) : String(value))
  return {
    path: typeof queue === 'string' ? `/queues/${queue}` : '/queues',
    query: Object.fromEntries(Object.entries(query).map(([name, value]) => [name, text(value)])),
  }
}

export const percent = (value: number | null): string =>
  value === null ? '—' : `${(value * 100).toFixed(value < 1 ? 1 : 0)}%`

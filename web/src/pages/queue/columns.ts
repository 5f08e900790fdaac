/** What a list can show, and what each person wants to see of it. */
import { useLocalStorage } from '@vueuse/core'
import { computed } from 'vue'

import type { Schemas } from '@/api/client'

export const COLUMNS = {
  number: '142px',
  status: '98px',
  category: '112px',
  /** It takes what room is left. */
  description: '',
  address: '12%',
  due: '148px',
  unit: '9%',
  flags: '104px',
  reported: '98px',
  claimed: '84px',
  source: '72px',
  cell: '148px',
  steward: '84px',
  owner: '132px',
  limit: '108px',
  updated: '98px',
  ended: '98px',
  overdue: '98px',
} as const

export type Column = keyof typeof COLUMNS
export const ALL = Object.keys(COLUMNS) as Column[]
const USUAL: Column[] = ALL.slice(0, 9)

const chosen = useLocalStorage<Column[]>('wangge.columns', USUAL)

export function useColumns() {
  const columns = computed<Column[]>({
    get: () => {
      const known = chosen.value.filter((name) => name in COLUMNS)
      return known.length ? known : USUAL
    },
    set: (names) => (chosen.value = names),
  })
  return { columns, reset: () => (chosen.value = USUAL) }
}

/** What a column is called in a file; who claimed a case is of no use there. */
const EXPORTED: Record<Column, Schemas['ColumnName'][]> = {
  number: ['number'],
  status: ['status'],
  category: ['category'],
  description: ['description'],
  address: ['address'],
  due: ['stage', 'due_at', 'light'],
  unit: ['unit'],
  flags: ['pending', 'return_count', 'rework_count', 'order_count', 'recurrence_count'],
  claimed: [],
  reported: ['reported_at'],
  source: ['source'],
  cell: ['cell'],
  steward: ['steward'],
  owner: ['owner'],
  limit: ['limit'],
  updated: ['updated_at'],
  ended: ['ended_at'],
  overdue: ['overdue_at'],
}

export const exported = (columns: Column[]): Schemas['ColumnName'][] =>
  columns.flatMap((column) => EXPORTED[column])

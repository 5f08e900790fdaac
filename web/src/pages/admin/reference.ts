/** What many pages choose from: units, classes, areas; read once and kept a while. */
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'

import { api, ask, type Schemas } from '@/api/client'

const KEPT = { staleTime: 10 * 60_000 }

export function useUnits() {
  const { data, error } = useQuery({
    queryKey: ['units'],
    queryFn: () => ask(api.GET('/api/v1/units')),
    ...KEPT,
  })
  return { units: computed(() => data.value?.items ?? []), error }
}

export interface UnitNode {
  id: string
  label: string
  unit: Schemas['UnitOut']
  disabled: boolean
  children: UnitNode[]
}

/** Units as a tree; the list has parents before their children. */
export function asTree(units: Schemas['UnitOut'][]): UnitNode[] {
  const tops: UnitNode[] = []
  const nodes = new Map<string, UnitNode>()
  for (const unit of units) {
    const node: UnitNode = {
      id: unit.id,
      label: unit.name,
      unit,
      disabled: !unit.active,
      children: [],
    }
    nodes.set(unit.id, node)
    ;(nodes.get(unit.parent ?? '')?.children ?? tops).push(node)
  }
  return tops
}

export function useClasses() {
  const { data, error } = useQuery({
    queryKey: ['categories', 'all'],
    queryFn: () => ask(api.GET('/api/v1/categories', { params: { query: { active: true } } })),
    ...KEPT,
  })
  return { classes: computed(() => data.value?.items ?? []), error }
}

/** The current areas of a level, all pages of them. */
export function useAreas(level: Schemas['AreaLevel']) {
  const { data, error } = useQuery({
    queryKey: ['areas', level],
    queryFn: async () => {
      const all: Schemas['app__grids__schemas__AreaOut'][] = []
      let after: string | null = null
      do {
        const query = { level, limit: 200, ...(after ? { after } : {}) }
        const answer = await ask(api.GET('/api/v1/areas', { params: { query } }))
        const page = answer as Schemas['AreaPage']
        all.push(...page.items)
        after = page.next
      } while (after)
      return all
    },
    ...KEPT,
  })
  return { areas: computed(() => data.value ?? []), error }
}

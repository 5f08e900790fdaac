/** Counts by area and stewards at their posts, as the server tells them. */
import { useQuery, keepPreviousData } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'

import { api, ask } from '@/api/client'
import { classes } from '@/map/colours'
import type { CaseFilters } from '@/map/filters'
import type { Level } from '@/map/style'

export type Metric = 'open' | 'overdue' | 'reported'

/** Counts by area know fewer filters than a list. */
function counted(level: Level, { status, source, category, ...period }: CaseFilters) {
  return {
    level,
    ...(status?.length ? { status } : {}),
    ...(source?.length ? { source } : {}),
    ...(category ? { category } : {}),
    ...(period.reported_from ? { from: period.reported_from } : {}),
    ...(period.reported_to ? { to: period.reported_to } : {}),
  }
}

/** How many cases each area has, and the limits of the classes that colour it. */
export function useAreaCounts(
  level: MaybeRefOrGetter<Level>,
  filters: MaybeRefOrGetter<CaseFilters>,
  metric: MaybeRefOrGetter<Metric>,
  enabled: MaybeRefOrGetter<boolean>,
) {
  const query = computed(() => counted(toValue(level), toValue(filters)))
  const { data, error } = useQuery({
    queryKey: ['map', 'areas', query],
    queryFn: () => ask(api.GET('/api/v1/map/areas', { params: { query: query.value } })),
    enabled: () => toValue(enabled),
    placeholderData: keepPreviousData,
  })
  const areas = computed(() => (toValue(enabled) ? (data.value?.items ?? []) : []))
  const limits = computed(() => classes(areas.value.map((area) => area[toValue(metric)])))
  return { areas, limits, error }
}

export function useStewards(enabled: MaybeRefOrGetter<boolean>) {
  const { data, error } = useQuery({
    queryKey: ['map-stewards'],
    queryFn: () => ask(api.GET('/api/v1/map/stewards', {})),
    enabled: () => toValue(enabled),
    staleTime: 60_000,
  })
  const stewards = computed(() => (toValue(enabled) ? (data.value?.items ?? []) : []))
  return { stewards, error }
}

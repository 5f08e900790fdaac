/** All ownership in effect, and how it is written. */
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'

import { api, ask } from '@/api/client'
import type { Owner } from '@/pages/admin/ownership/matrix'

export function useOwners() {
  const { data, error, isPending } = useQuery({
    queryKey: ['ownership', 'all'],
    queryFn: async () => {
      const all: Owner[] = []
      let after: string | null = null
      do {
        const query = { limit: 200, ...(after ? { after } : {}) }
        const page: { items: Owner[]; next: string | null } = await ask(
          api.GET('/api/v1/ownership', { params: { query } }),
        )
        all.push(...page.items)
        after = page.next
      } while (after)
      return all
    },
    staleTime: 60_000,
  })
  return { owners: computed(() => data.value ?? []), error, waiting: isPending }
}

export function useOwnerWords() {
  const { t } = useI18n()
  const holderName = ({ unit, account, role }: Owner): string =>
    unit?.name ?? account?.name ?? (role ? t(`role.${role}`) : '')
  const placeName = ({ place, area, area_square_metres: size }: Owner): string =>
    area
      ? t('admin.ownership.drawn', { area: Math.round(size ?? 0).toLocaleString() })
      : (place ?? t('admin.wholeCity'))
  const matterName = ({ category }: Owner): string => category ?? t('admin.everyClass')
  return { holderName, placeName, matterName }
}

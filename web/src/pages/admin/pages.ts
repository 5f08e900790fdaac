/** Lists that come in pages, read on by a button; and a part of the address as a ref. */
import { keepPreviousData, useInfiniteQuery, type QueryKey } from '@tanstack/vue-query'
import { computed, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

interface Page<T> {
  items: T[]
  next: string | null
}

export function usePages<T>(
  key: () => QueryKey,
  read: (after: { after?: string }) => Promise<Page<T>>,
  enabled: () => boolean = () => true,
) {
  const query = useInfiniteQuery({
    queryKey: computed(key),
    queryFn: ({ pageParam }) => read(pageParam ? { after: pageParam } : {}),
    initialPageParam: '',
    getNextPageParam: (last: Page<T>) => last.next,
    placeholderData: keepPreviousData,
    enabled: computed(enabled),
  })
  return {
    items: computed(() => query.data.value?.pages.flatMap(({ items }) => items) ?? []),
    more: query.hasNextPage,
    next: () => void query.fetchNextPage(),
    loading: query.isFetching,
    waiting: query.isPending,
    error: query.error,
    again: query.refetch,
  }
}

/** One parameter of the address; empty is left out of it. */
export function useParameter(name: string): WritableComputedRef<string> {
  const route = useRoute()
  const router = useRouter()
  return computed({
    get: () => String(route.query[name] ?? ''),
    set: (value) =>
      void router.replace({ query: { ...route.query, [name]: value ? value : undefined } }),
  })
}

/** The cache of what was read; live events mark parts of it stale (`stores/live.ts`). */
import { QueryClient } from '@tanstack/vue-query'

import { ProblemError } from '@/api/problem'

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ProblemError && error.status < 500),
    },
    /** Without a network a command fails at once and in words; it is not kept back to be sent later. */
    mutations: { networkMode: 'always' },
  },
})

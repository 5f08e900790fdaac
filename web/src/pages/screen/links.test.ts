import { expect, it } from 'vitest'

import { listOf, percent } from '@/pages/screen/links'

it('a number leads to the list that the API names', () => {
  expect(listOf({ queue: 'no_cell', area: '610526' })).toEqual({
    path: '/queues/no_cell',
    query: { area: '610526' },
  })
  expect(listOf({ status: ['closed'], counted_late: false })).toEqual({
    path: '/queues',
    query: { status: ['closed'], counted_late: 'false' },
  })
  expect(listOf(null)).toBeNull()
})

it('a rate without cases is none', () => {
  expect([null, 0, 0.9583, 1].map(percent)).toEqual(['—', '0.0%', '95.8%', '100%'])
})

import { expect, test } from 'vitest'
import { shallowRef } from 'vue'

import type { Incident } from '@/pages/queue/cases'
import { useTicks } from '@/pages/queue/ticks'

const rows = () => shallowRef(['a', 'b', 'c', 'd'].map((id) => ({ id }) as Incident))

test('with Shift the rows between are ticked too', () => {
  const ticks = useTicks(rows())
  ticks.tick(3, false)
  ticks.tick(1, true)
  expect(ticks.ticked.value.map(({ id }) => id)).toEqual(['b', 'c', 'd'])
  ticks.tick(2, false)
  expect([...ticks.selected.value].sort()).toEqual(['b', 'd'])
})

test('those that are done lose their tick, the refused ones keep it', () => {
  const ticks = useTicks(rows())
  ticks.all(true)
  ticks.drop(['a', 'c'])
  expect([...ticks.selected.value]).toEqual(['b', 'd'])
})

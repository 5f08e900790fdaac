import { expect, test } from 'vitest'

import type { Schemas } from '@/api/client'
import { said, since } from '@/components/moves/facts'

const fact = (version: number, kind: string, data: Record<string, unknown> = {}) =>
  ({ version, kind, data }) as Schemas['FactOut']

test('who is about to decide hears of what people did since, not of the lights', () => {
  const facts = [fact(3, 'claim'), fact(4, 'warn'), fact(5, 'urge'), fact(6, 'overdue')]
  expect(since(facts, 3).map(({ kind }) => kind)).toEqual(['urge'])
})

test('what somebody wrote is told, whatever the command calls it', () => {
  expect(said(fact(1, 'return', { reason: '不属本单位', unit: 'x' }))).toEqual(['不属本单位'])
  expect(said(fact(2, 'supervise', { requirement: '当日办结', level: 1 }))).toEqual(['当日办结'])
})

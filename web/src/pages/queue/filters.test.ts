import { expect, test } from 'vitest'

import type { Schemas } from '@/api/client'
import { asked, daysOf, filterOf, mayBelong, queryOf } from '@/pages/queue/filters'

const ZONE = 'Asia/Shanghai'

test('an address and its filter say the same', () => {
  const query = { status: ['filed', 'handling'], late: 'true', text: '井盖', sort: 'due_at' }
  const filter = filterOf({ ...query, stranger: '1' }, 'dispatch')
  expect(filter).toEqual({ ...query, late: true, queue: 'dispatch' })
  expect(queryOf(filter)).toEqual(query)
})

test('one value of a list is a list, an empty one is none', () => {
  expect(filterOf({ status: 'filed', source: '' })).toEqual({ status: ['filed'] })
  expect(queryOf({ status: [], text: '' })).toEqual({})
})

test('a period of days holds its last day', () => {
  const filter = { reported_from: '2026-11-23', reported_to: '2026-11-24' }
  expect(asked(filter, ZONE)).toEqual({
    reported_from: '2026-11-22T16:00:00.000Z',
    reported_to: '2026-11-24T16:00:00.000Z',
  })
  const { reported_from: from, reported_to: to } = asked(filter, ZONE)
  expect(daysOf(from, to, ZONE)).toEqual(['2026-11-23', '2026-11-24'])
})

test('a case that surely is of another list is known to be', () => {
  const incident = {
    status: 'filed',
    source: 'hotline',
    category: { code: 'E0112' },
    cell: null,
    unit: null,
  } as Schemas['IncidentOut']
  expect(mayBelong(incident, {})).toBe(true)
  expect(mayBelong(incident, { category: 'E01', source: ['hotline'], late: true })).toBe(true)
  expect(mayBelong(incident, { status: ['closed'] })).toBe(false)
  expect(mayBelong(incident, { area: '610526' })).toBe(false)
})

import { describe, expect, it } from 'vitest'

import { listQuery, queryOf, stateOf } from '@/pages/map/state'

describe('the address of the map', () => {
  it('is empty for the plain map', () => {
    expect(queryOf(stateOf({}))).toEqual({})
  })

  it('gives the same state again', () => {
    const query = {
      mode: 'areas',
      level: 'district',
      metric: 'overdue',
      cells: '0',
      stewards: '1',
      days: '7',
      at: '109.57830,34.96600,15.50',
      show_cell: '610526001001006',
      status: ['filed', 'handling'],
      category: 'E0112',
      light: 'red',
      reported_from: '2026-11-20T00:00:00.000Z',
      ended: '1',
    }
    expect(queryOf(stateOf(query))).toEqual(query)
  })

  it('takes nothing that makes no sense', () => {
    const state = stateOf({ mode: 'x', at: '500,1,2', days: '-3', ended: '1' })
    expect(state).toMatchObject({ mode: 'clusters', view: null, days: 0 })
    expect(state.filters.ended).toBeUndefined()
  })

  it('leads to the list of the same cases', () => {
    expect(listQuery({ category: 'E01' }, '610526')).toMatchObject({
      category: 'E01',
      area: '610526',
    })
    expect(listQuery({}, '').status).not.toContain('closed')
    expect(listQuery({ ended: true }, '').status).toBeUndefined()
  })
})

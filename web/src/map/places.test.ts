import { describe, expect, it } from 'vitest'

import { coordinates } from '@/map/places'

describe('a pair of degrees', () => {
  it('is read with a comma of either script, or a blank', () => {
    for (const text of ['109.5783, 34.966', '109.5783，34.966', ' 109.5783 34.966 '])
      expect(coordinates(text)).toEqual({ lon: 109.5783, lat: 34.966 })
  })

  it('may have the latitude first where it can be no longitude', () => {
    expect(coordinates('34.966, 109.5783')).toEqual({ lon: 109.5783, lat: 34.966 })
  })

  it('is not seen in other text', () => {
    for (const text of ['610526001001006', '红旗路 12', '200, 100', '109.5783'])
      expect(coordinates(text)).toBeNull()
  })
})

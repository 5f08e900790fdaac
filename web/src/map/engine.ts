/** MapLibre as this console uses it: its worker from this host, tiles asked for as who is signed in. */
import { Map as MapLibre, setWorkerUrl, type MapOptions, type RequestParameters } from 'maplibre-gl'
import worker from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import 'maplibre-gl/dist/maplibre-gl.css'

import { accessToken } from '@/api/tokens'

setWorkerUrl(worker)

const OWN = `${window.location.origin}/api/`

async function signed(url: string): Promise<RequestParameters> {
  return { url, headers: { Authorization: `Bearer ${await accessToken()}` } }
}

/** A flat map that looks north; its bounds, style and words are the caller's. */
export function makeMap(options: MapOptions): MapLibre {
  return new MapLibre({
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    renderWorldCopies: false,
    fadeDuration: 120,
    minZoom: 3,
    maxZoom: 20,
    transformRequest: (url) => (url.startsWith(OWN) ? signed(url) : { url }),
    ...options,
  })
}

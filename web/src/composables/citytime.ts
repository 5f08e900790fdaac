/** Days and moments as the city's clock shows them, whatever the browser's time zone is. */

const PARTS: Intl.DateTimeFormatOptions = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
}

/** What the city's clock shows at a moment: `2026-11-24 08:30`. */
export function onCityClock(moment: string | Date, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { ...PARTS, timeZone: zone }).formatToParts(
    new Date(moment),
  )
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? ''
  return `${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')}`
}

/** The moment at which the city's clock shows that: `2026-11-24` is its first minute. */
export function cityMoment(text: string, zone: string): string {
  const [day = '', clock = '00:00'] = text.split(/[ T]/)
  const wanted = Date.parse(`${day}T${clock.slice(0, 5)}:00Z`)
  let found = wanted
  for (let turn = 0; turn < 2; turn++) {
    found += wanted - Date.parse(`${onCityClock(new Date(found), zone).replace(' ', 'T')}:00Z`)
  }
  return new Date(found).toISOString()
}

/** The day of a moment, or of a text that is a day already. */
export const cityDay = (text: string, zone: string): string =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : onCityClock(text, zone).slice(0, 10)

/** The day after. */
export function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}

/* Numbers, sizes and times as people read them. Pure; the language comes in. */

/** Dates as the reader's region writes them, when the browser names one for the language. */
const regional = (language: string) => navigator.languages.find((tag) => tag.startsWith(language)) ?? language

export function formatBytes(bytes: number, language: string): string {
	const units = ['B', 'kB', 'MB', 'GB', 'TB']
	let value = bytes
	let unit = 0
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1000
		unit++
	}
	const digits = unit === 0 || value >= 99.5 ? 0 : 1
	return `${new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value)} ${units[unit]}`
}

export const formatNumber = (value: number, language: string, digits = 0) =>
	new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value)

export const formatPercent = (value: number, language: string) =>
	new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 }).format(value)

/** "2019-05" as "May 2019". */
export function formatMonth(month: string, language: string, style: 'long' | 'short' = 'long'): string {
	const [year = 1970, index = 1] = month.split('-').map(Number)
	return new Intl.DateTimeFormat(regional(language), { year: 'numeric', month: style, timeZone: 'UTC' }).format(
		Date.UTC(year, index - 1, 1),
	)
}

/** A wall time like "2019-05-04T10:11:12", shown as the camera's clock showed it, whatever zone the reader is in. */
export function formatWall(taken: string, language: string, time = true): string {
	return new Intl.DateTimeFormat(regional(language), {
		dateStyle: 'medium',
		...(time ? { timeStyle: 'short' as const } : {}),
		timeZone: 'UTC',
	}).format(new Date(`${taken}Z`))
}

export function formatInstant(ms: number, language: string, time = true): string {
	return new Intl.DateTimeFormat(regional(language), {
		dateStyle: 'medium',
		...(time ? { timeStyle: 'short' as const } : {}),
	}).format(ms)
}

/** 75 -> "1:15", 3675 -> "1:01:15". */
export function formatDuration(seconds: number): string {
	const whole = Math.round(seconds)
	const two = (n: number) => String(n).padStart(2, '0')
	const h = Math.floor(whole / 3600)
	const m = Math.floor((whole % 3600) / 60)
	return h > 0 ? `${h}:${two(m)}:${two(whole % 60)}` : `${m}:${two(whole % 60)}`
}

/** 0.004 -> "1/250 s", 2.5 -> "2.5 s". */
export function formatExposure(seconds: number, language: string): string {
	if (seconds > 0 && seconds < 0.3) return `1/${Math.round(1 / seconds)} s`
	return `${formatNumber(seconds, language, 1)} s`
}

export function formatPosition(lat: number, lon: number, language: string): string {
	const part = (v: number, plus: string, minus: string) =>
		`${formatNumber(Math.abs(v), language, 5)}° ${v < 0 ? minus : plus}`
	return `${part(lat, 'N', 'S')}, ${part(lon, 'E', 'W')}`
}

/** The largest fitting unit of a time left, for units.* of the messages. */
export function coarseTime(seconds: number): { unit: 'seconds' | 'minutes' | 'hours'; n: number } {
	if (seconds < 60) return { unit: 'seconds', n: Math.max(1, Math.round(seconds)) }
	if (seconds < 5400) return { unit: 'minutes', n: Math.round(seconds / 60) }
	return { unit: 'hours', n: Math.round(seconds / 3600) }
}

/* Ages from dates of birth. Pure. */

/** Whole years between two days written "YYYY-MM-DD…"; null when one is missing or it was before the birth. */
export function ageAt(born: string | null | undefined, day: string | null | undefined): number | null {
	if (!born || !day) return null
	const years = Number(day.slice(0, 4)) - Number(born.slice(0, 4)) - (day.slice(5, 10) < born.slice(5, 10) ? 1 : 0)
	return Number.isNaN(years) || years < 0 ? null : years
}

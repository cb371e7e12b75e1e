/* What there is to say of a class: what it still needs, or how well it does on examples that were left out. */
import type { OwnClass } from '@/api/client'
import { formatPercent } from '@/shared/util/format'

type Translate = (key: string, values: Record<string, unknown>, count?: number) => string

export function stateOf(own: OwnClass, t: Translate, locale: string): string {
	const missing = own.examples_needed - own.put_in
	if (missing > 0) return t('own.needs', { count: missing }, missing)
	if (!own.learnt) return t('own.learning', {})
	const found = formatPercent(own.learnt.found ?? 0, locale)
	if (!own.learnt.used) return t('own.cannot', { found })
	if (own.precision === null) return t('own.finds', { found })
	const precision = formatPercent(own.precision, locale)
	return t('own.does', { found, precision, count: own.judged }, own.judged)
}

/* What there is to say of a class: what it still needs, or how well it does on examples that were left out. */
import type { OwnClass } from '@/api/client'
import { formatPercent } from '@/shared/util/format'

type Translate = (key: string, values: Record<string, unknown>, count?: number) => string

export function stateOf(own: OwnClass, t: Translate, locale: string): string {
	const missing = own.examples_needed - own.put_in
	if (missing > 0) return t('own.needs', { count: missing }, missing)
	if (!own.learnt) return t('own.learning', {})
	const { found, precision, used } = own.learnt
	return t(used ? 'own.does' : 'own.cannot', {
		found: formatPercent(found ?? 0, locale),
		precision: formatPercent(precision ?? 0, locale),
	})
}

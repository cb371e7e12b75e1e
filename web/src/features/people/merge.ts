/* Which of several persons stays when they become one. Pure. */
import type { Person } from '@/api/client'

/** The one with a name, then the wished one (what another was dropped on), then the one with the most faces. */
export function staysOf(people: readonly Person[], wished?: number): number {
	const rank = (p: Person) => [p.name ? 1 : 0, p.id === wished ? 1 : 0, p.faces] as const
	const [first] = [...people].sort((a, b) => {
		const [x, y] = [rank(a), rank(b)]
		return y[0] - x[0] || y[1] - x[1] || y[2] - x[2]
	})
	return first?.id ?? 0
}

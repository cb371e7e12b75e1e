/* What the user says of photos and classes of one's own: each action offers the way back. */
import { api } from '@/api/client'
import { useI18n } from 'vue-i18n'
import { useActivity } from '../stores/activity'
import { useToasts } from '../stores/toasts'
import { useProblem } from './useProblem'

/** The contract's limit of ids in one request. */
const idsAtOnce = 1000

export function useClassActions() {
	const { t } = useI18n()
	const toasts = useToasts()
	const activity = useActivity()
	const { attempt } = useProblem()

	const undo = (facts: number[], then?: () => unknown) =>
		attempt(async () => {
			for (let i = 0; i < facts.length; i += idsAtOnce)
				await api.delete('/api/v1/classes/facts', { body: { ids: facts.slice(i, i + idsAtOnce) } })
			activity.tellNow()
			await then?.()
		})

	/** `undone` is called when the user took it back. */
	async function say(
		own: { id: number; name: string },
		ids: number[],
		belongs: boolean,
		undone?: () => unknown,
	): Promise<boolean> {
		const facts: number[] = []
		const went = await attempt(async () => {
			for (let i = 0; i < ids.length; i += idsAtOnce) {
				const body = { ids: ids.slice(i, i + idsAtOnce), belongs }
				facts.push(...(await api.put('/api/v1/classes/{id}/photos', { path: { id: own.id }, body })).facts)
			}
		})
		// What was said before a failure can be taken back, too.
		if (facts.length > 0)
			toasts.show(
				t(belongs ? 'own.putIn' : 'own.keptOut', { name: own.name, count: facts.length }, facts.length),
				{
					action: { label: t('common.undo'), run: () => undo(facts, undone) },
				},
			)
		activity.tellNow()
		return went
	}

	return { say }
}

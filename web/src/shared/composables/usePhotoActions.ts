/* What can be done with chosen photos, in any view: each action asks the server and offers the way back. */
import { api } from '@/api/client'
import { useI18n } from 'vue-i18n'
import { useActivity } from '../stores/activity'
import { useToasts } from '../stores/toasts'
import { useProblem } from './useProblem'

/** The contract's limit of ids in one request. */
const idsAtOnce = 1000

export async function inChunks(ids: number[], send: (ids: number[]) => Promise<{ changed: number }>): Promise<number> {
	let changed = 0
	for (let i = 0; i < ids.length; i += idsAtOnce) changed += (await send(ids.slice(i, i + idsAtOnce))).changed
	return changed
}

export function usePhotoActions() {
	const { t } = useI18n()
	const toasts = useToasts()
	const activity = useActivity()
	const { attempt } = useProblem()

	const restore = (ids: number[]) =>
		attempt(async () => {
			const changed = await inChunks(ids, (some) => api.post('/api/v1/photos/restore', { body: { ids: some } }))
			toasts.show(t('timeline.restored', changed))
			activity.tellNow()
		})

	const trash = (ids: number[]) =>
		attempt(async () => {
			const changed = await inChunks(ids, (some) => api.post('/api/v1/photos/trash', { body: { ids: some } }))
			toasts.show(t('timeline.trashed', changed), {
				action: { label: t('common.undo'), run: () => restore(ids) },
			})
		})

	const deleteForGood = (ids: number[] | null) =>
		attempt(async () => {
			const changed = ids
				? await inChunks(ids, (some) => api.delete('/api/v1/trash', { body: { ids: some } }))
				: (await api.delete('/api/v1/trash')).changed
			toasts.show(t('trash.deleted', changed))
		})

	const addToAlbum = (album: { id: number; name: string }, ids: number[]) =>
		attempt(async () => {
			const changed = await inChunks(ids, (some) =>
				api.post('/api/v1/albums/{id}/photos', { path: { id: album.id }, body: { ids: some } }),
			)
			toasts.show(t('timeline.added', { album: album.name, count: changed }, changed))
		})

	const removeFromAlbum = (album: number, ids: number[]) =>
		attempt(async () => {
			const changed = await inChunks(ids, (some) =>
				api.delete('/api/v1/albums/{id}/photos', { path: { id: album }, body: { ids: some } }),
			)
			toasts.show(t('albums.removed', changed))
		})

	return { trash, restore, deleteForGood, addToAlbum, removeFromAlbum }
}

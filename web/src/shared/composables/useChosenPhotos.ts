/* What is done with the photos that are chosen on a wall: to the trash, into an album, into a class of one's own. Those
 * that went leave the wall, and after each the choice is over; after a failure it stays. */
import { ref, type Ref } from 'vue'
import type { PhotoList } from '../photos/list'
import type { Selection } from '../photos/selection'
import { useClassActions } from './useClassActions'
import { usePhotoActions } from './usePhotoActions'

export function useChosenPhotos(list: Readonly<Ref<Pick<PhotoList, 'remove'>>>, selection: Selection) {
	const actions = usePhotoActions()
	const classes = useClassActions()
	/** An album is being chosen. */
	const picking = ref(false)
	/** A class is. */
	const teaching = ref(false)

	async function trash(): Promise<void> {
		const ids = [...selection.ids.value]
		if (await actions.trash(ids)) {
			list.value.remove(ids)
			selection.clear()
		}
	}

	async function add(album: { id: number; name: string }): Promise<void> {
		picking.value = false
		if (await actions.addToAlbum(album, [...selection.ids.value])) selection.clear()
	}

	async function teach(own: { id: number; name: string }): Promise<void> {
		teaching.value = false
		if (await classes.say(own, [...selection.ids.value], true)) selection.clear()
	}

	return { picking, teaching, trash, add, teach }
}

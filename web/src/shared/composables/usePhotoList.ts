/* The photos of a page: read when it opens and when its source changes, looked at again when the server has news. */
import { onBeforeUnmount, shallowRef, watch, type ShallowRef } from 'vue'
import { PhotoList, type PhotoSource } from '../photos/list'
import { useActivity } from '../stores/activity'

export function usePhotoList(source: () => PhotoSource): Readonly<ShallowRef<PhotoList>> {
	const activity = useActivity()
	const list = shallowRef(new PhotoList(source()))
	void list.value.refresh()

	watch(source, (next) => {
		list.value.close()
		list.value = new PhotoList(next)
		void list.value.refresh()
	})
	watch(
		() => activity.news,
		() => void list.value.refresh(),
	)
	onBeforeUnmount(() => list.value.close())
	return list
}

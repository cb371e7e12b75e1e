/* Addresses of the files of photos and faces, for img, video and links. */

const base = (id: number) => `/api/v1/photos/${id}`

/** `attempt` asks anew after the file was not ready yet. */
export const thumbnailUrl = (id: number, attempt = 0) => `${base(id)}/thumbnail${attempt ? `?n=${attempt}` : ''}`
export const previewUrl = (id: number) => `${base(id)}/preview`
export const originalUrl = (id: number) => `${base(id)}/original`
export const downloadUrl = (id: number) => `${base(id)}/original?download=1`
export const faceUrl = (id: number) => `/api/v1/faces/${id}/thumbnail`

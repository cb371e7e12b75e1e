/* Persons and faces for tests. */
import type { Face, Person } from '@/api/client'

export function person(id: number, fields: Partial<Person> = {}): Person {
	return {
		id,
		uid: id.toString(16).padStart(32, '0'),
		name: null,
		born: null,
		faces: 3,
		photos: 3,
		cover_face: id * 10,
		hidden: false,
		confidence: 0.9,
		...fields,
	}
}

export function face(id: number, fields: Partial<Face> = {}): Face {
	return {
		id,
		photo: id * 100,
		x: 0.1,
		y: 0.2,
		w: 0.3,
		h: 0.3,
		confidence: 0.9,
		quality: 0.8,
		person: null,
		name: null,
		person_confidence: null,
		said: false,
		drawn: false,
		...fields,
	}
}

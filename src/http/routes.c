#include "http/routes.h"

#define API "/api/v1"

/* Rows with a fixed segment need no place before rows with {id}: an id is a number. */
const struct tt_route tt_routes[] = {
	{ "GET", "/healthz", tt_handle_health, TT_AUTH_PUBLIC, 0, NULL },
	{ "GET", API "/setup", tt_handle_setup_get, TT_AUTH_PUBLIC, 0, NULL },
	{ "POST", API "/setup", tt_handle_setup_post, TT_AUTH_PUBLIC, TT_ROUTE_JSON | TT_ROUTE_HASH, NULL },
	{ "POST", API "/sessions", tt_handle_sign_in, TT_AUTH_PUBLIC, TT_ROUTE_JSON | TT_ROUTE_HASH, NULL },
	{ "DELETE", API "/sessions/current", tt_handle_sign_out, TT_AUTH_USER, 0, NULL },
	{ "GET", API "/me", tt_handle_me, TT_AUTH_USER, 0, NULL },
	{ "POST", API "/me/password", tt_handle_password, TT_AUTH_USER, TT_ROUTE_JSON | TT_ROUTE_HASH, NULL },
	{ "GET", API "/users", tt_handle_users, TT_AUTH_OWNER, 0, NULL },
	{ "POST", API "/users", tt_handle_user_add, TT_AUTH_OWNER, TT_ROUTE_JSON | TT_ROUTE_HASH, NULL },

	{ "GET", API "/photos", tt_handle_photos, TT_AUTH_USER, 0, NULL },
	{ "POST", API "/photos", tt_handle_upload, TT_AUTH_USER, 0, &tt_upload_sink },
	{ "POST", API "/photos/trash", tt_handle_trash, TT_AUTH_USER, TT_ROUTE_JSON, NULL },
	{ "POST", API "/photos/restore", tt_handle_restore, TT_AUTH_USER, TT_ROUTE_JSON, NULL },
	{ "DELETE", API "/trash", tt_handle_trash_empty, TT_AUTH_USER, TT_ROUTE_JSON_OPT, NULL },
	{ "GET", API "/photos/{id}", tt_handle_photo, TT_AUTH_USER, 0, NULL },
	{ "GET", API "/photos/{id}/thumbnail", tt_handle_thumbnail, TT_AUTH_USER, 0, NULL },
	{ "GET", API "/photos/{id}/preview", tt_handle_preview, TT_AUTH_USER, 0, NULL },
	{ "GET", API "/photos/{id}/original", tt_handle_original, TT_AUTH_USER, 0, NULL },
	{ "PUT", API "/photos/{id}/class", tt_handle_class_set, TT_AUTH_USER, TT_ROUTE_JSON, NULL },
	{ "GET", API "/facts", tt_handle_facts, TT_AUTH_USER, 0, NULL },
	{ "DELETE", API "/facts/{id}", tt_handle_fact_undo, TT_AUTH_USER, 0, NULL },

	{ "GET", API "/learning", tt_handle_learning, TT_AUTH_USER, 0, NULL },
	{ "POST", API "/learning/run", tt_handle_learning_run, TT_AUTH_USER, 0, NULL },
	{ "POST", API "/learning/undo", tt_handle_learning_undo, TT_AUTH_USER, 0, NULL },

	{ "GET", API "/timeline/months", tt_handle_months, TT_AUTH_USER, 0, NULL },
	{ "GET", API "/search", tt_handle_search, TT_AUTH_USER, 0, NULL },
	{ "GET", API "/albums/smart", tt_handle_smart_albums, TT_AUTH_USER, 0, NULL },
	{ "GET", API "/albums", tt_handle_albums, TT_AUTH_USER, 0, NULL },
	{ "POST", API "/albums", tt_handle_album_add, TT_AUTH_USER, TT_ROUTE_JSON, NULL },
	{ "GET", API "/albums/{id}", tt_handle_album, TT_AUTH_USER, 0, NULL },
	{ "PATCH", API "/albums/{id}", tt_handle_album_change, TT_AUTH_USER, TT_ROUTE_JSON, NULL },
	{ "DELETE", API "/albums/{id}", tt_handle_album_delete, TT_AUTH_USER, 0, NULL },
	{ "POST", API "/albums/{id}/photos", tt_handle_album_photos_add, TT_AUTH_USER, TT_ROUTE_JSON, NULL },
	{ "DELETE", API "/albums/{id}/photos", tt_handle_album_photos_remove, TT_AUTH_USER, TT_ROUTE_JSON, NULL },

	{ "GET", API "/people", tt_handle_people, TT_AUTH_USER, 0, NULL },
	{ "POST", API "/people", tt_handle_person_add, TT_AUTH_USER, TT_ROUTE_JSON, NULL },
	{ "GET", API "/people/{id}", tt_handle_person, TT_AUTH_USER, 0, NULL },
	{ "PATCH", API "/people/{id}", tt_handle_person_change, TT_AUTH_USER, TT_ROUTE_JSON, NULL },
	{ "GET", API "/people/{id}/photos", tt_handle_person_photos, TT_AUTH_USER, 0, NULL },
	{ "GET", API "/people/{id}/faces", tt_handle_person_faces, TT_AUTH_USER, 0, NULL },
	{ "POST", API "/people/{id}/split", tt_handle_person_add, TT_AUTH_USER, TT_ROUTE_JSON, NULL },
	{ "POST", API "/people/merge", tt_handle_people_merge, TT_AUTH_USER, TT_ROUTE_JSON, NULL },
	{ "GET", API "/people/facts", tt_handle_people_facts, TT_AUTH_USER, 0, NULL },
	{ "DELETE", API "/people/facts", tt_handle_people_fact_undo, TT_AUTH_USER, TT_ROUTE_JSON, NULL },
	{ "DELETE", API "/people/facts/{id}", tt_handle_people_fact_undo, TT_AUTH_USER, 0, NULL },
	{ "GET", API "/people/questions", tt_handle_questions, TT_AUTH_USER, TT_ROUTE_SLOW, NULL },
	{ "POST", API "/people/questions", tt_handle_answer, TT_AUTH_USER, TT_ROUTE_JSON, NULL },
	{ "GET", API "/faces/unknown", tt_handle_unknown_faces, TT_AUTH_USER, 0, NULL },
	{ "GET", API "/faces/{id}/thumbnail", tt_handle_face_thumbnail, TT_AUTH_USER, 0, NULL },
	{ "PUT", API "/faces/person", tt_handle_face_person, TT_AUTH_USER, TT_ROUTE_JSON, NULL },
	{ "POST", API "/faces/not-a-face", tt_handle_face_deny, TT_AUTH_USER, TT_ROUTE_JSON, NULL },
	{ "PUT", API "/faces/{id}/person", tt_handle_face_person, TT_AUTH_USER, TT_ROUTE_JSON, NULL },
	{ "POST", API "/faces/{id}/not-a-face", tt_handle_face_deny, TT_AUTH_USER, 0, NULL },
	{ "POST", API "/photos/{id}/faces", tt_handle_face_draw, TT_AUTH_USER, TT_ROUTE_JSON, NULL },

	{ "GET", API "/jobs", tt_handle_progress, TT_AUTH_USER, 0, NULL },
	{ "GET", API "/jobs/events", tt_handle_events, TT_AUTH_USER, 0, NULL },
	{ "GET", API "/jobs/aside", tt_handle_aside, TT_AUTH_USER, 0, NULL },
	{ "POST", API "/jobs/aside/{photo}/retry", tt_handle_aside_retry, TT_AUTH_USER, 0, NULL },
	{ "DELETE", API "/jobs/aside/{photo}", tt_handle_aside_dismiss, TT_AUTH_USER, 0, NULL },
	{ "GET", API "/settings/about", tt_handle_about, TT_AUTH_USER, 0, NULL },
};

const size_t tt_routes_count = sizeof tt_routes / sizeof *tt_routes;

/* The route table and every handler in it. The rows equal api/openapi.yaml; a test compares them. */
#ifndef TT_HTTP_ROUTES_H
#define TT_HTTP_ROUTES_H

#include "http/router.h"

#include <stddef.h>

extern const struct tt_route tt_routes[];
extern const size_t tt_routes_count;

/* health.c */
tt_handler tt_handle_health, tt_handle_about;
/* setup_session.c */
tt_handler tt_handle_setup_get, tt_handle_setup_post, tt_handle_sign_in, tt_handle_sign_out;
/* users.c */
tt_handler tt_handle_me, tt_handle_password, tt_handle_users, tt_handle_user_add;
/* photos.c */
tt_handler tt_handle_photos, tt_handle_photo, tt_handle_trash, tt_handle_restore, tt_handle_trash_empty;
/* upload.c */
tt_handler tt_handle_upload;
extern const struct tt_body_sink tt_upload_sink;
/* timeline.c */
tt_handler tt_handle_months;
/* media_files.c */
tt_handler tt_handle_thumbnail, tt_handle_preview, tt_handle_original, tt_handle_face_thumbnail;
/* facts.c */
tt_handler tt_handle_class_set, tt_handle_facts, tt_handle_fact_undo;
/* learning.c */
tt_handler tt_handle_learning, tt_handle_learning_run, tt_handle_learning_undo;
tt_handler tt_handle_classes, tt_handle_class_add, tt_handle_class, tt_handle_class_change, tt_handle_class_delete,
	tt_handle_class_say, tt_handle_class_undo, tt_handle_class_facts, tt_handle_class_unsure;
/* albums.c */
tt_handler tt_handle_smart_albums, tt_handle_albums, tt_handle_album_add, tt_handle_album, tt_handle_album_change,
	tt_handle_album_delete, tt_handle_album_photos_add, tt_handle_album_photos_remove;
/* people.c */
tt_handler tt_handle_people, tt_handle_person, tt_handle_person_photos, tt_handle_person_faces, tt_handle_unknown_faces,
	tt_handle_person_change, tt_handle_person_add, tt_handle_people_merge;
/* faces.c */
tt_handler tt_handle_face_person, tt_handle_face_deny, tt_handle_face_draw;
/* questions.c */
tt_handler tt_handle_questions, tt_handle_answer, tt_handle_people_facts, tt_handle_people_fact_undo;
/* search.c */
tt_handler tt_handle_search;
/* jobs.c */
tt_handler tt_handle_progress, tt_handle_events, tt_handle_aside, tt_handle_aside_retry, tt_handle_aside_dismiss;

#endif

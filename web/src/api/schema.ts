// Generated from api/openapi.yaml by `npm run generate`: do not edit.

export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the server answers and its database can be read */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the first user (the owner) has yet to be made */
        get: operations["getSetup"];
        put?: never;
        /** Make the owner, once, and sign in */
        post: operations["createOwner"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description After several failures for the same name from the same address further tries are answered 429 with Retry-After.
         *
         */
        post: operations["signIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Sign out */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change one's own password; all other sessions of the user end */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All users */
        get: operations["listUsers"];
        put?: never;
        /** Add a user */
        post: operations["addUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/photos": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page of photos, newest first */
        get: operations["listPhotos"];
        put?: never;
        /**
         * Upload photos and videos
         * @description Any number of `file` parts up to a limit. `mtime` (milliseconds since 1970 UTC) and `restore` (1: take a photo in again that was deleted for good) are parts of their own that stand before the file they speak of. Each file has a result of its own, in the order of the parts; a file reported as imported is safely stored.
         *
         */
        post: operations["uploadPhotos"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/photos/trash": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Move photos to the trash */
        post: operations["trashPhotos"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/photos/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take photos out of the trash */
        post: operations["restorePhotos"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trash": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete for good what is in the trash
         * @description With `ids` only those, without a body everything in the trash. Files are removed and a tombstone stays, so that the same file does not come back by another import unless `restore` is asked.
         *
         */
        delete: operations["emptyTrash"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/photos/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /** All that is known of a photo */
        get: operations["getPhoto"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/photos/{id}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /** The small picture (WebP, longer side 256 px) */
        get: operations["getThumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/photos/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /** The large picture (WebP, longer side 1440 px) */
        get: operations["getPreview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/photos/{id}/original": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /** The file as it was taken in */
        get: operations["getOriginal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/photos/{id}/class": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        /** Say what is on the photo; overrules the model until undone */
        put: operations["setPhotoClass"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/facts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the user said, newest first */
        get: operations["listFacts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/facts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Undo a fact; it stays in the list as undone */
        delete: operations["undoFact"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/timeline/months": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The months that have photos, newest first, with counts */
        get: operations["listMonths"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/albums/smart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The five classes and what is unclassified ("none"), always all six, in this order */
        get: operations["listSmartAlbums"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/albums": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Albums made by hand, by name */
        get: operations["listAlbums"];
        put?: never;
        /** Make an album */
        post: operations["createAlbum"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/albums/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /** One album; its photos are listed by GET /api/v1/photos?album=ID */
        get: operations["getAlbum"];
        put?: never;
        post?: never;
        /** Delete an album; its photos stay */
        delete: operations["deleteAlbum"];
        options?: never;
        head?: never;
        /** Rename an album or choose its cover */
        patch: operations["changeAlbum"];
        trace?: never;
    };
    "/api/v1/albums/{id}/photos": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add photos to an album */
        post: operations["addAlbumPhotos"];
        /** Take photos out of an album; the photos stay */
        delete: operations["removeAlbumPhotos"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Persons, those with names first, then those with the most faces */
        get: operations["listPeople"];
        put?: never;
        /** Make a new person of these faces, out of whatever they belong to */
        post: operations["createPerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /** One person */
        get: operations["getPerson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Name a person, say when they were born, hide them, choose their cover */
        patch: operations["changePerson"];
        trace?: never;
    };
    "/api/v1/people/{id}/photos": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /** Photos with a face of this person, newest first */
        get: operations["listPersonPhotos"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{id}/faces": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /** Faces of this person */
        get: operations["listPersonFaces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{id}/split": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a new person of some faces of this one; at least one face must stay */
        post: operations["splitPerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * These persons are one; name, faces and facts go to `into`
         * @description Answered 409 `together` when a photo shows two of them together, since then they are hardly one; `force` does it all the same.
         *
         */
        post: operations["mergePeople"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/facts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the user said about people, newest first */
        get: operations["listPeopleFacts"];
        put?: never;
        post?: never;
        /** Undo several facts at once, all or none; they stay in the list as undone */
        delete: operations["undoPeopleFacts"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/facts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Undo a fact; it stays in the list as undone */
        delete: operations["undoPeopleFact"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/questions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Are these the same? The most useful questions first */
        get: operations["listQuestions"];
        put?: never;
        /** Answer one; after "unsure" it is not asked again */
        post: operations["answerQuestion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/faces/unknown": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Faces that belong to nobody yet */
        get: operations["listUnknownFaces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/faces/person": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Say who several faces are, or who they are not, all of them or none
         * @description With `name` they are the person of this name, who is made when there is none. With `not` they are not this person.
         *
         */
        put: operations["setFacesPerson"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/faces/not-a-face": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** These are no faces; they are not shown any more */
        post: operations["denyFaces"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/faces/{id}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /** A square picture of the face (WebP) */
        get: operations["getFaceThumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/faces/{id}/person": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        /**
         * Say who it is, or who it is not
         * @description With `name` it is the person of this name, who is made when there is none. With `not` it is not this person.
         *
         */
        put: operations["setFacePerson"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/faces/{id}/not-a-face": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** This is no face; it is not shown any more */
        post: operations["denyFace"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/photos/{id}/faces": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A face that was not found, in fractions of the upright photo */
        post: operations["drawFace"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Photos by person, label, class, name, camera, description, keyword, year or month; all words must match
         * @description Names of persons are found as they are written, also several of them: `Ann and Bob`, `Ann Bob beach 2019`. Text in double quotes is one phrase. Classes and labels are found by their English and their Chinese names.
         *
         */
        get: operations["searchPhotos"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the work on new photos is */
        get: operations["getProgress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Server-sent events; `event progress` with a Progress as data, at once and on each change */
        get: operations["watchProgress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/aside": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Photos that could not be worked on, with the reason */
        get: operations["listAside"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/aside/{photo}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the photo */
                photo: components["parameters"]["Photo"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try once more */
        post: operations["retryAside"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/aside/{photo}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the photo */
                photo: components["parameters"]["Photo"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Leave the photo as it is and forget the job */
        delete: operations["dismissAside"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/learning": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was learnt from one's own corrections */
        get: operations["getLearning"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/learning/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Learn now, however few corrections are new
         * @description Goes on in the background; busy says so. Nothing comes of it with fewer corrections than min_corrections.
         */
        post: operations["runLearning"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/learning/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Back to the shipped model; corrections stay, guesses are made again in the background */
        post: operations["undoLearning"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/classes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Classes of one's own, by name */
        get: operations["listClasses"];
        put?: never;
        /** Make a class of one's own */
        post: operations["createClass"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/classes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /** One class; its photos are listed by GET /api/v1/photos?own_class=ID */
        get: operations["getClass"];
        put?: never;
        post?: never;
        /** Remove a class; its photos stay, and so does all that was said, so that it can be brought back */
        delete: operations["removeClass"];
        options?: never;
        head?: never;
        /** Rename a class, or bring it back */
        patch: operations["changeClass"];
        trace?: never;
    };
    "/api/v1/classes/{id}/photos": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        /** Say of photos that they belong to the class, or that they do not */
        put: operations["sayOfClass"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/classes/{id}/unsure": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /** Photos of which nothing is said and the guess is the least sure, those first that teach most */
        get: operations["listClassUnsure"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/classes/facts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was said of photos and classes, newest first */
        get: operations["listClassFacts"];
        put?: never;
        post?: never;
        /** Undo what was said */
        delete: operations["undoClassFacts"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/settings/about": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Version, model and counts */
        get: operations["getAbout"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** Format: int64 */
        Id: number;
        /** @example 2019-05 */
        MonthName: string;
        /** @enum {string} */
        Class: "people" | "animals" | "landscape" | "vehicles" | "buildings";
        /** @enum {string} */
        ClassOrNone: "people" | "animals" | "landscape" | "vehicles" | "buildings" | "none";
        /**
         * @description null while unclassified
         * @enum {string|null}
         */
        ClassOrNull: "people" | "animals" | "landscape" | "vehicles" | "buildings" | null;
        Probability: number;
        /** @enum {string} */
        Role: "owner" | "member";
        /** @description 1 to 64 bytes of UTF-8 without control characters or white space at the ends; case does not count */
        UserName: string;
        NewPassword: string;
        /** @description at most 100 bytes of UTF-8 */
        OwnClassName: string;
        OwnClass: {
            id: components["schemas"]["Id"];
            name: components["schemas"]["OwnClassName"];
            /** Format: int64 */
            created_at: number;
            removed: boolean;
            /** @description photos shown */
            count: number;
            /** @description of these, found by what was learnt */
            guessed: number;
            /** @description the newest photo */
            cover: number | null;
            /** @description photos that the user put in */
            put_in: number;
            /** @description photos that the user kept out */
            kept_out: number;
            /** @description photos it had found when the user said yes or no to them */
            judged: number;
            /** @description share of these that belong */
            precision: number | null;
            /** @description photos put in before anything is learnt */
            examples_needed: number;
            /** @description something was said that is not learnt yet */
            fresh: boolean;
            learnt: components["schemas"]["OwnClassLearnt"] | null;
        };
        /** @description what was learnt, judged on examples that were left out while it was learnt */
        OwnClassLearnt: {
            /** @description counts tries */
            version: number;
            /** Format: int64 */
            made_at: number;
            /** @description it finds photos; false: it was not good enough */
            used: boolean;
            /** @description examples */
            put_in: number;
            /** @description photos kept out */
            kept_out: number;
            /** @description photos of which nothing was said */
            others: number;
            /** @description share of the examples that are found */
            found: number | null;
            /** @description share of the others that is taken */
            others_taken: number | null;
        };
        OwnClassFact: {
            id: components["schemas"]["Id"];
            own_class: components["schemas"]["Id"];
            /** @description null when it was deleted for good */
            photo: number | null;
            belongs: boolean;
            /** Format: int64 */
            at: number;
            /** Format: int64 */
            undone_at: number | null;
        };
        AlbumName: string;
        /** @enum {string} */
        PhotoKind: "photo" | "video";
        /**
         * @description waiting for the work on it; done; or set aside, see GET /api/v1/jobs/aside
         * @enum {string}
         */
        PhotoState: "waiting" | "done" | "aside";
        /** @enum {string} */
        JobKind: "develop" | "classify" | "faces";
        /** @description 1 to 200 bytes of UTF-8 */
        PersonName: string;
        /** @description at most as many as the setting people.max_at_once says, usually 1,000; else 413 `too_big` */
        FaceIds: components["schemas"]["Id"][];
        Error: {
            error: {
                /** @enum {string} */
                code: "invalid" | "not_signed_in" | "denied" | "not_found" | "not_ready" | "method_not_allowed" | "exists" | "together" | "too_big" | "unsupported_type" | "bad_range" | "busy" | "timeout" | "internal";
                message: string;
                /** @description names the request in the log */
                request: string;
            };
        };
        Setup: {
            needs_owner: boolean;
            version: string;
        };
        Credentials: {
            name: components["schemas"]["UserName"];
            password: string;
        };
        Me: {
            id: components["schemas"]["Id"];
            name: string;
            role: components["schemas"]["Role"];
        };
        User: {
            id: components["schemas"]["Id"];
            name: string;
            role: components["schemas"]["Role"];
            /** Format: int64 */
            created_at: number;
        };
        Ids: {
            ids: components["schemas"]["Id"][];
        };
        UploadResult: {
            name: string;
            /** @enum {string} */
            status: "imported" | "duplicate" | "rejected";
            /**
             * Format: int64
             * @description of the new photo, or of the one that was there already; null when rejected
             */
            id: number | null;
            /** @description why it was rejected */
            reason: string | null;
        };
        PhotoSummary: {
            id: components["schemas"]["Id"];
            kind: components["schemas"]["PhotoKind"];
            /** @description upright; null until known */
            width: number | null;
            height: number | null;
            taken: components["schemas"]["Taken"];
            /**
             * Format: int64
             * @description the sort key
             */
            moment: number;
            blurhash: string | null;
            class: components["schemas"]["ClassOrNull"];
            /** @description of the guess that is shown; null when unclassified or when the user said it */
            confidence: number | null;
            state: components["schemas"]["PhotoState"];
            duration_s: number | null;
        };
        /** @description local wall time; null when the file does not say */
        Taken: string | null;
        PhotoPage: {
            photos: components["schemas"]["PhotoSummary"][];
            /** @description cursor of the next page; null on the last */
            next: string | null;
        };
        PhotoDetail: {
            id: components["schemas"]["Id"];
            kind: components["schemas"]["PhotoKind"];
            /** @description name of the file as it came */
            name: string;
            mime: string;
            /** Format: int64 */
            bytes: number;
            sha256: string;
            /** Format: int64 */
            added_at: number;
            /** Format: int64 */
            trashed_at: number | null;
            /** Format: int64 */
            moment: number;
            taken: components["schemas"]["Taken"];
            subsec: string | null;
            /** @example +09:00 */
            offset: string | null;
            offset_source: string | null;
            width: number | null;
            height: number | null;
            orientation: number | null;
            lat: number | null;
            lon: number | null;
            alt: number | null;
            make: string | null;
            model: string | null;
            lens: string | null;
            iso: number | null;
            f_number: number | null;
            exposure_s: number | null;
            focal_mm: number | null;
            rating: number | null;
            description: string | null;
            keywords: string[];
            duration_s: number | null;
            frames: number | null;
            blurhash: string | null;
            class: components["schemas"]["ClassOrNull"];
            confidence: number | null;
            state: components["schemas"]["PhotoState"];
            guess: components["schemas"]["Guess"] | null;
            labels: {
                name: string;
                confidence: components["schemas"]["Probability"];
            }[];
            correction: components["schemas"]["Correction"] | null;
            albums: {
                id: components["schemas"]["Id"];
                name: string;
            }[];
            /** @description classes of the user's own that show the photo */
            own_classes: {
                id: components["schemas"]["Id"];
                name: string;
                /** @description null where the user said so */
                confidence: number | null;
            }[];
            /** @description from left to right; what is no face is left out */
            faces: components["schemas"]["Face"][];
            /** @description id of the next newer photo in the timeline */
            previous: number | null;
            /** @description id of the next older photo in the timeline */
            next: number | null;
        };
        /** @description what the model said */
        Guess: {
            model: string;
            version: string;
            class: components["schemas"]["ClassOrNull"];
            confidence: components["schemas"]["Probability"];
            classes: {
                people: components["schemas"]["Probability"];
                animals: components["schemas"]["Probability"];
                landscape: components["schemas"]["Probability"];
                vehicles: components["schemas"]["Probability"];
                buildings: components["schemas"]["Probability"];
            };
        };
        /** @description what the user said about the class, newest fact that is not undone */
        Correction: {
            fact: components["schemas"]["Id"];
            class: components["schemas"]["ClassOrNone"];
            /** Format: int64 */
            at: number;
        };
        Fact: {
            id: components["schemas"]["Id"];
            /** @description null when the photo was deleted for good */
            photo: number | null;
            /** @enum {string} */
            kind: "class";
            value: components["schemas"]["ClassOrNone"];
            /** Format: int64 */
            at: number;
            /** Format: int64 */
            undone_at: number | null;
        };
        SmartAlbum: {
            name: components["schemas"]["ClassOrNone"];
            count: number;
            /** @description id of the photo to show */
            cover: number | null;
            /** @description mean over the photos that the model put here; null when there are none */
            confidence: number | null;
        };
        Album: {
            id: components["schemas"]["Id"];
            name: string;
            count: number;
            cover: number | null;
            /** Format: int64 */
            created_at: number;
        };
        Progress: {
            /** @description photos waiting or being worked on, of all users */
            waiting: number;
            /** @description photos finished since nothing was waiting last */
            done: number;
            /** @description photos set aside, one's own */
            aside: number;
            /** @description photos per second lately; 0 when idle */
            rate: number;
            /** @description null when idle or not yet known */
            eta_s: number | null;
            /** @description another number than before when persons or faces may have changed; pages that show them fetch them anew */
            people: number;
        };
        AsideJob: {
            photo: components["schemas"]["Id"];
            name: string;
            kind: components["schemas"]["JobKind"];
            tries: number;
            reason: string;
        };
        About: {
            version: string;
            model: {
                name: string;
                version: string;
            } | null;
            counts: {
                photos: number;
                videos: number;
                trashed: number;
                albums: number;
                /**
                 * Format: int64
                 * @description size of all originals
                 */
                bytes: number;
            };
        };
        Person: {
            id: components["schemas"]["Id"];
            /** @description the same in every library */
            uid: string;
            name: string | null;
            born: components["schemas"]["BornOrNull"];
            faces: number;
            photos: number;
            /** @description id of the face to show */
            cover_face: number | null;
            hidden: boolean;
            /** @description mean over the faces that the machine put here; null when there are none */
            confidence: number | null;
        };
        PersonDetail: {
            id: components["schemas"]["Id"];
            /** @description the same in every library */
            uid: string;
            name: string | null;
            born: components["schemas"]["BornOrNull"];
            faces: number;
            photos: number;
            /** @description id of the face to show */
            cover_face: number | null;
            hidden: boolean;
            confidence: number | null;
            /** @description newest first */
            years: {
                year: number;
                /** @description photos */
                count: number;
            }[];
        };
        BornOrNull: string | null;
        Face: {
            id: components["schemas"]["Id"];
            photo: components["schemas"]["Id"];
            /** @description left edge; all four are fractions of the upright photo and may stick out a little */
            x: number;
            /** @description upper edge */
            y: number;
            w: number;
            h: number;
            /** @description that it is a face */
            confidence: components["schemas"]["Probability"];
            /** @description how well it can be told apart */
            quality: components["schemas"]["Probability"];
            /** @description null while unknown */
            person: number | null;
            /** @description of the person */
            name: string | null;
            /** @description that it is this person; null while unknown and when the user said it */
            person_confidence: number | null;
            /** @description by the user's word */
            said: boolean;
            /** @description drawn by hand */
            drawn: boolean;
        };
        FacePage: {
            faces: components["schemas"]["Face"][];
            /** @description cursor of the next page; null on the last */
            next: string | null;
        };
        Said: {
            /** @description for the undo; none when it was so already */
            facts: components["schemas"]["Id"][];
            /** @description the person it is about: the new one, or the one merged into */
            person: number | null;
            /** @description the face it is about */
            face: number | null;
        };
        PeopleFact: {
            id: components["schemas"]["Id"];
            /** @enum {string} */
            kind: "is" | "is_not" | "same" | "different" | "not_a_face" | "drawn" | "name" | "merge" | "hide" | "show" | "cover" | "born" | "unsure";
            /** @description of the face it speaks of; null for none or deleted for good */
            photo: number | null;
            /** @description of the other face of a pair */
            other_photo: number | null;
            /** @description null for none and when it was merged or is no more */
            person: number | null;
            /** @description the person that was merged into it */
            other: number | null;
            /** @description of the person now */
            name: string | null;
            /** @description name or date of birth that was said */
            value: string | null;
            /** Format: int64 */
            at: number;
            /** Format: int64 */
            undone_at: number | null;
        };
        Question: {
            a: components["schemas"]["Face"];
            b: components["schemas"]["Face"];
            /** @description that they are the same person */
            probability: components["schemas"]["Probability"];
            /** @description faces that the answer decides about */
            settles: number;
        };
        /** @description the machine's belief held against the user's answers */
        Measured: {
            answers: number;
            /** @description null while nothing can be said */
            precision: number | null;
            recall: number | null;
        };
        Learnt: {
            /** @description counts up; guesses have the version MODEL+uVERSION */
            version: number;
            /** @description version of the shipped model that it builds on */
            model: string;
            /** Format: int64 */
            made_at: number;
            /** @description corrections that it was learnt from */
            corrections: number;
            /** @description share of them that the shipped model gets right */
            accuracy_before: number;
            /** @description the same with what was learnt, each left out while it was judged */
            accuracy_after: number;
            /** @description in use now */
            active: boolean;
        };
        Learning: {
            /** @description learning or guessing again just now */
            busy: boolean;
            /** @description learns by itself after enough corrections */
            automatic: boolean;
            /** @description photos that one put into one of the five classes */
            corrections: number;
            /** @description of these since it learnt last */
            fresh: number;
            /** @description fewer are not learnt from */
            min_corrections: number;
            /** @description fresh corrections after which it learns again */
            every: number;
            active: components["schemas"]["Learnt"] | null;
            /** @description newest first */
            history: components["schemas"]["Learnt"][];
        };
    };
    responses: {
        /** @description learning */
        Learning: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Learning"];
            };
        };
        /** @description noted; DELETE /api/v1/people/facts undoes it */
        Said: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Said"];
            };
        };
        /** @description the page */
        FacePage: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["FacePage"];
            };
        };
        /** @description it did not work; the message says what is wrong and what to do */
        Error: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description how many photos were changed; ids that are unknown or changed already do not count */
        Changed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": {
                    changed: number;
                };
            };
        };
        /** @description the picture, or with Range a part of it; never changes. 404 not_ready while the photo is developing */
        Webp: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "image/webp": string;
            };
        };
        /** @description the file, or with Range a part of it; the type is found by content and is never HTML */
        Original: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "image/*": string;
                "video/*": string;
                "application/octet-stream": string;
            };
        };
    };
    parameters: {
        Id: components["schemas"]["Id"];
        /** @description id of the photo */
        Photo: components["schemas"]["Id"];
        Month: components["schemas"]["MonthName"];
        /** @description only photos shown in this smart album; none is what is unclassified */
        Class: components["schemas"]["ClassOrNone"];
        /** @description only photos in this album */
        Album: components["schemas"]["Id"];
        /** @description only photos with a face of this person */
        Person: components["schemas"]["Id"];
        /** @description only of this class of one's own; not together with album, person or trash */
        OwnClass: components["schemas"]["Id"];
        /** @description 1 for what is in the trash, 0 for what is not */
        Trash: 0 | 1;
        /** @description `next` of the page before */
        Cursor: string;
        Limit: number;
    };
    requestBodies: {
        Faces: {
            content: {
                "application/json": {
                    faces: components["schemas"]["FaceIds"];
                    name?: components["schemas"]["PersonName"];
                };
            };
        };
        Ids: {
            content: {
                "application/json": components["schemas"]["Ids"];
            };
        };
    };
    headers: {
        /** @description tintype_session=…; HttpOnly; SameSite=Lax; Path=/ (and Secure behind TLS) */
        SessionCookie: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description alive */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "ok";
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    getSetup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the state of the set-up */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setup"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    createOwner: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            /** @description made and signed in; the session cookie is set */
            201: {
                headers: {
                    "Set-Cookie": components["headers"]["SessionCookie"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            /** @description signed in; the session cookie is set */
            200: {
                headers: {
                    "Set-Cookie": components["headers"]["SessionCookie"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description signed out; the session cookie is cleared */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the user */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    current: string;
                    new: components["schemas"]["NewPassword"];
                };
            };
        };
        responses: {
            /** @description changed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    listUsers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description all users by name */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        users: components["schemas"]["User"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: components["schemas"]["UserName"];
                    password: components["schemas"]["NewPassword"];
                    /** @default member */
                    role?: components["schemas"]["Role"];
                };
            };
        };
        responses: {
            /** @description added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listPhotos: {
        parameters: {
            query?: {
                month?: components["parameters"]["Month"];
                /** @description only photos shown in this smart album; none is what is unclassified */
                class?: components["parameters"]["Class"];
                /** @description only photos in this album */
                album?: components["parameters"]["Album"];
                /** @description only photos with a face of this person */
                person?: components["parameters"]["Person"];
                /** @description only of this class of one's own; not together with album, person or trash */
                own_class?: components["parameters"]["OwnClass"];
                /** @description 1 for what is in the trash, 0 for what is not */
                trash?: components["parameters"]["Trash"];
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PhotoPage"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    uploadPhotos: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    mtime?: number[];
                    restore?: (0 | 1)[];
                    file: string[];
                };
            };
        };
        responses: {
            /** @description one result for each file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        results: components["schemas"]["UploadResult"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    trashPhotos: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Ids"];
        responses: {
            200: components["responses"]["Changed"];
            default: components["responses"]["Error"];
        };
    };
    restorePhotos: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Ids"];
        responses: {
            200: components["responses"]["Changed"];
            default: components["responses"]["Error"];
        };
    };
    emptyTrash: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Ids"];
            };
        };
        responses: {
            200: components["responses"]["Changed"];
            default: components["responses"]["Error"];
        };
    };
    getPhoto: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the photo */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PhotoDetail"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    getThumbnail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Webp"];
            206: components["responses"]["Webp"];
            /** @description unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    getPreview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Webp"];
            206: components["responses"]["Webp"];
            /** @description unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    getOriginal: {
        parameters: {
            query?: {
                /** @description 1 asks the browser to save it instead of showing it */
                download?: 0 | 1;
            };
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Original"];
            206: components["responses"]["Original"];
            /** @description unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    setPhotoClass: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    class: components["schemas"]["ClassOrNone"];
                };
            };
        };
        responses: {
            /** @description noted */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description for the undo: DELETE /api/v1/facts/{id} */
                        fact: components["schemas"]["Id"];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listFacts: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description facts */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        facts: components["schemas"]["Fact"][];
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    undoFact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description undone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    listMonths: {
        parameters: {
            query?: {
                /** @description only photos shown in this smart album; none is what is unclassified */
                class?: components["parameters"]["Class"];
                /** @description only photos in this album */
                album?: components["parameters"]["Album"];
                /** @description only photos with a face of this person */
                person?: components["parameters"]["Person"];
                /** @description only of this class of one's own; not together with album, person or trash */
                own_class?: components["parameters"]["OwnClass"];
                /** @description 1 for what is in the trash, 0 for what is not */
                trash?: components["parameters"]["Trash"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the months */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        months: {
                            month: components["schemas"]["MonthName"];
                            count: number;
                        }[];
                        total: number;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listSmartAlbums: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the smart albums */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        albums: components["schemas"]["SmartAlbum"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listAlbums: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the albums */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        albums: components["schemas"]["Album"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    createAlbum: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: components["schemas"]["AlbumName"];
                };
            };
        };
        responses: {
            /** @description made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Album"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    getAlbum: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the album */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Album"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    deleteAlbum: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description deleted */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    changeAlbum: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: components["schemas"]["AlbumName"];
                    /** @description a photo in the album */
                    cover?: components["schemas"]["Id"];
                };
            };
        };
        responses: {
            /** @description the album as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Album"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addAlbumPhotos: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Ids"];
        responses: {
            200: components["responses"]["Changed"];
            default: components["responses"]["Error"];
        };
    };
    removeAlbumPhotos: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Ids"];
        responses: {
            200: components["responses"]["Changed"];
            default: components["responses"]["Error"];
        };
    };
    listPeople: {
        parameters: {
            query?: {
                /** @description only those with these letters in the name */
                q?: string;
                /** @description 1 for the hidden ones, 0 for the others */
                hidden?: 0 | 1;
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        people: components["schemas"]["Person"][];
                        /** @description faces that belong to nobody yet */
                        unknown: number;
                        /** @description photos in which nobody has looked for faces yet */
                        waiting: number;
                        /** @description cursor of the next page; null on the last */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    createPerson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Faces"];
        responses: {
            201: components["responses"]["Said"];
            default: components["responses"]["Error"];
        };
    };
    getPerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the person */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonDetail"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    changePerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description empty takes the name away */
                    name?: string;
                    /** @description empty for unknown */
                    born?: string;
                    hidden?: boolean;
                    /** @description a face of this person */
                    cover_face?: components["schemas"]["Id"];
                };
            };
        };
        responses: {
            200: components["responses"]["Said"];
            default: components["responses"]["Error"];
        };
    };
    listPersonPhotos: {
        parameters: {
            query?: {
                year?: number;
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PhotoPage"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listPersonFaces: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["FacePage"];
            default: components["responses"]["Error"];
        };
    };
    splitPerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Faces"];
        responses: {
            201: components["responses"]["Said"];
            default: components["responses"]["Error"];
        };
    };
    mergePeople: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    into: components["schemas"]["Id"];
                    /** @description at most as many as the setting people.max_merge says, usually 50; else 413 `too_big` */
                    from: components["schemas"]["Id"][];
                    /** @default false */
                    force?: boolean;
                };
            };
        };
        responses: {
            200: components["responses"]["Said"];
            default: components["responses"]["Error"];
        };
    };
    listPeopleFacts: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description facts */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        facts: components["schemas"]["PeopleFact"][];
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    undoPeopleFacts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description one more than the setting people.max_at_once, so that one saying is undone by one request */
                    facts: components["schemas"]["Id"][];
                };
            };
        };
        responses: {
            /** @description undone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    undoPeopleFact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description undone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    listQuestions: {
        parameters: {
            query?: {
                /** @description at most what the setting people.max_questions says, usually 100 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the questions */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        questions: components["schemas"]["Question"][];
                        measured: components["schemas"]["Measured"];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    answerQuestion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description a face */
                    a: components["schemas"]["Id"];
                    /** @description another face */
                    b: components["schemas"]["Id"];
                    /** @enum {string} */
                    answer: "yes" | "no" | "unsure";
                };
            };
        };
        responses: {
            200: components["responses"]["Said"];
            default: components["responses"]["Error"];
        };
    };
    listUnknownFaces: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["FacePage"];
            default: components["responses"]["Error"];
        };
    };
    setFacesPerson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    faces: components["schemas"]["FaceIds"];
                    person?: components["schemas"]["Id"];
                    name?: components["schemas"]["PersonName"];
                    /** @description a person */
                    not?: components["schemas"]["Id"];
                };
            };
        };
        responses: {
            200: components["responses"]["Said"];
            default: components["responses"]["Error"];
        };
    };
    denyFaces: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    faces: components["schemas"]["FaceIds"];
                };
            };
        };
        responses: {
            200: components["responses"]["Said"];
            default: components["responses"]["Error"];
        };
    };
    getFaceThumbnail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Webp"];
            206: components["responses"]["Webp"];
            /** @description unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    setFacePerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    person?: components["schemas"]["Id"];
                    name?: components["schemas"]["PersonName"];
                    /** @description a person */
                    not?: components["schemas"]["Id"];
                };
            };
        };
        responses: {
            200: components["responses"]["Said"];
            default: components["responses"]["Error"];
        };
    };
    denyFace: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Said"];
            default: components["responses"]["Error"];
        };
    };
    drawFace: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    x: components["schemas"]["Probability"];
                    y: components["schemas"]["Probability"];
                    w: components["schemas"]["Probability"];
                    h: components["schemas"]["Probability"];
                    /** @description who it is */
                    person?: components["schemas"]["Id"];
                    /** @description the same by name; not both */
                    name?: components["schemas"]["PersonName"];
                };
            };
        };
        responses: {
            201: components["responses"]["Said"];
            default: components["responses"]["Error"];
        };
    };
    searchPhotos: {
        parameters: {
            query: {
                q: string;
                /** @description only photos with a face of this person */
                person?: components["parameters"]["Person"];
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PhotoPage"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    getProgress: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the progress */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Progress"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    watchProgress: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description an endless stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listAside: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the jobs set aside, newest photo first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        jobs: components["schemas"]["AsideJob"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    retryAside: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the photo */
                photo: components["parameters"]["Photo"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description waiting again */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    dismissAside: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the photo */
                photo: components["parameters"]["Photo"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description forgotten */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    getLearning: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Learning"];
            default: components["responses"]["Error"];
        };
    };
    runLearning: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: components["responses"]["Learning"];
            default: components["responses"]["Error"];
        };
    };
    undoLearning: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: components["responses"]["Learning"];
            default: components["responses"]["Error"];
        };
    };
    listClasses: {
        parameters: {
            query?: {
                /** @description 1 for the removed ones, 0 for the others */
                removed?: 0 | 1;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the classes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description something is being learnt */
                        busy: boolean;
                        classes: components["schemas"]["OwnClass"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    createClass: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: components["schemas"]["OwnClassName"];
                };
            };
        };
        responses: {
            /** @description made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnClass"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    getClass: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the class */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnClass"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    removeClass: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description removed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    changeClass: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: components["schemas"]["OwnClassName"];
                    removed?: boolean;
                };
            };
        };
        responses: {
            /** @description the class as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnClass"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    sayOfClass: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    ids: components["schemas"]["Id"][];
                    belongs: boolean;
                };
            };
        };
        responses: {
            /** @description a fact for each photo that there is, in order; for the undo */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        facts: components["schemas"]["Id"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listClassUnsure: {
        parameters: {
            query?: {
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the photos; next is null always */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PhotoPage"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listClassFacts: {
        parameters: {
            query?: {
                /** @description only of this class of one's own; not together with album, person or trash */
                own_class?: components["parameters"]["OwnClass"];
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        facts: components["schemas"]["OwnClassFact"][];
                        /** @description cursor of the next page; null on the last */
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    undoClassFacts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Ids"];
        responses: {
            200: components["responses"]["Changed"];
            default: components["responses"]["Error"];
        };
    };
    getAbout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description about */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["About"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
}

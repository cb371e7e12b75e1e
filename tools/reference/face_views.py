"""What train_face_detector.py learns from: photos with the faces a reference detector sees, and canvases made of them.

A face is a row of 15: box x0 y0 x1 y1, score, five landmarks x y, in pixels. In a canvas a score of -1 says: neither learn nor
punish. Needs Debian's python3-opencv and -numpy.
"""
import csv
import glob
import math
import pickle
import random

import cv2
import numpy as np

from face_nets import overlap

SAFE, DOUBT = .62, .35  # at least: a face; below: none
SMALLEST = 5.5          # pixels of a face to learn
LARGE = 400             # pixels of a tile wide enough for large faces
MIRRORED = [1, 0, 2, 4, 3]
# How often a canvas narrower than that is of 1, 2×2, 3×3, 4×4 photos.
PHOTOS = (320, (.36, .40, .16, .08)), (500, (.6, .25, .1, .05)), (math.inf, (.9, .1, 0, 0))


def seen(teacher, image, scales):
    """The faces of a BGR image, averaged over [(scale, mirrored)]: the score is the mean of the two best."""
    boxes, scores, marks = [], [], []
    for scale, mirrored in scales:
        view = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        view = np.ascontiguousarray(view[:, ::-1] if mirrored else view)
        b, s, m = teacher.find(view[..., ::-1])
        if mirrored:
            b, m = b.copy(), m[:, MIRRORED].copy()
            b[:, [0, 2]] = view.shape[1] - b[:, [2, 0]]
            m[..., 0] = view.shape[1] - m[..., 0]
        boxes.append(b / scale)
        scores.append(s)
        marks.append(m.reshape(-1, 10) / scale)
    boxes, scores, marks = (np.concatenate(a) for a in (boxes, scores, marks))
    faces, used = [], np.zeros(len(scores), bool)
    for i in np.argsort(-scores):
        if used[i]:
            continue
        same = (overlap(boxes[i:i + 1], boxes)[0] > .5) & ~used
        same[i] = True
        used |= same
        weight = scores[same][:, None] / scores[same].sum()
        score = np.sort(scores[same])[::-1][:2].sum() / 2
        faces.append(np.concatenate([(boxes[same] * weight).sum(0), [score], (marks[same] * weight).sum(0)]))
    return np.array(faces, np.float32).reshape(-1, 15)


def with_given(faces, given):
    """The faces and those that boxes.tsv gives (x y w h score): the better score; a face not seen has no landmarks."""
    for x, y, w, h, score in given:
        box = np.array([[x, y, x + w, y + h]], np.float32)
        same = overlap(box, faces[:, :4])[0] if len(faces) else np.zeros(1)
        if same.max() > .5:
            faces[same.argmax(), 4] = max(faces[same.argmax(), 4], score)
        else:
            row = np.concatenate([box[0], [score], np.full(10, np.nan)]).astype(np.float32)
            faces = np.concatenate([faces, row[None]])
    return faces


def face_of_crop(teacher, image):
    """The face in the middle of a crop 128×128, which the detector sees in a mirrored frame only; None if it does not."""
    b, s, m = teacher.find(cv2.copyMakeBorder(image, 64, 64, 64, 64, cv2.BORDER_REFLECT)[..., ::-1])
    middle = np.flatnonzero((np.abs((b[:, :2] + b[:, 2:]) / 2 - 128) < 16).all(1))
    if not len(middle):
        return None
    i = middle[0]
    return np.concatenate([b[i] - 64, [max(s[i], .9)], (m[i] - 64).ravel()]).astype(np.float32)[None]


def training_boxes(faces):
    """{image: [[x, y, w, h, score]]} of the training part of faces/detect/boxes.tsv."""
    given = {}
    with open(f'{faces}/detect/boxes.tsv') as f:
        for row in csv.DictReader(f, delimiter='\t'):
            if row['split'] == 'train':
                boxes = given.setdefault(row['image'], [])
                if row['w']:
                    boxes.append([float(row[k]) for k in 'xywh'] + [float(row['score'])])
    return given


def prepare(data, work, teacher):
    """Writes WORK/{detect,people,crops,neg}.pkl: lists of (BGR bytes, faces). Never touches val, test or LFW."""
    rng, twice = random.Random(5), [(3, False), (3, True)]

    def keep(name, items):
        items = [(image, faces) for image, faces in items if image is not None and faces is not None]
        with open(f'{work}/{name}.pkl', 'wb') as f:
            pickle.dump(items, f, 4)
        print(name, len(items), 'photos', sum((faces[:, 4] >= SAFE).sum() for _, faces in items), 'faces', flush=True)

    def small(paths):
        for path in paths:
            image = cv2.imread(path)
            yield image, seen(teacher, image, twice)

    given = training_boxes(f'{data}/faces')
    detect = ((name, cv2.imread(f'{data}/faces/detect/images/{name}')) for name in sorted(given))
    keep('detect', ((image, with_given(seen(teacher, image, [(1, False), (2, False), (2, True)]), given[name]))
                    for name, image in detect))
    keep('people', small(sorted(glob.glob(f'{data}/five/train/people/*'))))
    crops = sorted(glob.glob(f'{data}/faces/unlabelled/**/*.webp', recursive=True))
    rng.shuffle(crops)
    keep('crops', ((image, face_of_crop(teacher, image)) for image in map(cv2.imread, crops[:3000])))
    others = []
    for name in ('animals', 'buildings', 'landscape', 'vehicles'):
        paths = sorted(glob.glob(f'{data}/five/train/{name}/*'))
        rng.shuffle(paths)
        others += paths[:1000]
    keep('neg', small(others + sorted(glob.glob(f'{data}/more/train/*/*'))))


def colour(rng, img):
    """Blur, exposure, tint, grey, noise and JPEG, each now and then."""
    r = rng.random()
    if r < .12:
        half = cv2.resize(img, None, fx=.5, fy=.5, interpolation=cv2.INTER_AREA)
        img = cv2.resize(half, img.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    elif r < .23:
        img = cv2.GaussianBlur(img, (0, 0), rng.uniform(.4, 1.3))
    elif r < .28:
        kernel = np.zeros((5, 5), np.float32)
        kernel[2] = .2
        img = cv2.filter2D(img, -1, kernel if rng.random() < .5 else kernel.T)
    if rng.random() < .8:
        gain, lift, gamma = math.exp(rng.gauss(0, .25)), rng.uniform(-30, 30), rng.uniform(.65, 1.5)
        x = (np.arange(256) / 255.) ** gamma * gain * 255
        tables = [np.clip(x * math.exp(rng.gauss(0, .08)) + lift, 0, 255).astype(np.uint8) for _ in range(3)]
        img = cv2.LUT(img, np.stack(tables, 1).reshape(256, 1, 3))
    r = rng.random()
    if r < .4:
        grey = cv2.cvtColor(cv2.cvtColor(img, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        part = 0. if r < .12 else rng.uniform(.4, 1.5)
        img = cv2.addWeighted(img, part, grey, 1 - part, 0)
    if rng.random() < .1:
        img = np.clip(img + np.random.randn(*img.shape) * rng.uniform(2, 12), 0, 255).astype(np.uint8)
    if rng.random() < .3:
        img = cv2.imdecode(cv2.imencode('.jpg', img, [cv2.IMWRITE_JPEG_QUALITY, rng.randrange(25, 92)])[1], 1)
    return img


class Views:
    def __init__(self, work, rng):
        def read(name):
            with open(f'{work}/{name}.pkl', 'rb') as f:
                return pickle.load(f)

        def faces(item):
            return int((item[1][:, 4] >= SAFE).sum())

        self.rng, detect = rng, read('detect')
        self.detect = [item for item in detect if faces(item)]
        self.weight = np.cumsum([min(6, faces(item)) ** .7 for item in self.detect])  # many faces: seen more often
        self.people, self.crops = [item for item in read('people') if faces(item)], read('crops')
        self.others = read('neg') + [item for item in detect if not faces(item)]

    def pick(self):
        """((image, faces), whether it is a crop)."""
        r = self.rng.random()
        if r < .60:
            at = np.searchsorted(self.weight, self.rng.random() * self.weight[-1])
            return self.detect[min(len(self.detect) - 1, int(at))], False
        if r < .78:
            return self.rng.choice(self.people), False
        if r < .86:
            return self.rng.choice(self.crops), True
        return self.rng.choice(self.others), False

    def placed(self, shape, faces, crop, w, h):
        """Scale, the point of the photo and the point of the tile it goes to; half of the time by a face's size."""
        rng, (height, width) = self.rng, shape[:2]
        safe, fill = np.flatnonzero(faces[:, 4] >= SAFE), max(w / width, h / height)
        if len(safe) and (crop or rng.random() < .55):
            x0, y0, x1, y1 = faces[rng.choice(list(safe)), :4]
            least = 7 if w < LARGE or rng.random() < .3 else 90
            side = math.exp(rng.uniform(math.log(least), math.log(.95 * min(w, h))))
            scale = min(5., side / math.sqrt(max(1, (x1 - x0) * (y1 - y0))))
            if not crop:
                scale = max(scale, fill * rng.uniform(.45, .9))
            return scale, ((x0 + x1) / 2, (y0 + y1) / 2), (rng.uniform(.15, .85) * w, rng.uniform(.15, .85) * h)
        scale = fill * math.exp(rng.uniform(math.log(.6), math.log(1.7)))
        x = width / 2 + rng.uniform(-.5, .5) * max(0, width - w / scale)
        y = height / 2 + rng.uniform(-.5, .5) * max(0, height - h / scale)
        return scale, (x, y), (w / 2, h / 2)

    def tile(self, out, x0, y0, x1, y1, rows):
        """Fills a part of the canvas with a photo, mirrored, stretched and turned at random, and adds its faces to rows."""
        rng, w, h = self.rng, x1 - x0, y1 - y0
        (image, faces), crop = self.pick()
        scale, centre, to = self.placed(image.shape, faces, crop, w, h)
        less = 1.
        while scale < .55 * less and less > 1 / 16:
            less /= 2
        small = image if less == 1 else cv2.resize(image, None, fx=less, fy=less, interpolation=cv2.INTER_AREA)
        r, angle = rng.random(), 0.
        if r < .35:
            angle = math.radians(rng.uniform(-20, 20))
        elif r < .39:
            angle = math.radians(rng.choice((-90, 90, 180)) + rng.uniform(-10, 10))
        stretch, flip = math.exp(rng.gauss(0, .07)), rng.choice((-1, 1))
        c, s, sx, sy = math.cos(angle), math.sin(angle), scale * stretch, scale / stretch
        turn = np.array([[c * sx * flip, -s * sy], [s * sx * flip, c * sy]])
        shift = np.array([x0, y0]) + to - turn @ np.array(centre)
        back = np.diag([image.shape[1] / small.shape[1], image.shape[0] / small.shape[0]])
        matrix = np.concatenate([turn @ back, (shift - [x0, y0])[:, None]], 1)
        fill = (127, 127, 127) if rng.random() < .6 else tuple(rng.randrange(256) for _ in range(3))
        out[y0:y1, x0:x1] = cv2.warpAffine(small, matrix, (w, h), flags=cv2.INTER_LINEAR, borderValue=fill)
        for face in faces[faces[:, 4] >= DOUBT]:
            middle = turn @ np.array([(face[0] + face[2]) / 2, (face[1] + face[3]) / 2]) + shift
            fw, fh = (face[2] - face[0]) * sx, (face[3] - face[1]) * sy
            half = np.array([math.hypot(fw * c, fh * s), math.hypot(fw * s, fh * c)]) / 2  # as if it were an ellipse
            box = np.concatenate([np.maximum(middle - half, [x0, y0]), np.minimum(middle + half, [x1, y1])])
            if (box[2:] <= box[:2]).any():
                continue
            area = 4 * half.prod()
            visible = (box[2:] - box[:2]).prod() / area
            good = face[4] >= SAFE and visible >= .55 and math.sqrt(area) >= SMALLEST
            marks = face[5:].reshape(5, 2) @ turn.T + shift
            if good or visible >= .25:
                marks = marks[MIRRORED] if flip < 0 else marks
                rows.append(np.concatenate([box, [face[4] if good else -1.], marks.ravel()]))

    def canvas(self, size):
        """BGR bytes [size, size, 3] of 1, 4, 9 or 16 photos, and the rows of their faces."""
        rng, rows, out = self.rng, [], np.full((size, size, 3), 127, np.uint8)
        n = rng.choices((1, 2, 3, 4), next(odds for most, odds in PHOTOS if size < most))[0]
        xs, ys = ([0, *(round(size * (i + rng.uniform(-.25, .25)) / n) for i in range(1, n)), size] for _ in range(2))
        for i in range(n):
            for j in range(n):
                self.tile(out, xs[i], ys[j], xs[i + 1], ys[j + 1], rows)
        return colour(rng, out), np.array(rows, np.float32).reshape(-1, 15)

    def batch(self, n, size):
        """RGB float [n, 3, size, size] as the detector takes it, and n arrays of rows."""
        views = [self.canvas(size) for _ in range(n)]
        x = np.stack([image for image, _ in views])[..., ::-1].transpose(0, 3, 1, 2)
        return (np.ascontiguousarray(x, np.float32) - 127.5) / 127.5, [rows for _, rows in views]

"""Photos for train_reference.py: decoded once into one file, and what a random view makes of them.

Needs Debian's python3-opencv, python3-pil, python3-numpy.
"""
import math
import os
from multiprocessing import Pool

import cv2
import numpy as np
import torch
from PIL import Image

SHORT, LONG = 128, 176  # px kept of a photo
MEAN = torch.tensor([.485, .456, .406]).view(1, 3, 1, 1)
STD = torch.tensor([.229, .224, .225]).view(1, 3, 1, 1)
CLASSES = ['animals', 'buildings', 'landscape', 'people', 'vehicles']
cv2.setNumThreads(0)


def load(path):
    image = Image.open(path).convert('RGB')
    w, h = image.size
    scale = SHORT / min(w, h)
    image = image.resize((max(SHORT, round(w * scale)), max(SHORT, round(h * scale))), Image.BICUBIC)
    w, h = image.size
    x, y = max(0, w - LONG) // 2, max(0, h - LONG) // 2
    return np.asarray(image.crop((x, y, x + min(w, LONG), y + min(h, LONG))))


def rows_of(path):
    with open(path) as f:
        return [line.rstrip('\n').split('\t') for line in f][1:]


def prepare(data, work):
    """DATA/labels.tsv (file, class, label, source) and DATA/diverse/labels.tsv to WORK/{train,val,test}.{npy,npz}."""
    os.makedirs(work, exist_ok=True)
    rows = rows_of(f'{data}/labels.tsv')
    labels = sorted({r[2] for r in rows if r[2]})
    with open(f'{work}/labels.txt', 'w') as f:
        f.write('\n'.join(labels) + '\n')
    for split in ('train', 'val', 'test'):
        part = [(r[0], r[1], r[2], r[3]) for r in rows if r[0].split('/')[1] == split]
        if split == 'train':
            part += [('diverse/' + r[0], r[1], r[2], 'diverse ' + r[4]) for r in rows_of(f'{data}/diverse/labels.tsv')]
        with Pool() as pool:
            images = pool.map(load, [f'{data}/{p[0]}' for p in part], chunksize=64)
        np.save(f'{work}/{split}.npy', np.concatenate([i.ravel() for i in images]))
        np.savez(f'{work}/{split}.npz', at=np.cumsum([0] + [i.size for i in images]), shape=[i.shape[:2] for i in images],
                 y=[CLASSES.index(p[1]) if p[1] else -1 for p in part],
                 fine=[labels.index(p[2]) if p[2] in labels else -1 for p in part],
                 source=[p[3] for p in part], five=[p[0].startswith('five/') for p in part])


class Photos:
    def __init__(self, stem):
        self.pixels, m = np.load(stem + '.npy', mmap_mode='r'), np.load(stem + '.npz')
        self.at, self.shape, self.y, self.fine = m['at'], m['shape'], m['y'], m['fine']
        self.source, self.five = m['source'], m['five']

    def __getitem__(self, i):
        return np.asarray(self.pixels[self.at[i]:self.at[i + 1]]).reshape(*self.shape[i], 3)

    def middle(self, index, size):
        """A batch of the middles, as a network gets them."""
        out = []
        for i in index:
            a = self[i]
            y, x = (a.shape[0] - size) // 2, (a.shape[1] - size) // 2
            out.append(a[y:y + size, x:x + size])
        return normalise(torch.from_numpy(np.stack(out)).permute(0, 3, 1, 2).float() / 255)


def normalise(x):
    return ((x - MEAN) / STD).contiguous(memory_format=torch.channels_last)


def crop(a, rng):
    h, w = a.shape[:2]
    for _ in range(10):
        area, ratio = h * w * rng.uniform(.25, 1), math.exp(rng.uniform(math.log(.6), math.log(1.67)))
        cw, ch = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if cw <= w and ch <= h:
            break
    else:
        cw = ch = min(w, h)
    x, y = rng.integers(0, w - cw + 1), rng.integers(0, h - ch + 1)
    return a[y:y + ch, x:x + cw]


def resize(a, size):
    return cv2.resize(a, (size, size), interpolation=cv2.INTER_LINEAR if a.shape[1] < size else cv2.INTER_AREA)


def degrade(a, size, rng):
    """What other photos went through: a smaller original, JPEG, blur or sharpening."""
    if rng.random() < .25:
        k = rng.uniform(.35, .8)
        small = max(16, int(a.shape[1] * k)), max(16, int(a.shape[0] * k))
        a = cv2.resize(a, small, interpolation=cv2.INTER_AREA)
    a = resize(a, size)
    if rng.random() < .15:
        jpeg = cv2.imencode('.jpg', a, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 85))])[1]
        a = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
    if rng.random() < .15:
        a = cv2.GaussianBlur(a, (0, 0), rng.uniform(.4, 1.2))
    elif rng.random() < .15:
        a = np.clip(a * 1.6 - cv2.GaussianBlur(a, (0, 0), 1) * .6, 0, 255).astype(np.uint8)
    return a


def views(a, size, teacher_size, rng):
    """The same random crop as the student sees it (small, degraded) and as the teacher does (clean)."""
    a = crop(a, rng)
    student, teacher = degrade(a, size, rng), resize(a, teacher_size)
    if rng.random() < .5:
        student, teacher = student[:, ::-1], teacher[:, ::-1]
    return np.ascontiguousarray(student), np.ascontiguousarray(teacher)


def jitter(x):
    """Brightness, contrast, saturation (sometimes grey), tint; x in 0…1."""
    def r(lo, hi, c=1):
        return torch.empty(len(x), c, 1, 1).uniform_(lo, hi)
    x = x * r(.6, 1.4)
    mean = x.mean((1, 2, 3), keepdim=True)
    x = (x - mean) * r(.6, 1.4) + mean
    grey = (x * torch.tensor([.299, .587, .114]).view(1, 3, 1, 1)).sum(1, keepdim=True)
    colour = r(.4, 1.6)
    colour[torch.rand(len(x)) < .08] = 0
    return ((grey + (x - grey) * colour) * r(.85, 1.15, 3)).clamp(0, 1)


def cutmix(x, t, rng):
    """In place, the same relative square in both views: the partner of each photo, and the share that stays."""
    partner, size = torch.randperm(len(x)), x.shape[2]
    side = int(size * math.sqrt(1 - rng.beta(1, 1)))
    y0, x0 = rng.integers(0, size - side + 1), rng.integers(0, size - side + 1)
    for v in (x, t):
        z = v.shape[2] / size
        a, b, n = int(y0 * z), int(x0 * z), int(side * z)
        v[:, :, a:a + n, b:b + n] = v[partner][:, :, a:a + n, b:b + n]
    return partner, 1 - side * side / size / size

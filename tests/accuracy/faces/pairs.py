"""How well faces are told apart: LFW folds 1-5 and the families that no network was trained on.

pairs.py FOLDER: measures everything and writes FOLDER/faces-embedder.md and FOLDER/faces-embedder.svg (minutes).
TINTYPE names the program, TINTYPE_EMBEDDER another file of weights than the one that ships.

Pictures of LFW go through the program (`tintype faces --json --embeddings`): its own detector, alignment and vectors.
The crops of families are aligned already, so that they go through the embedder's twin. The reference embedder sees the
same faces, brought to 112 × 112 px by the landmarks that the program found. Debian's python3-opencv, -numpy, -torch.
"""
import collections
import json
import lzma
import os
import pathlib
import subprocess
import sys
import tarfile

import cv2
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[3]
DATA = pathlib.Path(os.environ.get('TINTYPE_DATA', ROOT.parent / 'shared' / 'data'))
LFW = DATA / 'faces' / 'lfw'
FAMILIES = DATA / 'faces' / 'persons' / 'fiw.tar'
REFERENCE = DATA / 'reference' / 'faces' / 'mobilefacenet_mbf.onnx.xz'
MODEL = pathlib.Path(os.environ.get('TINTYPE_EMBEDDER', ROOT / 'models' / 'faces-embedder-1.safetensors'))
sys.path.insert(0, str(ROOT / 'tools' / 'reference'))
FOLDS = 5
APART = -1.0  # the cosine of a pair of which one face was not found


def program():
    given = os.environ.get('TINTYPE')
    return given or str(ROOT / 'build' / 'src' / 'cli' / 'tintype')


def lfw_pairs(folds):
    """(a, b, same, fold) of the first folds; a and b are file names."""
    rows = [line.split('\t') for line in (LFW / 'pairs.tsv').read_text().splitlines()[1:]]
    rows = [(a, b, same == '1', k * FOLDS // len(rows)) for k, (a, b, same) in enumerate(rows)]
    return [row for row in rows if row[3] < folds]


def faces_of(names):
    """The program's face nearest to the middle of each picture: {name: (vector, landmarks [5, 2])}, found ones only."""
    # there is one face at least: what matters here is whose it is
    command = [program(), 'faces', '--json', '--embeddings', '--set', 'faces.min_confidence=0.2', '--set',
               f'faces.embedder_path={MODEL}']
    out = {}
    for k in range(0, len(names), 500):
        files = [str(LFW / 'images' / name) for name in names[k:k + 500]]
        done = subprocess.run(command + files, stdout=subprocess.PIPE, check=True)
        for name, line in zip(names[k:k + 500], done.stdout.decode().splitlines()):
            answer = json.loads(line)
            middle = (answer['width'] / 2, answer['height'] / 2)
            faces = sorted((f for f in answer['faces'] if f['embedding']),
                           key=lambda f: np.hypot(f['x'] + f['w'] / 2 - middle[0], f['y'] + f['h'] / 2 - middle[1]))
            if faces:
                vector = np.array(faces[0]['embedding'])
                out[name] = vector / np.linalg.norm(vector), np.array(faces[0]['landmarks'])
    return out


def align(image, landmarks):
    """112 × 112 px by the similarity transform that puts the landmarks nearest to ArcFace's template."""
    from face_embedder import SIDE, TEMPLATE
    x, y = landmarks.T
    one, none = np.ones(5), np.zeros(5)
    rows = np.concatenate([np.stack([x, -y, one, none], 1), np.stack([y, x, none, one], 1)])
    a, b, tx, ty = np.linalg.lstsq(rows, np.array(TEMPLATE).T.reshape(-1), rcond=None)[0]
    return cv2.warpAffine(image, np.array([[a, -b, tx], [b, a, ty]]), (SIDE, SIDE))


class Reference:
    """The public embedder, flip-averaged as ours."""

    def __init__(self):
        self.net = cv2.dnn.readNetFromONNX(np.frombuffer(lzma.decompress(REFERENCE.read_bytes()), np.uint8))

    def vectors(self, faces):
        out = []
        for face in faces:
            total = 0
            for view in (face, face[:, ::-1]):
                x = (np.ascontiguousarray(view).astype(np.float32) - 127.5) / 127.5
                self.net.setInput(x.transpose(2, 0, 1)[None])
                total = total + self.net.forward()[0]
            out.append(total / np.linalg.norm(total))
        return np.array(out)


def best_threshold(cosines, same):
    """The threshold that is right most often."""
    order = np.argsort(-cosines)
    right = np.cumsum(np.where(same[order], 1, -1))
    return cosines[order][np.argmax(right)]


def accuracy(cosines, same, fold):
    """Each fold judged by the threshold that suits the others."""
    right = []
    for k in np.unique(fold):
        threshold = best_threshold(cosines[fold != k], same[fold != k]) if (fold != k).any() else \
            best_threshold(cosines, same)
        right.append(np.mean((cosines[fold == k] >= threshold) == same[fold == k]))
    return float(np.mean(right))


def accepted(cosines, same, rate):
    """Of pairs of one person, those surer than all but `rate` of the pairs of two."""
    apart = np.sort(cosines[~same])[::-1]
    return float(np.mean(cosines[same] > apart[int(len(apart) * rate)]))


def lfw(folds=FOLDS, reference=False):
    """same [n], fold [n], {'tintype' (and 'reference'): cosines [n]}, pictures without a face."""
    pairs = lfw_pairs(folds)
    names = sorted({name for pair in pairs for name in pair[:2]})
    found = faces_of(names)
    vectors = {'tintype': {name: found[name][0] for name in found}}
    if reference:
        pixels = [align(cv2.imread(str(LFW / 'images' / name))[:, :, ::-1], found[name][1]) for name in found]
        vectors['reference'] = dict(zip(found, Reference().vectors(pixels)))
    cosines = {who: np.array([v[a] @ v[b] if a in v and b in v else APART for a, b, _, _ in pairs])
               for who, v in vectors.items()}
    same, fold = np.array([p[2] for p in pairs]), np.array([p[3] for p in pairs])
    return same, fold, cosines, len(names) - len(found)


def family_faces(every=1):
    """Aligned crops of every fifth family (number modulo 5 = 0; of these every `every`th): faces, persons, families."""
    faces, persons, families = [], [], []
    with tarfile.open(FAMILIES) as tar:
        for member in tar:
            person = member.name.split('/')[0]
            if not member.isfile() or int(person[1:5]) % (5 * every):
                continue
            raw = np.frombuffer(tar.extractfile(member).read(), np.uint8)
            faces.append(cv2.imdecode(raw, cv2.IMREAD_COLOR)[8:120, 8:120, ::-1])
            persons.append(person)
            families.append(person[:5])
    return np.stack(faces), np.array(persons), np.array(families)


def family_pairs(persons, families, most=12):
    """Pairs of one person, and as many of two members of one family: a, b, same, family."""
    rng, out = np.random.default_rng(5), []
    members = collections.defaultdict(list)
    for k, family in enumerate(families):
        members[family].append(k)
    for family, faces in members.items():
        same = [(a, b) for i, a in enumerate(faces) for b in faces[i + 1:] if persons[a] == persons[b]]
        other = [(a, b) for i, a in enumerate(faces) for b in faces[i + 1:] if persons[a] != persons[b]]
        n = min(len(same), len(other), 10 * most)
        for group, flag in ((same, True), (other, False)):
            out += [(*group[k], flag, int(family[1:])) for k in rng.permutation(len(group))[:n]]
    a, b, same, family = (np.array(v) for v in zip(*out))
    return a, b, same, family


def families(every=1, reference=False):
    """same [n], fold [n], {'tintype' (and 'reference'): cosines [n]}."""
    import face_embedder
    faces, persons, numbers = family_faces(every)
    a, b, same, family = family_pairs(persons, numbers)
    vectors = {'tintype': face_embedder.vectors(face_embedder.load(MODEL)[0], faces)}
    if reference:
        vectors['reference'] = Reference().vectors(faces)
    return same, family // 5 % FOLDS, {who: (v[a] * v[b]).sum(1) for who, v in vectors.items()}


def curve(cosines, same):
    """Points (log10 of false acceptances, true acceptances)."""
    apart = np.sort(cosines[~same])[::-1]
    rates = np.unique(np.geomspace(1, len(apart), 60).astype(int))
    return [(np.log10(k / len(apart)), float(np.mean(cosines[same] > apart[k - 1]))) for k in rates]


def picture(curves):
    """An SVG of ROC curves, {name: points}: false acceptances from 0.05 % to all, true ones from 0 to 1."""
    colours, parts = ('#0b6e99', '#c2410c', '#4d7c0f', '#7e22ce'), []
    for power in (-3, -2, -1, 0):
        x = 60 + 150 * (power + 3.3)
        parts.append(f'<path d="M{x:.0f} 40V320" stroke="#ddd"/><text x="{x:.0f}" y="338" text-anchor="middle">'
                     f'{100 * 10 ** power:g} %</text>')
    for y in (0, .25, .5, .75, 1):
        parts.append(f'<path d="M60 {320 - 280 * y:.0f}H555" stroke="#ddd"/><text x="52" y="{324 - 280 * y:.0f}" '
                     f'text-anchor="end">{100 * y:g} %</text>')
    for k, (name, points) in enumerate(curves.items()):
        line = ' '.join(f'{60 + 150 * (x + 3.3):.1f},{320 - 280 * y:.1f}' for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colours[k]}" stroke-width="2"/><text x="545" '
                     f'y="{250 + 18 * k}" fill="{colours[k]}" text-anchor="end">{name}</text>')
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 580 370" font-family="sans-serif" font-size="12">'
            '<rect width="580" height="370" fill="#fff"/>' + ''.join(parts) +
            '<text x="307" y="360" text-anchor="middle">pairs of two persons taken for one</text>'
            '<text x="60" y="28">pairs of one person recognised</text></svg>\n')


def main(folder):
    folder = pathlib.Path(folder)
    lines = ['| pairs | embedder | accuracy | of one person recognised, at false acceptances of |', '|---|---|---|---|']
    curves = {}
    same, fold, cosines, lost = lfw(reference=True)
    for who, c in cosines.items():
        lines.append(f'| LFW folds 1–5 ({len(same):,}) | {who} | {100 * accuracy(c, same, fold):.2f} % | '
                     f'0.1 %: {100 * accepted(c, same, .001):.1f} % |')
        curves[f'LFW, {who}'] = curve(c, same)
    same, fold, cosines = families(reference=True)
    for who, c in cosines.items():
        lines.append(f'| families left out ({len(same):,}) | {who} | {100 * accuracy(c, same, fold):.2f} % | '
                     f'1 %: {100 * accepted(c, same, .01):.1f} % |')
        curves[f'families, {who}'] = curve(c, same)
    text = f'''# Faces told apart, measured

LFW: whole pictures through the program (detector, alignment, vector); pictures without a face found: {lost}, their
pairs count as two persons. Families: crops of the families that nobody was trained on (every fifth); a pair of two
persons is always of one family. Thresholds come from the other folds. The reference embedder (a public MobileFaceNet,
the teacher of ours) sees the faces that the program found.

Written by `TINTYPE=build/src/cli/tintype /usr/bin/python3 tests/accuracy/faces/pairs.py docs/results`.

''' + '\n'.join(lines) + '\n\n![ROC curves](faces-embedder.svg)\n'
    (folder / 'faces-embedder.md').write_text(text)
    (folder / 'faces-embedder.svg').write_text(picture(curves))
    print('\n'.join(lines))


if __name__ == '__main__':
    main(sys.argv[1])

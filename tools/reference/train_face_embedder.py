#!/usr/bin/python3
"""Trains the face embedder by distilling a public one.

  train_face_embedder.py prepare DATA WORK   decode all crops of DATA/faces once (1.4 GB)
  train_face_embedder.py train WORK TEACHER.onnx.xz MINUTES [START.safetensors]
                                             two threads; goes on where WORK/checkpoint.pt ends, or from START
  train_face_embedder.py export WORK OUT.safetensors
                                             the averaged weights, their last layer fitted anew, the calibration

The teacher looks at each crop once, when it is first drawn, and its answers are kept: the vector (the target, turned to
the 256 strongest of its 512 dimensions) and three of its maps (turned to few channels), which the ends of the student's
stages learn to give through a 1×1 convolution each. The student sees the crop shifted, turned, mirrored, blurred, dark,
covered: the vector wanted stays that of the clean crop; maps are wanted only of crops that were not moved. Every fifth
family (number modulo 5 = 0) is left out, to be measured on. Debian's python3-torch, -opencv, -numpy, -onnx.
"""
import glob
import lzma
import math
import os
import signal
import sys
import tarfile
import threading
import time

os.environ.setdefault('OMP_NUM_THREADS', '1')
import cv2  # noqa: E402  (threads are set before)
import numpy as np  # noqa: E402
import onnx  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from onnx import numpy_helper  # noqa: E402
from torch import nn  # noqa: E402

import face_embedder  # noqa: E402

STORED, MARGIN = 128, 8                # px of a crop and of what lies around the aligned face
THREADS, BATCH, RATE, DECAY = 2, 32, 1.5e-3, .02
NEW = 5                                # crops of a batch that the teacher has not seen yet, at most
MAPS = (('/layers.3/layers/layers.3/Add_output_0', 28, 32), ('/layers.5/layers/layers.5/Add_output_0', 14, 64),
        ('/layers.7/layers/layers.1/Add_output_0', 7, 96))  # name, side, channels kept
STEP = 24                              # of a map's unit in its int8
cv2.setNumThreads(0)
torch.set_num_threads(1)


# ---- crops

def members(data):
    """(archive, name, bytes) of every crop."""
    for path in sorted(glob.glob(f'{data}/faces/persons/*.tar')) + [f'{data}/faces/unlabelled-more.tar']:
        with tarfile.open(path) as tar:
            for member in tar:
                if member.isfile():
                    yield os.path.basename(path), member.name, tar.extractfile(member).read()
    for path in sorted(glob.glob(f'{data}/faces/unlabelled/**/*.webp', recursive=True)):
        with open(path, 'rb') as f:
            yield 'unlabelled', os.path.basename(path), f.read()


def prepare(data, work):
    os.makedirs(work, exist_ok=True)
    rows = list(members(data))
    crops = np.lib.format.open_memmap(f'{work}/crops.npy', 'w+', np.uint8, (len(rows), STORED, STORED, 3))
    for k, (_, _, raw) in enumerate(rows):
        crops[k] = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]
    left_out = [archive == 'fiw.tar' and int(name[1:5]) % 5 == 0 for archive, name, _ in rows]
    person = [f'{archive}/{os.path.dirname(name)}' for archive, name, _ in rows]
    np.savez(f'{work}/list.npz', left_out=left_out, person=person)


# ---- teacher

class Teacher:
    """The reference network (convolutions, PReLU, sums, one matrix) in bfloat16."""

    def __init__(self, path):
        model = onnx.load_model_from_string(lzma.decompress(open(path, 'rb').read()))
        stored = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in model.graph.initializer}
        self.input, self.steps = model.graph.input[0].name, []
        for node in model.graph.node:
            settings = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            weights = [stored[name].bfloat16() if name in stored else None for name in node.input]
            self.steps.append((node.op_type, list(node.input), node.output[0], settings, weights))

    @torch.no_grad()
    def __call__(self, x):
        """[n, 3, 112, 112] → unit vectors [n, 512] and the three maps, channels last."""
        value = {self.input: x.bfloat16().contiguous(memory_format=torch.channels_last)}
        for kind, names, out, s, w in self.steps:
            x = value[names[0]]
            if kind == 'Conv':
                x = F.conv2d(x, w[1], w[2] if len(w) > 2 else None, s['strides'], s['pads'][:2], 1, s['group'])
            elif kind == 'PRelu':
                x = F.prelu(x, w[1].flatten())
            elif kind == 'Add':
                x = x + value[names[1]]
            elif kind == 'Flatten':
                x = x.contiguous().flatten(1)
            elif kind == 'Gemm':
                x = F.linear(x, w[1] if s.get('transB') else w[1].t(), w[2])
            else:
                raise ValueError(f'the teacher has a layer of kind {kind}')
            value[out] = x
        return F.normalize(x.float(), dim=1), [value[name].float().permute(0, 2, 3, 1) for name, _, _ in MAPS]


def strongest(rows, n, centred):
    """(mean, the n strongest directions as columns) of rows."""
    mean = rows.mean(0) if centred else torch.zeros(rows.shape[1])
    power, directions = torch.linalg.eigh((rows - mean).T @ (rows - mean) / len(rows))
    return mean, directions.flip(1)[:, :n], power.flip(0)[:n].mean().sqrt()


class Targets:
    """What the teacher says of each crop, asked for once and kept in WORK."""

    def __init__(self, work, crops, teacher):
        self.crops, self.teacher, n = crops, teacher, len(crops)
        shapes = {'vector': ((n, 512), np.float16), 'have': ((n,), np.uint8)}
        shapes.update({f'map{side}': ((n, side, side, kept), np.int8) for _, side, kept in MAPS})
        self.stored = {name: self.file(f'{work}/{name}.npy', *shape) for name, shape in shapes.items()}
        path = f'{work}/turn.pt'
        if not os.path.exists(path):
            torch.save(self.directions(), path)
        self.turn, self.maps = torch.load(path)

    @staticmethod
    def file(path, shape, kind):
        if os.path.exists(path):
            return np.load(path, mmap_mode='r+')
        return np.lib.format.open_memmap(path, 'w+', kind, shape)

    def ask(self, index):
        return self.teacher(face_embedder.pixels(self.crops[index][:, MARGIN:-MARGIN, MARGIN:-MARGIN]))

    def directions(self):
        index = np.sort(np.random.default_rng(0).choice(len(self.crops), min(4096, len(self.crops)), replace=False))
        answers = [self.ask(index[k:k + 64]) for k in range(0, len(index), 64)]
        turn = strongest(torch.cat([a[0] for a in answers]), face_embedder.DIMENSIONS, False)[1]
        maps = [strongest(torch.cat([a[1][j] for a in answers[:2]]).flatten(0, 2), kept, True)
                for j, (_, _, kept) in enumerate(MAPS)]
        return turn, [(mean, directions / scale) for mean, directions, scale in maps]

    def complete(self, index):
        new = np.sort(index[self.stored['have'][index] == 0])
        if not len(new):
            return
        vectors, maps = self.ask(new)
        self.stored['vector'][new] = vectors.numpy()
        for (_, side, _), (mean, directions), m in zip(MAPS, self.maps, maps):
            kept = ((m - mean) @ directions * STEP).round().clamp(-127, 127)
            self.stored[f'map{side}'][new] = kept.to(torch.int8).numpy()
        self.stored['have'][new] = 1

    def vectors(self, index):
        return F.normalize(torch.from_numpy(self.stored['vector'][index].astype(np.float32)) @ self.turn, dim=1)

    def map(self, level, index):
        kept = self.stored[f'map{MAPS[level][1]}'][index].astype(np.float32) / STEP
        return torch.from_numpy(kept).permute(0, 3, 1, 2)


# ---- views

def cover(face, rng):
    """A mask, a pair of glasses or a box over the face, in place."""
    kind, colour = rng.random(), [int(v) for v in rng.integers(0, 256, 3)]
    if kind < .4:
        y = int(rng.uniform(60, 76))
        edge = [[rng.integers(8, 25), y], [56, y - rng.integers(0, 12)], [rng.integers(87, 104), y],
                [rng.integers(75, 98), 112], [rng.integers(14, 37), 112]]
        cv2.fillPoly(face, [np.array(edge, np.int32)], colour)
    elif kind < .6:
        dark = [c // 4 for c in colour]
        cv2.rectangle(face, (20, int(rng.uniform(38, 46))), (92, int(rng.uniform(54, 64))), dark, -1)
    else:
        (w, h), (x, y) = rng.integers(12, 50, 2), rng.integers(0, 112, 2)
        cv2.rectangle(face, (int(x - w // 2), int(y - h // 2)), (int(x + w // 2), int(y + h // 2)), colour, -1)


def moved(crop, rng):
    scale, angle = np.exp(rng.normal(.01, .06)), np.radians(rng.normal(0, 4))
    shift = np.clip(rng.normal(0, (4.5, 2.7)), -13, 13)  # as far as the detector's landmarks miss
    c, s, middle = scale * np.cos(angle), scale * np.sin(angle), (STORED - 1) / 2
    turn = np.array([[c, -s, 55.5 + shift[0] - (c - s) * middle], [s, c, 55.5 + shift[1] - (s + c) * middle]])
    face = cv2.warpAffine(crop, turn, (112, 112), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(face[:, ::-1]) if rng.random() < .5 else face


def view(crop, still, rng):
    """A crop as the student sees it; still: neither moved nor covered."""
    face = np.ascontiguousarray(crop[MARGIN:-MARGIN, MARGIN:-MARGIN]) if still else moved(crop, rng)
    kind = rng.random()
    if kind < .18:  # small once
        side = int(rng.uniform(24, 72))
        face = cv2.resize(cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA), (112, 112))
    elif kind < .26:
        face = cv2.GaussianBlur(face, (0, 0), rng.uniform(.4, 1.8))
    if rng.random() < .15:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(15, 80))]
        face = cv2.imdecode(cv2.imencode('.jpg', face, quality)[1], cv2.IMREAD_COLOR)
    if rng.random() < .5:
        light, mean = face.astype(np.float32), face.mean()
        light = ((light - mean) * rng.uniform(.7, 1.3) + mean * rng.uniform(.7, 1.3)) * rng.uniform(.9, 1.1, 3)
        if rng.random() < .2:
            light[:] = light.mean(2, keepdims=True)
        face = np.clip(light, 0, 255).astype(np.uint8)
    if not still and rng.random() < .08:
        cover(face, rng)
    return face


# ---- training

class Student(face_embedder.Embedder):
    """The embedder with a batch norm before its last layer and the heads that the maps are learnt through."""

    def __init__(self):
        super().__init__()
        self.out_bn = nn.BatchNorm1d(512)
        widths = [width for width, _ in face_embedder.STAGES[1:]]
        self.heads = nn.ModuleList([nn.Conv2d(w, kept, 1) for w, (_, _, kept) in zip(widths, MAPS)])
        for name, part in self.named_modules():
            if isinstance(part, nn.Conv2d) and part.bias is None:
                nn.init.kaiming_normal_(part.weight, mode='fan_out')
            if name.endswith('bn3'):
                nn.init.constant_(part.weight, .5)

    def features(self, x, first_half=True):
        """Stages' maps and the pooled 512 numbers; first_half False: the stages 1 and 2 are not learnt in this step."""
        with torch.set_grad_enabled(torch.is_grad_enabled() and first_half):
            x = self.stage1(F.relu(self.stem(x)))
            maps = [self.stage2(x)]
        maps.append(self.stage3(maps[0]))
        maps.append(self.stage4(maps[1]))
        return maps, self.out_bn(self.pool(self.last(maps[2])))

    def plain(self):
        """The embedder alone, the batch norm folded into the last layer."""
        state = {k: v.clone() for k, v in self.state_dict().items() if not k.startswith('heads.')}
        names = ('weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked')
        bn = {k: state.pop(f'out_bn.{k}') for k in names}
        scale = bn['weight'] / torch.sqrt(bn['running_var'] + self.out_bn.eps)
        state['out.bias'] += state['out.weight'] @ (bn['bias'] - bn['running_mean'] * scale)
        state['out.weight'] = state['out.weight'] * scale
        net = face_embedder.Embedder()
        net.load_state_dict(state)
        return net.eval()


def student(start=None):
    net = Student()
    if start:
        net.load_state_dict(face_embedder.load(start)[0].state_dict(), strict=False)
    return net.to(memory_format=torch.channels_last)


def loss_of(net, x, index, still, targets, done, rng):
    """The cosine to the teacher, likeness inside the batch as the teacher sees it, and the maps."""
    first_half = done < .3 or rng.random() > .6
    with torch.cpu.amp.autocast(dtype=torch.bfloat16):
        maps, pooled = net.features(x, first_half)
        y = net.out(pooled)
    y, t = F.normalize(y.float(), dim=1), targets.vectors(index)
    cosine = (1 - (y * t).sum(1)).mean()
    loss = 3 * cosine + ((y @ y.T - t @ t.T) ** 2).mean() * len(y) / 8
    unmoved, weight = np.where(still)[0], max(.1, 1 - 1.6 * done)
    for level, share in enumerate((.5, .7, 1.)):
        rows = unmoved[:4] if level == 0 else unmoved  # few places tell enough of the largest map
        if len(rows) and (level > 0 or first_half):
            with torch.cpu.amp.autocast(dtype=torch.bfloat16):
                given = net.heads[level](maps[level][rows])
            wanted = targets.map(level, index[rows])
            loss = loss + weight * share * len(unmoved) / len(y) * F.smooth_l1_loss(given.float(), wanted)
    return loss, cosine.item()


class Run:
    def __init__(self, work, teacher, minutes, start):
        self.crops, listed = np.load(f'{work}/crops.npy', mmap_mode='r'), np.load(f'{work}/list.npz')
        self.used, self.left = np.where(~listed['left_out'])[0], []
        self.targets = Targets(work, self.crops, Teacher(teacher))
        self.path, self.start, self.seconds = f'{work}/checkpoint.pt', time.time(), 60 * minutes
        self.nets, self.mean, self.step, self.stop = [student(start) for _ in range(THREADS)], student(start), 0, False
        # threads share the weights, each has its own gradients and running statistics of batch norm
        self.weights = [nn.Parameter(p.data) for p in self.nets[0].parameters()]
        for net in self.nets[1:]:
            net.load_state_dict(self.nets[0].state_dict())
            for p, shared in zip(net.parameters(), self.weights):
                p.data = shared.data
        self.optimizer = torch.optim.AdamW([
            {'params': [p for p in self.weights if p.ndim > 1], 'weight_decay': DECAY},
            {'params': [p for p in self.weights if p.ndim <= 1], 'weight_decay': 0}], lr=RATE, betas=(.9, .99))
        if os.path.exists(self.path):
            self.load()
        self.update, self.draw, self.said, self.saved = threading.Lock(), threading.Lock(), [], time.time()

    def load(self):
        kept = torch.load(self.path)
        for net in self.nets:
            net.load_state_dict(kept['net'])
        self.mean.load_state_dict(kept['mean'])
        self.optimizer.load_state_dict(kept['optimizer'])
        self.step, self.start = kept['step'], time.time() - kept['seconds']

    def save(self):
        torch.save({'net': self.nets[0].state_dict(), 'mean': self.mean.state_dict(), 'step': self.step,
                    'optimizer': self.optimizer.state_dict(), 'seconds': time.time() - self.start}, self.path + '.new')
        os.replace(self.path + '.new', self.path)

    def done(self):
        return (time.time() - self.start) / self.seconds

    def take(self, rng):
        with self.draw:
            known, new = [], []
            most = NEW if np.mean(self.targets.stored['have'][self.used]) > .1 else BATCH  # none is known at first
            while len(known) + len(new) < BATCH:
                if not self.left:
                    self.left = list(rng.permutation(self.used))
                k = self.left.pop()
                if self.targets.stored['have'][k]:
                    known.append(k)
                elif len(new) < most:
                    new.append(k)
            return np.array(known + new)

    def learn(self, net, cosine):
        with self.update, torch.no_grad():
            cosine_rate = max(.003, .5 + .5 * math.cos(math.pi * min(1, self.done())))
            for group in self.optimizer.param_groups:
                group['lr'] = RATE * min(1, (self.step + 1) / 100) * cosine_rate
            for shared, p in zip(self.weights, net.parameters()):
                shared.grad = p.grad
            nn.utils.clip_grad_norm_([p for p in self.weights if p.grad is not None], 2.)
            self.optimizer.step()
            self.step += 1
            keep = min(.997, (self.step + 1) / (self.step + 10))
            for mean, now in zip(self.mean.state_dict().values(), self.nets[0].state_dict().values()):
                if mean.dtype.is_floating_point:
                    mean.mul_(keep).add_(now, alpha=1 - keep)
            self.said.append(cosine)
            if len(self.said) == 100:
                said = f'step {self.step} done {self.done():.3f} 1 - cosine {np.mean(self.said):.3f}'
                print(time.strftime('%T'), said, flush=True)
                self.said = []
            if time.time() - self.saved > 180:
                self.save()
                self.saved = time.time()

    def work(self, rank):
        torch.set_num_threads(1)
        rng, net = np.random.default_rng([self.step, rank]), self.nets[rank].train()
        while self.done() < 1 and not self.stop:
            done, index = self.done(), self.take(rng)
            self.targets.complete(index)
            still = rng.random(BATCH) < (1 if done < .05 else .55 if done < .45 else .15)
            faces = np.stack([view(self.crops[k], s, rng) for k, s in zip(index, still)])
            x = face_embedder.pixels(faces).contiguous(memory_format=torch.channels_last)
            loss, cosine = loss_of(net, x, index, still, self.targets, done, rng)
            net.zero_grad(set_to_none=True)
            loss.backward()
            self.learn(net, cosine)

    def go(self):
        def end(*_):
            self.stop = True
        signal.signal(signal.SIGTERM, end)
        team = [threading.Thread(target=self.work, args=(k,)) for k in range(THREADS)]
        for t in team:
            t.start()
        for t in team:
            t.join()
        self.save()


# ---- the file

@torch.no_grad()
def pooled(net, faces):
    out = []
    for k in range(0, len(faces), 64):
        x = face_embedder.pixels(faces[k:k + 64])
        out.append(net.pool(net.last(net.maps(x)[-1])))
    return torch.cat(out)


def refit(net, features, wanted, ridge=3e-3):
    """The last layer by least squares: pooled numbers to the teacher's vectors."""
    mean, to = features.mean(0), wanted.mean(0)
    x, t = features - mean, wanted - to
    power = x.T @ x
    solved = torch.linalg.solve(power + ridge * power.diagonal().mean() * torch.eye(len(power)), x.T @ t)
    net.out.weight.data, net.out.bias.data = solved.T.contiguous(), to - mean @ solved


def logistic(cosines, same, steps=50):
    """a, b of p = 1 / (1 + exp(-(a cosine + b))), each kind of pair weighing the same."""
    x = np.stack([cosines, np.ones_like(cosines)], 1)
    weight = np.where(same, .5 / same.mean(), .5 / (1 - same.mean()))
    w = np.zeros(2)
    for _ in range(steps):
        p = 1 / (1 + np.exp(-x @ w))
        slope = (x * (weight * p * (1 - p))[:, None]).T @ x + 1e-6 * np.eye(2)
        w += np.linalg.solve(slope, x.T @ (weight * (same - p)))
    return w


def calibration_pairs(vectors, persons, rng, n=4000):
    """Cosines and sameness: pairs of one person; as many of two, half of them of one family."""
    families = np.array([p[:p.rindex('_') if '_' in p else None] for p in persons])
    a, b = rng.integers(0, len(persons), (2, 400 * n))
    a, b = a[a != b], b[a != b]
    kin, same = families[a] == families[b], persons[a] == persons[b]
    groups = [np.flatnonzero(same)[:n], np.flatnonzero(kin & ~same)[:n // 2], np.flatnonzero(~kin)[:n // 2]]
    chosen = np.concatenate(groups)
    return (vectors[a[chosen]] * vectors[b[chosen]]).sum(1), same[chosen]


def export(work, out, fitted=8000):
    crops, listed = np.load(f'{work}/crops.npy', mmap_mode='r'), np.load(f'{work}/list.npz')
    trained = Student()
    trained.load_state_dict(torch.load(f'{work}/checkpoint.pt')['mean'])
    net, rng = trained.plain(), np.random.default_rng(7)
    targets = Targets(work, crops, None)
    index = np.flatnonzero(~listed['left_out'] & (targets.stored['have'][:] > 0))
    index = np.sort(rng.permutation(index)[:fitted])
    refit(net, pooled(net, crops[index][:, MARGIN:-MARGIN, MARGIN:-MARGIN]), targets.vectors(index))
    left = np.flatnonzero(listed['left_out'])
    vectors = face_embedder.vectors(net, crops[left][:, MARGIN:-MARGIN, MARGIN:-MARGIN])
    a, b = logistic(*calibration_pairs(vectors, listed['person'][left], rng))
    face_embedder.save(out, net, {'same': f'{a:.4f} {b:.4f}'})
    print(f'{out}: one person from a cosine of {-b / a:.3f}')


def main():
    command, arguments = sys.argv[1], sys.argv[2:]
    if command == 'prepare':
        prepare(*arguments)
    elif command == 'train':
        Run(arguments[0], arguments[1], float(arguments[2]), arguments[3] if len(arguments) > 3 else None).go()
    elif command == 'export':
        export(*arguments)
    else:
        sys.exit(__doc__)


if __name__ == '__main__':
    main()

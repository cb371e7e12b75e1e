"""train_reference.py DATA WORK TEACHER.onnx[.xz] FIRST.safetensors MINUTES: how se-resnext-26-second was trained.

Goes on from given weights, distilling from a public ImageNet classifier beside the labels: the classes, the fine labels, the
teacher's probabilities and its features are four heads over the same network, of which the file keeps the first two.
The learning rate follows the clock, so that it is at its end after MINUTES, however busy the machine is. Each core has a
thread of its own with half of the batch; gradients are averaged. bfloat16 products, float32 weights.
Resumes from WORK/checkpoint.pt. `train_reference.py export WORK FIRST OUT [net|mean] [SIZE]` calibrates and writes the file.
Needs Debian's python3-torch, -opencv, -onnx, -pil, -numpy.
"""
import json
import math
import os
import struct
import sys
import threading
import time

os.environ['OMP_NUM_THREADS'] = '1'  # each thread below has one core
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from train_views import CLASSES, Photos, cutmix, jitter, normalise, prepare, views
from twin import LAYERS, SEResNeXt, read_safetensors

THREADS, BATCH = 2, 48 # batch of one thread
RATE, MOMENTUM, DECAY, CLIP = .045, .9, 1e-4, 5.
WHOLE_FROM = .7        # of the time: no more CutMix, and a shorter running mean of weights
KEEP = .996, .99       # of the running mean, a step, before and after
WARMUP, HEADS_FIRST = 120, 60  # steps; the new heads learn alone at first
TEACHER_SIZE = 128
SAVE_S = 480
HELD_OUT = 'diverse ZhengyuZhao/PerC-Adversarial', 'diverse quantumnaan/sic_translator'


def size_at(done):
    return 96 if done < .35 else 112


class Product(nn.Conv2d):
    """1×1 without bias as a matrix product: its gradient by weights takes half of the library's time."""

    def forward(self, x):
        if self.stride[0] == 2:
            x = x[:, :, ::2, ::2]
        n, c, h, w = x.shape
        if c * self.out_channels < 100000:
            return F.conv2d(x, self.weight)
        y = F.linear(x.permute(0, 2, 3, 1).reshape(-1, c), self.weight.view(-1, c))
        return y.view(n, h, w, -1).permute(0, 3, 1, 2)


class Student(SEResNeXt):
    def __init__(self, layers, labels):
        super().__init__(layers, labels)
        self.label, self.proj = nn.Linear(2048, 1001), nn.Linear(2048, 1280)
        for m in self.modules():
            if isinstance(m, nn.Conv2d) and m.kernel_size == (1, 1) and m.bias is None:
                m.__class__ = Product
        self.to(memory_format=torch.channels_last)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x)))).mean((2, 3))
        x = F.dropout(x, .2, self.training)
        return self.fc(x), self.fine(x), self.label(x), self.proj(x)


def held_out(photos):
    """Training photos kept for judging: a whole source, and a third of another for people."""
    place = np.arange(len(photos.source))
    return (photos.source == HELD_OUT[0]) | ((photos.source == HELD_OUT[1]) & (place % 3 == 0))


class Sampler:
    """A photo's weight falls with the root of how many share its source and label."""

    def __init__(self, photos, rng):
        pairs = [f'{a} {b}' for a, b in zip(photos.source, photos.fine)]
        _, group, count = np.unique(pairs, return_inverse=True, return_counts=True)
        weight = np.where(photos.y < 0, .5, 1) / np.sqrt(count[group])
        weight[held_out(photos)] = 0
        self.p, self.rng, self.left = weight / weight.sum(), rng, np.array([], int)

    def take(self, n):
        if len(self.left) < n:
            self.left = self.rng.choice(len(self.p), min(12000, np.count_nonzero(self.p)), replace=False, p=self.p)
        out, self.left = self.left[:n], self.left[n:]
        return out


def answers(net, photos, index, size):
    """Logits of the classes and of the fine labels."""
    net.eval()
    out = []
    with torch.no_grad(), torch.cpu.amp.autocast(dtype=torch.bfloat16):
        for k in range(0, len(index), 64):
            c, f = net(photos.middle(index[k:k + 64], size))[:2]
            out.append(torch.cat([c.float(), f.float()], 1))
    return torch.cat(out)


def top1(net, photos, index, size):
    guess = answers(net, photos, index, size)[:, :len(CLASSES)].argmax(1).numpy()
    return 100 * (guess == photos.y[index]).mean()


def loss_of(out, teacher, y, fine, partner, share):
    (c, f, q, p), (features, logits) = (v.float() for v in out), (v.float() for v in teacher)

    def hard(y, fine):
        return sum(w * F.cross_entropy(o, z, ignore_index=-1, label_smoothing=.08, reduction='sum') / len(y)
                   for w, o, z in ((1, c, y), (.5, f, fine)))
    labels = share * hard(y, fine) + (1 - share) * hard(y[partner], fine[partner])
    soft = F.kl_div(F.log_softmax(q, 1), F.softmax(logits, 1), reduction='batchmean')
    return .6 * labels + soft + 2 * (1 - F.cosine_similarity(p, features, 1)).mean()


class Training:
    def __init__(self, work, teacher, first, minutes):
        from train_teacher import Teacher
        self.data, self.val, self.teacher = Photos(f'{work}/train'), Photos(f'{work}/val'), Teacher(teacher)
        self.path, self.start, self.length = f'{work}/checkpoint.pt', time.time(), 60 * minutes
        meta, given = read_safetensors(first)
        labels = len(meta['labels'].split(','))
        self.nets = [Student(LAYERS[meta['architecture']], labels) for _ in range(THREADS)]
        self.mean = Student(LAYERS[meta['architecture']], labels)
        net = self.nets[0]
        net.load_state_dict(given, strict=False)
        self.mean.load_state_dict(net.state_dict())
        groups = [{'params': [p for p in net.parameters() if p.ndim > 1], 'weight_decay': DECAY},
                  {'params': [p for p in net.parameters() if p.ndim <= 1], 'weight_decay': 0}]
        self.optimiser = torch.optim.SGD(groups, lr=RATE, momentum=MOMENTUM, nesterov=True)
        self.step, self.done = 0, 0.
        if os.path.exists(self.path):
            self.load()
        for other in self.nets[1:]:  # the same weights, batch-norm statistics of their own
            other.load_state_dict(net.state_dict())
            for p, q in zip(other.parameters(), net.parameters()):
                p.data = q.data
        self.barrier, self.saved = threading.Barrier(THREADS), time.time()

    def load(self):
        c = torch.load(self.path)
        self.nets[0].load_state_dict(c['net'])
        self.mean.load_state_dict(c['mean'])
        self.optimiser.load_state_dict(c['optimiser'])
        self.step, self.start = c['step'], time.time() - c['seconds']

    def save(self):
        torch.save({'net': self.nets[0].state_dict(), 'mean': self.mean.state_dict(), 'step': self.step,
                    'optimiser': self.optimiser.state_dict(), 'seconds': time.time() - self.start}, self.path + '.tmp')
        os.replace(self.path + '.tmp', self.path)
        index = np.where(self.val.five)[0][::6]
        print(f'step {self.step}, {100 * self.done:.0f} % of the time: val {top1(self.mean, self.val, index, 112):.2f} %',
              flush=True)
        self.saved = time.time()

    def plan(self):
        self.done = (time.time() - self.start) / self.length
        for g in self.optimiser.param_groups:
            g['lr'] = RATE * min(1, (self.step + 1) / WARMUP) * max(.002, .5 * (1 + math.cos(math.pi * min(1, self.done))))

    def backward(self, net, photos, rng):
        size = size_at(self.done)
        small, large = zip(*(views(self.data[i], size, TEACHER_SIZE, rng) for i in photos))
        x = jitter(torch.from_numpy(np.stack(small)).permute(0, 3, 1, 2).float() / 255)
        t = torch.from_numpy(np.stack(large)).permute(0, 3, 1, 2).float()
        partner, share = torch.arange(BATCH), 1.
        if self.done < WHOLE_FROM and rng.random() < .5:
            partner, share = cutmix(x, t, rng)
        y, fine = torch.from_numpy(self.data.y[photos]), torch.from_numpy(self.data.fine[photos])
        with torch.cpu.amp.autocast(dtype=torch.bfloat16):
            teacher = self.teacher(t.contiguous(memory_format=torch.channels_last))
            out = net(normalise(x))
        for p in net.parameters():
            p.grad = None
        loss_of(out, teacher, y, fine, partner, share).backward()

    @torch.no_grad()
    def update(self):
        net = self.nets[0]
        grads = [p.grad for p in net.parameters()]
        for other in self.nets[1:]:
            torch._foreach_add_(grads, [p.grad for p in other.parameters()])
        torch._foreach_div_(grads, THREADS)
        if self.step < HEADS_FIRST:
            for name, p in net.named_parameters():
                if name.split('.')[0] not in ('label', 'proj'):
                    p.grad.zero_()
        nn.utils.clip_grad_norm_(net.parameters(), CLIP)
        self.optimiser.step()
        self.step += 1
        keep = min(KEEP[self.done >= WHOLE_FROM], (self.step + 1) / (self.step + 10))
        for a, b in zip(self.mean.state_dict().values(), net.state_dict().values()):
            if a.dtype.is_floating_point:
                a.mul_(keep).add_(b, alpha=1 - keep)

    def work(self, rank):
        torch.set_num_threads(1)
        rng = np.random.default_rng(self.step * THREADS + rank)
        sampler, net = Sampler(self.data, rng), self.nets[rank]
        while self.done < 1:
            net.train()
            self.backward(net, sampler.take(BATCH), rng)
            self.barrier.wait()
            if rank == 0:
                self.update()
                if time.time() - self.saved > SAVE_S:
                    self.save()
                self.plan()
            self.barrier.wait()

    def run(self):
        self.plan()
        team = [threading.Thread(target=self.work, args=(r,)) for r in range(THREADS)]
        for t in team:
            t.start()
        for t in team:
            t.join()
        self.save()


def temperature_of(logits, y):
    target = torch.from_numpy(y)
    return min((F.cross_entropy(logits / t, target).item(), t) for t in np.geomspace(.2, 3, 200))[1]


def write_safetensors(path, meta, tensors):
    """Weights in half precision, vectors (batch-norm, biases) in single."""
    header, at, data = {'__metadata__': meta}, 0, []
    for name in sorted(tensors):
        a = tensors[name].contiguous().numpy().astype(np.float16 if tensors[name].ndim > 1 else np.float32)
        header[name] = {'dtype': {2: 'F16', 4: 'F32'}[a.itemsize], 'shape': list(a.shape), 'data_offsets': [at, at + a.nbytes]}
        at += a.nbytes
        data.append(np.ascontiguousarray(a).tobytes())
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as f:
        f.write(struct.pack('<Q', len(text)) + text)
        f.writelines(data)


def export(work, first, out, which='mean', size=112, version='second-1'):
    torch.set_num_threads(os.cpu_count())
    meta, given = read_safetensors(first)
    net = Student(LAYERS[meta['architecture']], len(meta['labels'].split(',')))
    net.load_state_dict(torch.load(f'{work}/checkpoint.pt')[which])
    size, val = int(size), Photos(f'{work}/val')
    index = np.where(val.five)[0]
    temperature = temperature_of(answers(net, val, index, size)[:, :len(CLASSES)], val.y[index])
    meta.pop('calibration', None)
    meta.update(input=str(size), resize='128', temperature=f'{temperature:.4f}', version=version)
    state = net.state_dict()
    write_safetensors(out, meta, {n: state[n] for n in given if not n.endswith('num_batches_tracked')})
    for split in ('val', 'test'):
        photos = Photos(f'{work}/{split}')
        print(split, f'{top1(net, photos, np.where(photos.five)[0], size):.2f} %')


def main(args):
    if args[:1] == ['export']:
        export(*args[1:])
        return
    data, work, teacher, first, minutes = args
    if not os.path.exists(f'{work}/test.npz'):
        prepare(data, work)
    Training(work, teacher, first, float(minutes)).run()


if __name__ == '__main__':
    main(sys.argv[1:])

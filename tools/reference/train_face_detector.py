"""train_face_detector.py: how faces-detector-1 was trained.

  prepare DATA WORK TEACHER.onnx   decodes the photos once and asks the reference detector for their faces (WORK/*.pkl)
  train WORK MINUTES               from random weights, or on from WORK/checkpoint.pt; the rate follows the clock
  export WORK OUT.safetensors VERSION [SHIFT]   the running mean of the weights, SHIFT added to the score's bias

One thread, bfloat16 products, float32 weights. Points are given to faces as in SimOTA (Ge et al. 2021, YOLOX), with a prior of
size; the score learns the overlap (varifocal, Zhang et al. 2021), boxes EIoU (Zhang et al. 2021), landmarks smooth L1.
Needs Debian's python3-torch, -opencv, -onnx, -pil, -numpy.
"""
import math
import os
import random
import sys
import time

os.environ['OMP_NUM_THREADS'] = '1'
import cv2
import numpy as np
import torch
import torch.nn.functional as F

import face_nets
from face_views import Views, prepare
from face_yunet import Yunet

RATE, DECAY, WARMUP, CLIP = 3e-3, .02, 120, 10.
FIRST = 256, 16                                  # side of a canvas and canvases of a step
SIZES = (((256, 16), (384, 7), (576, 3)), (.5, .25, .25))  # later, so that large faces are learnt, and how often each
SIZES_FROM = .38                                 # of the time
KEEP = .998                             # of the running mean, a step
SAVE_S, TELL = 150, 50
NEAR, CANDIDATES, OWN_SIZE = 1.5, 10, 4  # cells around a face's middle; points of a face at most; face's side in strides


def fresh():
    """Random weights whose first answers are near: no face, of about four strides, landmarks in a face's places."""
    net = face_nets.Detector()
    torch.nn.init.normal_(net.head.out.weight, std=.01)
    with torch.no_grad():
        net.head.out.bias.zero_()
        net.head.out.bias[0] = -4
        net.head.out.bias[3:5] = 1.2
        net.head.out.bias[5:] = torch.tensor([-.8, -.6, .8, -.6, 0, .1, -.7, .8, .7, .8])
    for module in net.modules():
        if isinstance(module, face_nets.Block):
            torch.nn.init.constant_(module.bn2.weight, .5)
    return net


def overlaps(a, b):
    """IoU of boxes that broadcast."""
    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    common = (high - low).clamp(min=0).prod(-1)
    return common / ((a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - common + 1e-6)


@torch.no_grad()
def assign(scores, boxes, points, rows):
    """Of one canvas: points and the rows they learn (None where there is no face), and the points to leave alone."""
    faces, places = torch.from_numpy(rows), points[:, :2] * points[:, 2:]

    def inside(b):
        return ((places[None] > b[:, None, :2]) & (places[None] < b[:, None, 2:4])).all(2)

    alone = inside(faces[faces[:, 4] < 0]).any(0) if len(faces) else torch.zeros(len(places), dtype=torch.bool)
    index = torch.nonzero(faces[:, 4] >= 0)[:, 0]
    faces = faces[index]
    if not len(faces):
        return None, None, alone
    middle = (faces[:, :2] + faces[:, 2:4]) / 2
    near = ((places[None] - middle[:, None]).abs() < NEAR * points[None, :, 2:]).all(2)
    within = inside(faces)
    some = torch.nonzero((near | within).any(0))[:, 0]
    near, within = near[:, some], within[:, some]
    iou = overlaps(faces[:, None, :4], boxes[None, some])
    side = (faces[:, 2:4] - faces[:, :2]).prod(1).clamp(min=1).sqrt()
    strange = (side[:, None] / (OWN_SIZE * points[None, some, 2])).log2().abs()
    cost = -.8 * (scores[some].sigmoid() + 1e-6).log()[None] - 3 * (iou + 1e-6).log() + .6 * (strange - .8).clamp(min=0)
    cost += 1e4 * ~near + 1e5 * ~(near | within)
    most = min(CANDIDATES, len(some))
    counts = iou.topk(most, 1).values.sum(1).int().clamp(min=1, max=most).tolist()
    given = torch.zeros_like(cost, dtype=torch.bool)
    for i, count in enumerate(counts):
        given[i, cost[i].topk(count, largest=False).indices] = True
    shared = given.sum(0) > 1
    if shared.any():
        best = cost[:, shared].argmin(0)
        given[:, shared] = False
        given[best, torch.nonzero(shared)[:, 0]] = True
    face, point = torch.nonzero(given, as_tuple=True)
    return some[point], index[face], alone


def box_loss(a, b, iou):
    """EIoU: the middles' distance and the sides' differences, of the smallest box around both."""
    around = torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])
    apart = (a[:, :2] + a[:, 2:] - b[:, :2] - b[:, 2:]) / 2
    sides = (a[:, 2:] - a[:, :2]) - (b[:, 2:] - b[:, :2])
    return 1 - iou + (apart ** 2).sum(1) / ((around ** 2).sum(1) + 1e-6) + (sides ** 2 / (around ** 2 + 1e-6)).sum(1)


def losses(maps, batch_rows):
    """Of a batch: score, boxes, landmarks, each a sum over its points by the number of points that have a face; that number."""
    rows, points = face_nets.flatten(maps)
    boxes, n = face_nets.boxes_of(rows, points), rows.shape[1]
    weight, chosen, wanted = torch.ones(rows.shape[:2]), [], []
    for b, faces in enumerate(batch_rows):
        point, face, alone = assign(rows[b, :, 0].detach(), boxes[b].detach(), points, faces)
        weight[b][alone] = 0
        if point is not None:
            chosen.append(point + b * n)
            wanted.append(torch.from_numpy(faces)[face])
    flat = rows.reshape(-1, face_nets.OUTPUTS)
    score, target = flat[:, 0], torch.zeros(len(flat))
    weight = .75 * score.detach().sigmoid() ** 2 * weight.reshape(-1)
    box, mark, count = torch.zeros(()), torch.zeros(()), 1.
    if chosen:
        chosen, wanted = torch.cat(chosen), torch.cat(wanted)
        count, got = float(len(chosen)), boxes.reshape(-1, 4)[chosen]
        iou = overlaps(got, wanted[:, :4])
        target[chosen] = iou.detach().clamp(min=.1).sqrt()
        weight[chosen] = target[chosen] * wanted[:, 4].clamp(max=1) + .1
        box = box_loss(got, wanted[:, :4], iou).sum() / count
        side = (wanted[:, 2:4] - wanted[:, :2]).prod(1).clamp(min=16).sqrt()
        known = torch.isfinite(wanted[:, 5:]).all(1) & (side > 9)
        off = face_nets.landmarks_of(flat[chosen], points[chosen % n])[known] - wanted[known, 5:].reshape(-1, 5, 2)
        off = off / side[known][:, None, None]
        mark = F.smooth_l1_loss(off, torch.zeros_like(off), beta=.04, reduction='sum') / count
    return (F.binary_cross_entropy_with_logits(score, target, reduction='none') * weight).sum() / count, box, mark, count


class Training:
    def __init__(self, work, end):
        self.file, self.end, self.start, self.step = f'{work}/checkpoint.pt', end, time.time(), 0
        self.net = fresh().to(memory_format=torch.channels_last)
        weights = [p for p in self.net.parameters() if p.ndim > 1]
        rest = [p for p in self.net.parameters() if p.ndim <= 1]
        self.opt = torch.optim.AdamW([{'params': weights, 'weight_decay': DECAY}, {'params': rest, 'weight_decay': 0.}], RATE)
        self.mean = {name: value.clone() for name, value in self.net.state_dict().items()}
        if os.path.exists(self.file):
            saved = torch.load(self.file)
            self.net.load_state_dict(saved['net'])
            self.opt.load_state_dict(saved['opt'])
            self.mean, self.step, self.start = saved['ema'], saved['step'], saved['start']

    def save(self):
        state = {'net': self.net.state_dict(), 'opt': self.opt.state_dict(), 'ema': self.mean, 'step': self.step}
        torch.save({**state, 'start': self.start}, self.file + '.new')
        os.replace(self.file + '.new', self.file)

    def one(self, views, done):
        for group in self.opt.param_groups:
            group['lr'] = RATE * (.01 + .495 * (1 + math.cos(math.pi * done))) * min(1, (self.step + 1) / WARMUP)
        side, batch = FIRST if done < SIZES_FROM else views.rng.choices(*SIZES)[0]
        x, rows = views.batch(batch, side)
        with torch.autocast('cpu', torch.bfloat16):
            maps = self.net(torch.from_numpy(x).contiguous(memory_format=torch.channels_last))
        score, box, mark, count = losses(maps, rows)
        self.opt.zero_grad(set_to_none=True)
        (2 * score + 2 * box + .5 * mark).backward()
        if torch.isfinite(torch.nn.utils.clip_grad_norm_(self.net.parameters(), CLIP)):
            self.opt.step()
        self.step += 1
        keep = min(KEEP, 1 - 1 / (1 + self.step / 8))
        for name, value in self.net.state_dict().items():
            if value.dtype.is_floating_point:
                self.mean[name].lerp_(value, 1 - keep)
        return np.array([float(score), float(box), float(mark), count])

    def run(self, views):
        told, saved = np.zeros(4), time.time()
        self.net.train()
        while time.time() < self.end:
            done = (time.time() - self.start) / (self.end - self.start)
            told += self.one(views, done)
            if self.step % TELL == 0:
                score, box, mark, count = told / TELL
                print(f'{self.step} {100 * done:.1f} % score {score:.3f} box {box:.3f} landmarks {mark:.3f} '
                      f'points {count:.0f}', flush=True)
                told[:] = 0
            if time.time() - saved > SAVE_S:
                self.save()
                saved = time.time()
        self.save()


def export(work, out, version, shift=0.):
    net = face_nets.Detector()
    net.load_state_dict(torch.load(f'{work}/checkpoint.pt')['ema'])
    with torch.no_grad():
        net.head.out.bias[0] += float(shift)
    face_nets.save(out, net, {'version': version, 'input': '640', 'mean': '127.5', 'std': '127.5', 'strides': '8,16,32',
                              'nms': '0.4', 'confidence': '0.6', 'landmarks': 'left eye,right eye,nose,left mouth,right mouth'})


def main():
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    what, args = sys.argv[1:2], sys.argv[2:]
    if what == ['prepare'] and len(args) == 3:
        prepare(args[0], args[1], Yunet(args[2]))
    elif what == ['train'] and len(args) == 2:
        Training(args[0], time.time() + 60 * float(args[1])).run(Views(args[0], random.Random(os.getpid())))
    elif what == ['export'] and len(args) in (3, 4):
        export(*args)
    else:
        sys.exit(__doc__)


if __name__ == '__main__':
    main()
